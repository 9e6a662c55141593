use hermes_catalog::Quirks;
use hermes_wire::SseEvent;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fixtures::{context, target};
use crate::chat::{Reader, read_reply, read_request, write_reply, write_request};
use crate::dropped::Dropped;
use crate::names::Names;
use crate::translator::{ReadStream, Translator};

/// Names that the readers look for.
const NAMES: [&str; 44] = [
    "messages",
    "role",
    "content",
    "tool_calls",
    "id",
    "type",
    "function",
    "name",
    "arguments",
    "custom",
    "input",
    "choices",
    "index",
    "delta",
    "message",
    "finish_reason",
    "usage",
    "prompt_tokens",
    "error",
    "code",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "text",
    "signature",
    "data",
    "format",
    "image_url",
    "url",
    "file",
    "file_data",
    "thinking",
    "tools",
    "tool_choice",
    "allowed_tools",
    "response_format",
    "json_schema",
    "schema",
    "stop",
    "stream_options",
    "annotations",
    "url_citation",
    "citations",
    "extra_content",
];

const WORDS: [&str; 24] = [
    "",
    "user",
    "assistant",
    "tool",
    "system",
    "function",
    "custom",
    "text",
    "stop",
    "<think>",
    "</think>",
    "data:image/png;base64,AA==",
    "data:é",
    "allowed_tools",
    "json_schema",
    "thinking",
    "refusal",
    "image_url",
    "file",
    "none",
    "required",
    "reasoning.encrypted",
    "google-gemini-v1",
    "hz1.a.sig.AA",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0_u64..4).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        prop::sample::select(WORDS.to_vec()).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner), 0..6).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

fn event(data: String) -> SseEvent {
    SseEvent { event: None, data }
}

proptest! {
    #[test]
    fn requests_never_panic(messages in prop::collection::vec(value(), 0..4), rest in value()) {
        let mut body = rest;
        if let Value::Object(fields) = &mut body {
            fields.insert("messages".to_owned(), messages.into());
        }
        if let Ok(prompt) = read_request(&body) {
            let names = Names::new(&prompt.tools, false);
            let _ = write_request(&prompt, &target(Quirks::default()), &names, &mut Dropped::new(false));
        }
    }

    #[test]
    fn messages_never_panic(role in prop::sample::select(WORDS.to_vec()), fields in value()) {
        let mut message = json!({"role": role});
        if let (Value::Object(message), Value::Object(fields)) = (&mut message, fields) {
            message.extend(fields);
        }
        let body = json!({"messages": [message]});
        if let Ok(mut prompt) = read_request(&body) {
            prompt.client = None;
            let names = Names::new(&prompt.tools, false);
            let _ = write_request(&prompt, &target(Quirks::default()), &names, &mut Dropped::new(false));
        }
    }

    #[test]
    fn answers_never_panic(body in value(), message in value()) {
        let context = context();
        let _ = read_reply(&context, &body);
        let body = json!({"choices": [{"message": message}]});
        if let Ok(reply) = read_reply(&context, &body) {
            let _ = write_reply(&context, &reply);
        }
    }

    #[test]
    fn streams_never_panic(chunks in prop::collection::vec((value(), value()), 0..8)) {
        let context = context();
        let mut reader = Reader::new(&context);
        let mut out = Vec::new();
        let mut translator = Translator::new(&context);
        let mut written = Vec::new();
        for (chunk, delta) in chunks {
            for chunk in [chunk, json!({"choices": [{"delta": delta}]})] {
                reader.event(&event(chunk.to_string()), &mut out);
                translator.push(format!("data: {chunk}\n\n").as_bytes());
                while translator.write(&mut written) {}
            }
        }
        reader.event(&event("[DONE]".to_owned()), &mut out);
        reader.end(&mut out);
        translator.finish();
        while translator.write(&mut written) {}
        prop_assert!(!written.is_empty());
    }
}
