use proptest::prelude::*;
use serde_json::Value;

use super::own;
use crate::responses::{Reader, read_reply, read_request};
use crate::translator::{ReadStream, Translator};

fn through(pieces: &[&[u8]]) -> Vec<u8> {
    let mut translator = Translator::new(&own());
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece);
        while translator.write(&mut out) {}
    }
    translator.finish();
    while translator.write(&mut out) {}
    out
}

/// Words of the protocol, out of which its readers know something.
const WORDS: &[&str] = &[
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

fn json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned);
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
