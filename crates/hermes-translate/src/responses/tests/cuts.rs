use proptest::prelude::*;
use serde_json::Value;

use super::{own, recordings};
use crate::responses::{Reader, read_reply, read_request};
use crate::translator::{ReadStream, Translator};

fn through(pieces: &[&[u8]]) -> Vec<u8> {
    let mut translator = Translator::new(&own());
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece, &mut out);
    }
    translator.finish(&mut out);
    out
}

#[test]
fn wherever_a_stream_is_cut_into_pieces_it_says_the_same() {
    for (name, stream) in recordings(".response.sse") {
        // The beginning and the end are enough: what lies between is more of the same.
        let bytes = stream.as_bytes();
        let short: Vec<u8> = match bytes.get(..6_000) {
            Some(head) => head.to_vec(),
            None => bytes.to_vec(),
        };
        let whole = through(&[&short]);
        for at in (0..short.len().min(2_048)).step_by(7) {
            let (head, tail) = short.split_at(at);
            assert!(through(&[head, tail]) == whole, "{name} at {at}");
        }
    }
}

/// The events that a reader gets of a stream in two pieces.
fn decoded(head: &[u8], tail: &[u8]) -> Vec<hermes_wire::SseEvent> {
    let mut decoder = hermes_wire::SseDecoder::default();
    let mut events: Vec<_> = decoder.push(head).map(Result::unwrap).collect();
    events.extend(decoder.push(tail).map(Result::unwrap));
    events.extend(decoder.finish().map(Result::unwrap));
    events
}

#[test]
fn every_byte_may_be_the_last_of_a_piece() {
    for (name, stream) in recordings(".response.sse") {
        let bytes = stream.as_bytes();
        let bytes = &bytes[..bytes.len().min(4_096)];
        let whole = decoded(bytes, b"");
        for at in 0..bytes.len().min(2_048) {
            let (head, tail) = bytes.split_at(at);
            assert!(decoded(head, tail) == whole, "{name} at {at}");
        }
    }
}

#[test]
fn every_byte_of_one_stream_may_be_its_last() {
    let all = recordings(".response.sse");
    for (name, stream) in all.iter().filter(|(_, stream)| stream.len() < 40_000).take(6) {
        let bytes = stream.as_bytes();
        let whole = through(&[bytes]);
        for at in 0..bytes.len().min(2_048) {
            let (head, tail) = bytes.split_at(at);
            assert!(through(&[head, tail]) == whole, "{name} at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert!(through(&single) == whole, "{name} byte by byte");
    }
}

#[test]
fn line_ends_and_comments_change_nothing() {
    for (name, stream) in recordings(".response.sse") {
        let whole = through(&[stream.as_bytes()]);
        let forms = [
            stream.replace('\n', "\r\n"),
            stream.replace('\n', "\r"),
            format!("\u{feff}{stream}"),
            stream.replace("\n\n", "\n\n: PROCESSING\n\n"),
        ];
        for form in forms {
            assert!(through(&[form.as_bytes()]) == whole, "{name}");
        }
    }
}

fn json() -> impl Strategy<Value = Value> {
    let words = [
        "type",
        "message",
        "reasoning",
        "function_call",
        "custom_tool_call",
        "output_text",
        "text",
        "content",
        "summary",
        "input",
        "output",
        "tools",
        "tool_choice",
        "role",
        "assistant",
        "name",
        "call_id",
        "arguments",
        "item",
        "output_index",
        "content_index",
        "response",
        "response.completed",
        "response.output_item.done",
        "response.output_item.added",
        "response.output_text.delta",
        "delta",
        "response.content_part.done",
        "part",
        "error",
        "usage",
        "annotations",
        "response.failed",
        "namespace",
        "response.function_call_arguments.delta",
        "response.reasoning_text.delta",
        "include",
        "text.format",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_comes_in_breaks_a_reader(values in prop::collection::vec(json(), 1..6)) {
        let context = own();
        let mut reader = Reader::new(&context);
        let mut out = Vec::new();
        for value in &values {
            let _ = read_request(value);
            let _ = read_reply(&context, value);
            let event = hermes_wire::SseEvent { event: None, data: value.to_string() };
            reader.event(&event, &mut out);
        }
        let stream = super::odd::stream(&values);
        let _ = through(&[stream.as_bytes()]);
        reader.end(&mut out);
    }

    #[test]
    fn a_request_of_any_items_is_read_and_written(
        input in prop::collection::vec(json(), 0..6),
        tools in prop::collection::vec(json(), 0..4),
    ) {
        let body = serde_json::json!({"model": "m", "input": input, "tools": tools});
        if let Ok(mut prompt) = read_request(&body) {
            for client in [None, Some(hermes_core::Protocol::Responses)] {
                prompt.client = client;
                let names = crate::names::Names::new(&prompt.tools, true);
                let mut dropped = crate::dropped::Dropped::new(false);
                let target = super::target(hermes_catalog::Quirks::default());
                let _ = crate::responses::write_request(&prompt, &target, &names, &mut dropped);
            }
        }
    }
}
