//! Streams of this protocol, read and written back.

use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::replies::canonical;
use super::{OWN, cases, context, order};
use crate::messages::{Writer, read_reply, write_reply};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Event, Failure, Finish, Head, Reason, Reply, Whole};
use crate::translator::{Collector, Translator, WriteStream};

const SPLICED: &str = "v-anthropic-spliced-message-start-stream";

/// A stream as a client of this protocol gets it, from bytes that come in these pieces.
fn translated<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut translator = Translator::new(&context(OWN, OWN));
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece, &mut out);
    }
    translator.finish(&mut out);
    out
}

/// The message of a recorded stream, put together without the code under test; only the first of several.
fn recorded(stream: &[u8]) -> Value {
    let text = String::from_utf8(stream.to_vec()).unwrap().replace("\r\n", "\n");
    let mut message = Value::Null;
    let mut arguments = std::collections::HashMap::<u64, String>::new();
    for line in text.lines() {
        let Some(data) = line.strip_prefix("data:") else {
            continue;
        };
        let data: Value = serde_json::from_str(data).unwrap();
        let index = data["index"].as_u64().unwrap_or(0);
        let place = usize::try_from(index).unwrap();
        match data["type"].as_str().unwrap() {
            "message_start" if message.is_null() => message = data["message"].clone(),
            "content_block_start" => message["content"]
                .as_array_mut()
                .unwrap()
                .push(data["content_block"].clone()),
            "content_block_delta" => add(
                &mut message["content"][place],
                &data["delta"],
                arguments.entry(index).or_default(),
            ),
            "content_block_stop" => {
                if let Some(arguments) = arguments.get(&index).filter(|text| !text.is_empty()) {
                    message["content"][place]["input"] = serde_json::from_str(arguments).unwrap();
                }
            }
            "message_delta" => {
                for holder in ["delta", "usage"] {
                    let into = if holder == "usage" {
                        &mut message["usage"]
                    } else {
                        &mut message
                    };
                    for (field, value) in data[holder].as_object().unwrap() {
                        into[field] = value.clone();
                    }
                }
            }
            "message_stop" => return message,
            _ => {}
        }
    }
    panic!("a recording without an end");
}

fn add(block: &mut Value, delta: &Value, arguments: &mut String) {
    let append = |block: &mut Value, field: &str| {
        let before = block[field].as_str().unwrap_or_default().to_owned();
        block[field] = (before + delta[field].as_str().unwrap()).into();
    };
    match delta["type"].as_str().unwrap() {
        "text_delta" => append(block, "text"),
        "thinking_delta" => append(block, "thinking"),
        "signature_delta" => append(block, "signature"),
        "input_json_delta" => arguments.push_str(delta["partial_json"].as_str().unwrap()),
        "citations_delta" => {
            let mut before = block["citations"].as_array().cloned().unwrap_or_default();
            before.push(delta["citation"].clone());
            block["citations"] = before.into();
        }
        _ => {}
    }
}

#[test]
fn recorded_streams_come_back_with_all_that_has_a_place() {
    let mut seen = 0;
    for (name, stream) in cases::streams() {
        if name == SPLICED {
            continue;
        }
        let written = order::message(&translated([&stream[..]])).unwrap();
        assert_eq!(canonical(&written), canonical(&recorded(&stream)), "{name}");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} streams");
}

#[test]
fn recorded_streams_tell_the_same_as_their_whole_answers() {
    let context = context(OWN, OWN);
    for (name, stream) in cases::streams() {
        if name == SPLICED {
            continue;
        }
        let mut collector = Collector::new(&context);
        collector.push(&stream);
        let gathered: Value = serde_json::from_slice(&collector.finish().unwrap().body).unwrap();
        let whole = write_reply(&context, &read_reply(&context, &recorded(&stream)).unwrap());
        assert_eq!(canonical(&gathered), canonical(&whole), "{name}");
        let streamed = order::message(&translated([&stream[..]])).unwrap();
        assert_eq!(canonical(&gathered), canonical(&streamed), "{name}");
    }
}

#[test]
fn whole_answers_written_as_streams_tell_the_same() {
    let context = context(OWN, OWN);
    for case in cases::all() {
        let Ok(reply) = read_reply(&context, &case.answer) else {
            continue;
        };
        let mut out = Vec::new();
        let mut writer = Writer::new(&context);
        for event in reply.events() {
            writer.event(&event, &mut out);
        }
        let mut streamed = order::message(&out).unwrap();
        let whole = write_reply(&context, &reply);
        // Fields that only a whole answer has.
        streamed["usage"] = whole["usage"].clone();
        assert_eq!(streamed, whole, "{}", case.name);
    }
}

#[test]
fn streams_mean_the_same_wherever_they_are_cut() {
    for (name, stream) in cases::streams() {
        let head = stream.len().min(2048);
        let whole = translated([&stream[..head]]);
        for cut in 1..head {
            let (first, second) = stream[..head].split_at(cut);
            assert_eq!(translated([first, second]), whole, "{name} at {cut}");
        }
        let bytes = translated(stream.chunks(1));
        assert_eq!(bytes, translated([&stream[..]]), "{name} byte by byte");
    }
}

#[test]
fn line_ends_comments_and_marks_mean_nothing() {
    for (name, stream) in cases::streams() {
        let text = String::from_utf8(stream).unwrap().replace("\r\n", "\n");
        let expected = translated([text.as_bytes()]);
        let forms = [
            text.replace('\n', "\r\n"),
            text.replace('\n', "\r"),
            format!("\u{feff}{text}"),
            text.replace("event:", ": a comment\nevent:"),
            text.trim_end().to_owned(),
            text.replace("event: message_start\n", "")
                .replace("event: content_block_delta\n", ""),
        ];
        for form in forms {
            assert_eq!(translated([form.as_bytes()]), expected, "{name}");
        }
    }
}

#[test]
fn a_stream_that_is_cut_ends_with_an_error_and_keeps_its_usage() {
    for (name, stream) in cases::streams() {
        let text = String::from_utf8(stream).unwrap();
        let separator = if text.contains("\r\n") { "\r\n\r\n" } else { "\n\n" };
        let mut kept = String::new();
        for event in text.split_inclusive(separator) {
            if event.contains("message_stop") {
                break;
            }
            kept.push_str(event);
            let mut translator = Translator::new(&context(OWN, OWN));
            let mut out = Vec::new();
            translator.push(kept.as_bytes(), &mut out);
            if translator.ended() {
                break;
            }
            translator.finish(&mut out);
            let error = order::message(&out).unwrap_err();
            assert_eq!(error["error"]["type"], "api_error", "{name}");
            assert!(translator.usage().is_some(), "{name}");
            assert_eq!(translator.failure(), Some(&Failure::cut()), "{name}");
        }
    }
}

#[test]
fn another_message_inside_the_first_is_an_error() {
    let (_, stream) = cases::streams()
        .into_iter()
        .find(|(name, _)| name == SPLICED)
        .unwrap();
    let out = translated([&stream[..]]);
    assert!(order::message(&out).is_err());
    assert!(!String::from_utf8(out).unwrap().contains("toolu_second"));
}

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
    translator.push(&sse(&[start()]), &mut out);
    translator.push(text.as_bytes(), &mut out);
    translator.push(&sse(&ending("end_turn")), &mut out);
    translator.finish(&mut out);
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

/// The stream that these events make for a client of this protocol.
fn written(context: &std::sync::Arc<crate::Context>, events: &[Event]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(context);
    for event in events {
        writer.event(event, &mut out);
    }
    out
}

fn many() -> Reply {
    let call = |id: &str, custom| Block::Call {
        id: id.to_owned(),
        name: "n".to_owned(),
        custom,
        namespace: None,
    };
    let proved = |text: &str, kind| Whole {
        proof: Some(Proof::minted(&Issuer::new("x"), kind, "p")),
        ..Whole::new(Block::Thinking, text)
    };
    let mut cited = Whole::new(Block::Text, "so");
    cited.citations.push(Citation {
        url: Some("https://a.example".to_owned()),
        title: None,
        quote: None,
        range: None,
        value: json!({}),
    });
    Reply {
        blocks: vec![
            proved("", ProofKind::Thought),
            proved("h", ProofKind::Encrypted),
            proved("", ProofKind::Signature),
            Whole::new(Block::Thinking, "t"),
            Whole::new(Block::Thinking, ""),
            Whole::new(Block::Text, ""),
            cited,
            Whole::new(call("a", false), "{\"a\": [1]}"),
            Whole::new(call("b", true), "line\n\"quoted\" \\ \u{1f600}"),
            Whole::new(call("c", false), ""),
            Whole::new(Block::Refusal, "no"),
        ],
        ..Reply::default()
    }
}

#[rstest]
#[case::shown(true)]
#[case::hidden(false)]
fn a_written_stream_tells_the_same_as_a_written_answer(#[case] wants_thoughts: bool) {
    let mut context = (*context(OWN, Protocol::Responses)).clone();
    context.wants_thoughts = wants_thoughts;
    let context = std::sync::Arc::new(context);
    let reply = many();
    let streamed = order::message(&written(&context, &reply.events())).unwrap();
    let mut whole = write_reply(&context, &reply);
    whole["usage"] = streamed["usage"].clone();
    assert_eq!(streamed, whole);
    assert_eq!(whole["stop_reason"], "refusal");
    let thoughts = whole.to_string().contains("\"thinking\":\"h\"");
    assert_eq!(thoughts, wants_thoughts);
}

#[test]
fn the_beginning_tells_the_tokens_that_are_known() {
    let context = context(OWN, Protocol::ChatCompletions);
    let usage = hermes_wire::Usage {
        input: 7,
        ..hermes_wire::Usage::default()
    };
    let head = Head {
        id: Some("chatcmpl".to_owned()),
        model: Some("m".to_owned()),
        created: None,
    };
    let finish = Event::Finish(Finish::of(Reason::End));
    let out = written(
        &context,
        &[Event::Start(head.clone()), Event::Usage(usage), finish.clone()],
    );
    let events = order::events(&out);
    assert_eq!(events[0].1["message"]["usage"]["input_tokens"], 7);
    assert_eq!(events[0].1["message"]["id"], "msg_0a1b");
    let out = written(&context, &[Event::Start(head), finish]);
    assert_eq!(order::events(&out)[0].1["message"]["usage"]["input_tokens"], 0);
}

#[test]
fn signs_of_life_come_after_the_beginning() {
    let context = context(OWN, Protocol::ChatCompletions);
    let mut writer = Writer::new(&context);
    let mut out = Vec::new();
    writer.event(&Event::Start(Head::default()), &mut out);
    assert_eq!(out, b"");
    writer.ping(&mut out);
    let names: Vec<String> = order::events(&out).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["message_start", "ping"]);
    writer.event(&Event::Finish(Finish::default()), &mut out);
    assert!(order::message(&out).is_ok());
}
