//! Streams that are not as they should be.

use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::translated;
use crate::messages::tests::{OWN, context, order};
use crate::translator::Translator;

fn sse(events: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        hermes_wire::write_event(&mut out, event["type"].as_str(), &event.to_string());
    }
    out
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"id": "m", "model": "x", "content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}})
}

fn block(index: u64, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u64, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn text_delta(index: u64, text: &str) -> Value {
    delta(index, json!({"type": "text_delta", "text": text}))
}

fn stop(index: u64) -> Value {
    json!({"type": "content_block_stop", "index": index})
}

fn ending(reason: &str) -> [Value; 2] {
    [
        json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ]
}

fn read(middle: &[Value], reason: &str) -> Value {
    let events = [&[start()], middle, &ending(reason)].concat();
    order::message(&translated([&sse(&events)[..]])).unwrap()
}

#[rstest]
#[case::interleaved(
    &[block(0, json!({"type": "text"})), block(1, json!({"type": "tool_use", "id": "t", "name": "n"})), text_delta(0, "a"), delta(1, json!({"type": "input_json_delta", "partial_json": "{\"a\""})), text_delta(0, "b"), stop(0), delta(1, json!({"type": "input_json_delta", "partial_json": ":1}"})), stop(1)],
    json!([{"type": "text", "text": "ab"}, {"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}}]),
)]
#[case::no_announcement(&[text_delta(0, "a"), stop(0)], json!([{"type": "text", "text": "a"}]))]
#[case::other_announcement(
    &[block(0, json!({"type": "text", "text": ""})), delta(0, json!({"type": "thinking_delta", "thinking": "h"})), stop(0), text_delta(1, "a")],
    json!([{"type": "thinking", "thinking": "h", "signature": ""}, {"type": "text", "text": "a"}]),
)]
#[case::never_closed(&[block(0, json!({"type": "text", "text": "a"}))], json!([{"type": "text", "text": "a"}]))]
#[case::input_at_the_beginning(&[block(0, json!({"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}})), stop(0)], json!([{"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}}]))]
#[case::fragments_win(&[block(0, json!({"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}})), delta(0, json!({"type": "input_json_delta", "partial_json": "{\"b\":2}"})), stop(0)], json!([{"type": "tool_use", "id": "t", "name": "n", "input": {"b": 2}}]))]
#[case::gaps_and_repeated_indices(&[block(7, json!({"type": "text"})), text_delta(7, "a"), block(7, json!({"type": "text"})), text_delta(7, "b"), stop(7)], json!([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]))]
#[case::unknown_things(&[json!({"type": "vendor_event", "x": 1}), block(0, json!({"type": "new_block"})), delta(0, json!({"type": "new_delta"})), stop(0), stop(9), json!({"type": "ping"}), text_delta(1, "a")], json!([{"type": "text", "text": "a"}]))]
fn odd_streams_are_read(#[case] middle: &[Value], #[case] content: Value) {
    assert_eq!(read(middle, "end_turn")["content"], content);
}

#[test]
fn calls_win_over_an_end() {
    let call = [
        block(0, json!({"type": "tool_use", "id": "t", "name": "n"})),
        stop(0),
    ];
    assert_eq!(read(&call, "end_turn")["stop_reason"], "tool_use");
    assert_eq!(read(&[], "")["stop_reason"], "end_turn");
}

#[test]
fn later_values_of_the_end_win() {
    let more = json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": {"type": "refusal", "explanation": "no"}}, "usage": {"input_tokens": 4, "output_tokens": 5}});
    let message = read(&[more], "max_tokens");
    assert_eq!(message["stop_reason"], "max_tokens");
    assert_eq!(message["stop_details"]["explanation"], "no");
    assert_eq!(
        (
            &message["usage"]["input_tokens"],
            &message["usage"]["output_tokens"]
        ),
        (&json!(4), &json!(9))
    );
}

#[rstest]
#[case::event(
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
    529,
    "overloaded_error",
    "busy"
)]
#[case::without_type(
    "event: error\ndata: {\"message\":\"busy\"}\n\n",
    500,
    "upstream_error",
    "busy"
)]
#[case::words("event: error\ndata: busy\n\n", 500, "upstream_error", "busy")]
#[case::of_chat(
    "data: {\"error\":{\"message\":\"busy\",\"code\":429}}\n\n",
    429,
    "429",
    "busy"
)]
#[case::broken(
    "data: {\"type\":\"content_bl\n\n",
    502,
    "upstream_unreadable",
    "the provider's answer cannot be read: an event of the stream is not JSON"
)]
fn errors_inside_a_stream_are_failures(
    #[case] text: &str,
    #[case] status: u16,
    #[case] kind: &str,
    #[case] message: &str,
) {
    let mut translator = Translator::new(&context(OWN, OWN));
    let mut out = Vec::new();
    translator.push(&sse(&[start()]));
    while translator.write(&mut out) {}
    translator.push(text.as_bytes());
    while translator.write(&mut out) {}
    translator.push(&sse(&ending("end_turn")));
    while translator.write(&mut out) {}
    translator.finish();
    while translator.write(&mut out) {}
    let failure = translator.failure().unwrap();
    assert_eq!(
        (failure.status, failure.kind.as_str(), failure.message.as_str()),
        (status, kind, message)
    );
    let error = order::message(&out).unwrap_err();
    assert_eq!(error["error"]["message"], message);
    assert_eq!(String::from_utf8(out).unwrap().matches("event: ").count(), 1);
}

#[rstest]
#[case("data: [DONE]\n\n")]
#[case("event: ping\ndata: pong\n\n")]
#[case("data: alive\n\n")]
#[case(": comment\n\n")]
fn words_of_somebody_between_mean_nothing(#[case] noise: &str) {
    let stream = [
        sse(&[start()]),
        noise.as_bytes().to_vec(),
        sse(&[text_delta(0, "a")]),
        sse(&ending("end_turn")),
        noise.into(),
    ]
    .concat();
    assert!(order::message(&translated([&stream[..]])).is_ok());
}
