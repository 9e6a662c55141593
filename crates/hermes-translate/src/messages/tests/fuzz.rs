//! Whatever comes, nothing panics.

use hermes_catalog::Quirks;
use hermes_wire::SseEvent;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{OWN, context, order, written};
use crate::messages::{Reader, read_reply, read_request, write_reply};
use crate::translator::{ReadStream, Translator};

/// Words that the readers look for, so that arbitrary JSON meets them.
const WORDS: [&str; 60] = [
    "type",
    "text",
    "content",
    "messages",
    "role",
    "user",
    "assistant",
    "system",
    "tool_use",
    "tool_result",
    "thinking",
    "signature",
    "redacted_thinking",
    "data",
    "image",
    "document",
    "source",
    "base64",
    "url",
    "file",
    "file_id",
    "input",
    "id",
    "name",
    "tool_use_id",
    "is_error",
    "cache_control",
    "ephemeral",
    "ttl",
    "tools",
    "input_schema",
    "tool_choice",
    "output_config",
    "effort",
    "format",
    "json_schema",
    "schema",
    "metadata",
    "user_id",
    "stop_sequences",
    "max_tokens",
    "message_start",
    "message",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "index",
    "delta",
    "text_delta",
    "input_json_delta",
    "partial_json",
    "thinking_delta",
    "signature_delta",
    "citations_delta",
    "message_delta",
    "message_stop",
    "stop_reason",
    "usage",
    "error",
    "citations",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => "[^\\]]{1,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..9).prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

/// A block or another typed object.
fn typed() -> impl Strategy<Value = Value> {
    (word(), value()).prop_map(|(kind, mut value)| {
        if value.is_object() {
            value["type"] = kind.into();
        }
        value
    })
}

fn request(roles: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let role = prop::sample::select(roles);
    let message = (role, prop::collection::vec(typed(), 0..4));
    let message = message.prop_map(|(role, content)| serde_json::json!({"role": role, "content": content}));
    (prop::collection::vec(message, 1..4), value()).prop_map(|(messages, mut rest)| {
        if !rest.is_object() {
            rest = Map::new().into();
        }
        rest["messages"] = messages.into();
        rest
    })
}

proptest! {
    #[test]
    fn requests_are_read_or_refused(body in prop_oneof![value(), request(&["user", "assistant", "system"])]) {
        if let Ok(prompt) = read_request(&body) {
            let _ = written(&prompt, Quirks::default());
        }
    }

    #[test]
    fn requests_that_were_written_are_written_the_same_again(body in request(&["user", "assistant"])) {
        let once = read_request(&body).and_then(|prompt| written(&prompt, Quirks::default()));
        if let Ok((once, _)) = once {
            let twice = read_request(&once).and_then(|prompt| written(&prompt, Quirks::default()));
            prop_assert_eq!(once, twice.unwrap().0);
        }
    }

    #[test]
    fn answers_are_read_or_refused(body in value(), content in prop::collection::vec(typed(), 0..4)) {
        let context = context(OWN, OWN);
        let _ = read_reply(&context, &body);
        let body = serde_json::json!({"type": "message", "content": content, "usage": body});
        if let Ok(reply) = read_reply(&context, &body) {
            let _ = write_reply(&context, &reply);
        }
    }

    #[test]
    fn streams_are_read_to_a_stream_in_order(events in prop::collection::vec((word(), typed()), 0..12)) {
        let context = context(OWN, OWN);
        let mut reader = Reader::new(&context);
        let mut translator = Translator::new(&context);
        let (mut read, mut out) = (Vec::new(), Vec::new());
        for (name, data) in events {
            let event = SseEvent { event: Some(name), data: data.to_string() };
            reader.event(&event, &mut read);
            let mut bytes = Vec::new();
            hermes_wire::write_event(&mut bytes, event.event.as_deref(), &event.data);
            translator.push(&bytes);
            while translator.write(&mut out) {}
        }
        reader.end(&mut read);
        translator.finish();
        while translator.write(&mut out) {}
        let _ = order::message(&out);
    }

    #[test]
    fn bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut translator = Translator::new(&context(OWN, OWN));
        let mut out = Vec::new();
        translator.push(&bytes);
        while translator.write(&mut out) {}
        translator.finish();
        while translator.write(&mut out) {}
        let _ = order::message(&out);
    }
}
