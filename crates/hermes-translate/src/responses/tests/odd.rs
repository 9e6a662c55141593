//! Streams that are not as the protocol says.

use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::recorded::folded;
use super::{context, own};
use crate::reply::{Block, Reason, Reply};

pub(super) fn stream(events: &[Value]) -> String {
    let mut out = Vec::new();
    for event in events {
        hermes_wire::write_event(&mut out, None, &event.to_string());
    }
    String::from_utf8(out).unwrap()
}

fn told(events: &[Value]) -> Reply {
    folded(&own(), stream(events).as_bytes()).unwrap()
}

fn call_item() -> Value {
    json!({"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\": 1}"})
}

#[rstest]
#[case::only_the_last_event(vec![
    json!({"type": "response.completed", "response": {"output": [call_item()]}}),
])]
#[case::an_empty_list_at_the_end(vec![
    json!({"type": "response.output_item.done", "output_index": 0, "item": call_item()}),
    json!({"type": "response.completed", "response": {"output": []}}),
])]
#[case::no_list_at_the_end(vec![
    json!({"type": "response.output_item.done", "output_index": 0, "item": call_item()}),
    json!({"type": "response.completed", "response": {"output": null}}),
])]
#[case::nobody_says_that_it_is_done(vec![
    json!({"type": "response.output_item.added", "output_index": 0,
        "item": {"type": "function_call", "call_id": "c1", "name": "f", "arguments": ""}}),
    json!({"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{\"a\""}),
    json!({"type": "response.completed", "response": {"output": [call_item()]}}),
])]
#[case::no_deltas(vec![
    json!({"type": "response.output_item.added", "output_index": 0,
        "item": {"type": "function_call", "call_id": "c1", "name": "f", "arguments": ""}}),
    json!({"type": "response.function_call_arguments.done", "output_index": 0, "arguments": "{\"a\": 1}"}),
    json!({"type": "response.output_item.done", "output_index": 0, "item": call_item()}),
    json!({"type": "response.completed", "response": {}}),
])]
#[case::arguments_in_the_first_event_as_well(vec![
    json!({"type": "response.output_item.added", "output_index": 0, "item": call_item()}),
    json!({"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{\"a\": 1}"}),
    json!({"type": "response.output_item.done", "output_index": 0, "item": call_item()}),
    json!({"type": "response.completed", "response": {}}),
])]
#[case::the_name_comes_late(vec![
    json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "function_call"}}),
    json!({"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{\"a\": 1}"}),
    json!({"type": "response.output_item.done", "output_index": 0, "item": call_item()}),
    json!({"type": "response.completed", "response": {}}),
])]
#[case::no_indices(vec![
    json!({"type": "response.output_item.added", "item": {"type": "function_call", "call_id": "c1", "name": "f"}}),
    json!({"type": "response.function_call_arguments.delta", "delta": "{\"a\": 1}"}),
    json!({"type": "response.output_item.done", "item": call_item()}),
    json!({"type": "response.completed", "response": {}}),
])]
fn a_call_is_one_call(#[case] events: Vec<Value>) {
    let reply = told(&events);
    let calls: Vec<_> = reply
        .blocks
        .iter()
        .map(|one| (&one.block, one.text.as_str()))
        .collect();
    let block = Block::Call {
        id: "c1".to_owned(),
        name: "f".to_owned(),
        custom: false,
        namespace: None,
    };
    assert_eq!(calls, [(&block, "{\"a\": 1}")]);
    assert_eq!(reply.finish.reason, Reason::ToolUse);
}

#[rstest]
#[case::nested(json!({"type": "error", "error": {"code": "insufficient_quota", "message": "m"}}), 429, "insufficient_quota")]
#[case::flat(json!({"type": "error", "code": "server_error", "message": "m"}), 500, "server_error")]
#[case::failed(json!({"type": "response.failed", "response": {"error": {"code": "rate_limit_exceeded", "message": "m"}}}), 429, "rate_limit_exceeded")]
#[case::status_inside(json!({"type": "error", "status_code": 403, "headers": {}, "error": {"type": "usage_not_included", "message": "m"}}), 403, "usage_not_included")]
#[case::a_number_for_a_code(json!({"error": {"code": 502, "message": "m"}}), 502, "upstream_error")]
#[case::detail(json!({"detail": "m"}), 500, "upstream_error")]
#[case::completed_with_an_error(json!({"type": "response.completed", "response": {"error": {"code": "invalid_prompt", "message": "m"}}}), 400, "invalid_prompt")]
fn errors_in_all_their_forms(#[case] event: Value, #[case] status: u16, #[case] kind: &str) {
    let failure = folded(&own(), stream(&[event]).as_bytes()).unwrap_err();
    assert_eq!(
        (failure.status, failure.kind.as_str(), failure.message.as_str()),
        (status, kind, "m")
    );
}

#[rstest]
#[case(json!({}), Reason::End, None)]
#[case(json!({"incomplete_details": {"reason": "max_output_tokens"}}), Reason::MaxTokens, None)]
#[case(json!({"incomplete_details": {"reason": "content_filter"}}), Reason::Refusal, None)]
#[case(json!({"output": [call_item()]}), Reason::ToolUse, None)]
#[case(json!({"output": [{"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}]}), Reason::Refusal, Some("no"))]
fn why_it_stopped(#[case] response: Value, #[case] reason: Reason, #[case] explanation: Option<&str>) {
    let reply = told(&[json!({"type": "response.completed", "response": response})]);
    assert_eq!(reply.finish.reason, reason);
    assert_eq!(reply.finish.explanation.as_deref(), explanation);
}

#[test]
fn items_may_end_in_another_order_than_they_began() {
    let reply = told(&[
        json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning"}}),
        json!({"type": "response.reasoning_text.delta", "output_index": 0, "delta": "think"}),
        json!({"type": "response.output_item.added", "output_index": 1, "item": {"type": "message", "role": "assistant"}}),
        json!({"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "say"}),
        json!({"type": "response.output_item.done", "output_index": 1, "item": {"type": "message", "content": [{"type": "output_text", "text": "say"}]}}),
        json!({"type": "response.reasoning_text.delta", "output_index": 0, "delta": "ing"}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": {"type": "reasoning", "encrypted_content": "e", "content": [{"type": "reasoning_text", "text": "thinking"}]}}),
        json!({"type": "response.completed", "response": {}}),
    ]);
    let texts: Vec<_> = reply.blocks.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["thinking", "say"]);
    assert_eq!(reply.blocks[0].proof.as_ref().unwrap().data, "e");
}

#[test]
fn parts_of_a_summary_are_told_apart() {
    let item = json!({"type": "reasoning", "summary": [
        {"type": "summary_text", "text": "one"}, {"type": "summary_text", "text": "two"},
    ]});
    let delta = |part: u64, text: &str| json!({"type": "response.reasoning_summary_text.delta", "output_index": 0, "summary_index": part, "delta": text});
    let end = json!({"type": "response.completed", "response": {}});
    let done = json!({"type": "response.output_item.done", "output_index": 0, "item": item});
    let streamed = told(&[
        delta(0, "o"),
        delta(0, "ne"),
        delta(1, "two"),
        done.clone(),
        end.clone(),
    ]);
    let whole = told(&[done, end]);
    assert_eq!(streamed, whole);
    assert_eq!(streamed.blocks[0].text, "one\n\ntwo");
}

#[test]
fn a_source_without_an_address_is_named_for_other_clients() {
    let item = json!({"type": "message", "content": [{"type": "output_text", "text": "t", "annotations": [
        {"type": "url_citation", "url": "https://a", "title": "A", "start_index": 0, "end_index": 1},
        {"type": "file_citation", "file_id": "f", "filename": "n", "index": 0},
    ]}]});
    let events = [json!({"type": "response.completed", "response": {"output": [item]}})];
    let reply = folded(
        &context(Protocol::ChatCompletions, Protocol::Responses),
        stream(&events).as_bytes(),
    );
    assert_eq!(reply.unwrap().dropped, ["output[0].content[0].annotations[1]"]);
    let reply = told(&events);
    assert_eq!((reply.dropped.len(), reply.blocks[0].citations.len()), (0, 2));
}

#[test]
fn a_whole_that_contradicts_its_pieces_is_told() {
    let pieces = |kind: &str, more: Value| {
        let mut event = json!({"type": kind, "output_index": 0, "content_index": 0, "summary_index": 0});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let end = json!({"type": "response.completed", "response": {"output": []}});
    for (done, dropped) in [
        ("It ran.", vec![]),
        ("It ran. Twice.", vec![]),
        ("It", vec!["text"]),
        ("It failed, badly.", vec!["text"]),
    ] {
        let part = json!({"type": "output_text", "text": done});
        let item = json!({"type": "message", "role": "assistant", "content": [part]});
        let reply = told(&[
            pieces("response.output_text.delta", json!({"delta": "It ran."})),
            pieces("response.output_item.done", json!({"item": item})),
            end.clone(),
        ]);
        let dropped: Vec<_> = dropped
            .iter()
            .map(|field| format!("output[0].content[0].{field}"))
            .collect();
        assert_eq!(reply.dropped, dropped, "{done}");
        let text = if done.starts_with("It ran.") {
            done
        } else {
            "It ran."
        };
        assert_eq!(reply.blocks[0].text, text);
        let item = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": done}]});
        let reply = told(&[
            pieces(
                "response.reasoning_summary_text.delta",
                json!({"delta": "It ran."}),
            ),
            pieces("response.output_item.done", json!({"item": item})),
            end.clone(),
        ]);
        let dropped: Vec<_> = dropped.iter().map(|_| "output[0].summary".to_owned()).collect();
        assert_eq!(reply.dropped, dropped, "{done}");
    }
}
