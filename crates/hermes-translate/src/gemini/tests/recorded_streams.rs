use hermes_wire::SseDecoder;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::support::{canonical, context, folded, recordings, streamed};
use crate::gemini::{read_reply, write_reply};
use crate::translator::Translator;

fn chunks(stream: &str) -> Vec<Value> {
    let mut decoder = SseDecoder::default();
    let events: Vec<_> = decoder.push(stream.as_bytes()).collect();
    let events = events.into_iter().chain(decoder.finish());
    events
        .map(|event| serde_json::from_str(&event.unwrap().data).unwrap())
        .collect()
}

/// The whole answer that a stream makes up.
pub(crate) fn joined(stream: &str) -> Value {
    let (mut parts, mut candidate, mut last) = (Vec::new(), json!({}), json!({}));
    for chunk in chunks(stream) {
        for (name, value) in chunk["candidates"][0].as_object().into_iter().flatten() {
            candidate[name] = value.clone();
        }
        let more = chunk["candidates"][0]["content"]["parts"].as_array().cloned();
        parts.extend(more.unwrap_or_default());
        last = chunk;
    }
    candidate["content"] = json!({"role": "model", "parts": parts});
    last["candidates"] = json!([candidate]);
    last
}

#[test]
fn a_stream_says_what_the_whole_says() {
    for (name, stream) in recordings(".response.sse") {
        let reply = folded(&stream).unwrap();
        let whole = read_reply(&context(), &joined(&stream)).unwrap();
        assert_eq!(reply.blocks, whole.blocks, "{name}");
        assert_eq!(
            (&reply.finish, reply.usage),
            (&whole.finish, whole.usage),
            "{name}"
        );
        let again = read_reply(&context(), &write_reply(&context(), &reply)).unwrap();
        assert_eq!(canonical(again), canonical(reply), "{name}");
    }
}

fn translated(stream: &[u8], cut: usize) -> String {
    let (mut translator, mut out) = (Translator::new(&context()), Vec::new());
    translator.push(&stream[..cut]);
    while translator.write(&mut out) {}
    translator.push(&stream[cut..]);
    while translator.write(&mut out) {}
    translator.finish();
    while translator.write(&mut out) {}
    assert!(translator.ended());
    String::from_utf8(out).unwrap()
}

#[test]
fn a_stream_is_told_on_in_order() {
    for (name, stream) in recordings(".response.sse") {
        let out = translated(stream.as_bytes(), 0);
        in_order(&out, &name);
        let expected = canonical(folded(&stream).unwrap());
        let mut again = canonical(folded(&out).unwrap());
        for block in again.blocks.iter_mut().zip(&expected.blocks) {
            restore_id(block.0, block.1);
        }
        assert_eq!(again, expected, "{name}");
        let mut direct = canonical(folded(&streamed(folded(&stream).unwrap().events())).unwrap());
        direct.head = expected.head.clone();
        assert_eq!(direct, expected, "{name}");
    }
}

/// Calls without an id get one on their way.
fn restore_id(block: &mut crate::reply::Whole, expected: &crate::reply::Whole) {
    use crate::reply::Block;
    if let (Block::Call { id, .. }, Block::Call { id: before, .. }) = (&mut block.block, &expected.block)
        && before.is_empty()
    {
        assert!(id.starts_with("call_made"));
        id.clear();
    }
}

/// What the order of Gemini's chunks must be.
pub(crate) fn in_order(stream: &str, name: &str) {
    for line in stream.lines() {
        assert!(line.is_empty() || line.starts_with("data: "), "{name}: {line}");
    }
    let chunks = chunks(stream);
    let (last, before) = chunks.split_last().unwrap();
    for chunk in &chunks {
        assert_eq!(chunk["responseId"], last["responseId"], "{name}");
        assert_eq!(chunk["modelVersion"], last["modelVersion"], "{name}");
        let candidates = chunk["candidates"].as_array().unwrap();
        let [candidate] = candidates.as_slice() else {
            panic!("{name}")
        };
        assert_eq!(candidate["content"]["role"], "model");
        let parts = candidate["content"]["parts"].as_array().unwrap();
        assert!(!parts.is_empty(), "{name}");
        for part in parts {
            let call = part.get("functionCall");
            assert!(
                call.is_none_or(|call| call["args"].is_object() && call["name"].is_string()),
                "{name}"
            );
        }
    }
    for chunk in before {
        assert!(chunk["candidates"][0].get("finishReason").is_none(), "{name}");
        assert!(chunk.get("usageMetadata").is_none(), "{name}");
    }
    assert!(last["candidates"][0]["finishReason"].is_string(), "{name}");
    assert!(last["usageMetadata"]["totalTokenCount"].is_u64(), "{name}");
}

#[test]
fn a_stream_that_is_cut_ends_with_an_error() {
    for (name, stream) in recordings(".response.sse") {
        let stream = stream.replace("\r\n", "\n");
        let events: Vec<&str> = stream
            .split_inclusive("\n\n")
            .filter(|event| event.contains("data:"))
            .collect();
        for count in 0..events.len() - 1 {
            let (mut translator, mut out) = (Translator::new(&context()), Vec::new());
            translator.push(events[..count].concat().as_bytes());
            while translator.write(&mut out) {}
            translator.finish();
            while translator.write(&mut out) {}
            let out = String::from_utf8(out).unwrap();
            let last = chunks(&out).pop().unwrap();
            assert_eq!(last["error"]["code"], 502, "{name} after {count}");
            assert!(translator.failure().is_some());
        }
    }
}
