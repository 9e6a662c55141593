use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::support::{context, sent};
use crate::gemini::{Reader, read_reply, read_request, write_reply};
use crate::translator::{ReadStream as _, Translator};

/// Words that mean something somewhere in Gemini's JSON.
const WORDS: [&str; 44] = [
    "contents",
    "parts",
    "role",
    "model",
    "user",
    "text",
    "thought",
    "thoughtSignature",
    "functionCall",
    "functionResponse",
    "name",
    "args",
    "id",
    "response",
    "output",
    "error",
    "inlineData",
    "fileData",
    "fileUri",
    "mimeType",
    "data",
    "candidates",
    "content",
    "finishReason",
    "STOP",
    "index",
    "partialArgs",
    "jsonPath",
    "stringValue",
    "willContinue",
    "$.a[0].b",
    "groundingMetadata",
    "groundingChunks",
    "groundingSupports",
    "segment",
    "startIndex",
    "endIndex",
    "usageMetadata",
    "promptTokenCount",
    "tools",
    "functionDeclarations",
    "parameters",
    "generationConfig",
    "thinkingConfig",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(WORDS.as_slice()).prop_map(str::to_owned),
        1 => ".{0,6}",
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u64..4).prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 80, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

/// JSON in the places where it is looked at.
fn placed() -> impl Strategy<Value = Value> {
    (json(), json(), json(), json()).prop_map(|(one, two, three, whole)| {
        if whole.is_array() {
            return whole;
        }
        json!({
            "contents": [{"role": "model", "parts": [one]}, {"parts": two}],
            "tools": three,
            "generationConfig": two,
            "candidates": [{
                "content": {"parts": [one, {"functionCall": two}, {"text": "ä", "thoughtSignature": three}]},
                "groundingMetadata": three,
                "finishReason": "STOP",
            }],
            "usageMetadata": two,
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_request_is_too_odd(body in placed()) {
        if let Ok(prompt) = read_request(&body) {
            let _ = sent(&prompt, hermes_catalog::Quirks::default());
            let foreign = crate::prompt::Prompt { client: None, ..prompt };
            let _ = sent(&foreign, hermes_catalog::Quirks::default());
        }
    }

    #[test]
    fn no_answer_is_too_odd(body in placed()) {
        if let Ok(reply) = read_reply(&context(), &body) {
            let _ = write_reply(&context(), &reply);
        }
        let (mut reader, mut out) = (Reader::new(&context()), Vec::new());
        for data in [body.to_string(), "{".to_owned(), String::new()] {
            let event = hermes_wire::SseEvent { event: None, data };
            reader.event(&event, &mut out);
        }
        reader.end(&mut out);
    }

    #[test]
    fn no_stream_is_too_odd(chunks in prop::collection::vec(placed(), 0..4), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let (mut translator, mut out) = (Translator::new(&context()), Vec::new());
        for chunk in chunks {
            translator.push(format!("data: {chunk}\n\n").as_bytes());
            while translator.write(&mut out) {}
            translator.push(&bytes);
            while translator.write(&mut out) {}
        }
        translator.finish();
        while translator.write(&mut out) {}
        prop_assert!(translator.ended());
    }
}
