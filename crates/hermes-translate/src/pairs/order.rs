//! The order that each protocol's clients count on, over what all the others' recordings become.

use hermes_core::Protocol;
use hermes_wire::{SseDecoder, Usage, usage_of};
use serde_json::Value;

use super::replies::{said, translated};
use super::{context, pairs, recorded, view};
use crate::translator;
use crate::{chat, gemini, messages, responses};

/// Follows a stream of a protocol with that protocol's automaton, which also puts its pieces together and compares them with the
/// final values. Tells whether it ended well.
pub(super) fn follow(client: Protocol, name: &str, stream: &[u8]) -> bool {
    match client {
        Protocol::AnthropicMessages => messages::tests::order::message(stream).is_ok(),
        Protocol::ChatCompletions => {
            chat::tests::streams::check_order(name, stream);
            stream.ends_with(b"data: [DONE]\n\n")
        }
        Protocol::Responses => {
            let automaton = responses::tests::order::Automaton::follow(stream);
            automaton.ended.as_deref() != Some("response.failed")
        }
        Protocol::Gemini => {
            let text = std::str::from_utf8(stream).unwrap();
            let failed = text.contains("data: {\"error\"");
            if !failed {
                gemini::tests::recorded_streams::in_order(text, name);
            }
            !failed
        }
    }
}

#[test]
fn recorded_streams_become_streams_in_order() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let name = format!("{upstream:?} > {client:?} {name}");
            let written = translated(&context, stream.as_bytes());
            let good = said(&context, stream.as_bytes()).is_ok();
            assert_eq!(follow(client, &name, &written), good, "{name}");
        }
    }
}

#[test]
fn recorded_wholes_become_streams_in_order() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, body) in recorded::wholes(upstream) {
            let name = format!("{upstream:?} > {client:?} {name}");
            if let Ok(stream) = translator::replayed(&context, body.to_string().as_bytes()) {
                assert!(follow(client, &name, &stream), "{name}");
            }
        }
    }
}

/// The tokens of an answer as its client would add them up.
fn adds_up(client: Protocol, usage: &Value) -> bool {
    let count = |path: &str| usage.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    match client {
        // Its counts stand beside each other.
        Protocol::AnthropicMessages => {
            count("/output_tokens") >= count("/output_tokens_details/thinking_tokens")
        }
        Protocol::ChatCompletions => {
            let cached = count("/prompt_tokens_details/cached_tokens")
                + count("/prompt_tokens_details/cache_write_tokens");
            count("/total_tokens") == count("/prompt_tokens") + count("/completion_tokens")
                && cached <= count("/prompt_tokens")
                && count("/completion_tokens_details/reasoning_tokens") <= count("/completion_tokens")
        }
        Protocol::Responses => {
            let cached = count("/input_tokens_details/cached_tokens")
                + count("/input_tokens_details/cache_write_tokens");
            count("/total_tokens") == count("/input_tokens") + count("/output_tokens")
                && cached <= count("/input_tokens")
                && count("/output_tokens_details/reasoning_tokens") <= count("/output_tokens")
        }
        Protocol::Gemini => {
            let parts =
                count("/promptTokenCount") + count("/candidatesTokenCount") + count("/thoughtsTokenCount");
            count("/totalTokenCount") == parts
                && count("/cachedContentTokenCount") <= count("/promptTokenCount")
        }
    }
}

/// Whether a client adds up what the upstream counted: all of it, each in its place.
fn check_usage(client: Protocol, written: &Value, said: Usage, name: &str) {
    assert!(adds_up(client, written), "{name}: {written}");
    let read = usage_of(client, written).unwrap_or_default();
    assert_eq!(read, view::usage(said, client), "{name}: {written}");
    assert_eq!(read.total(), said.total(), "{name}: {written}");
}

#[test]
fn counts_of_tokens_add_up() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, body) in recorded::wholes(upstream) {
            let Ok(written) = translator::reply(&context, body.to_string().as_bytes()) else {
                continue;
            };
            let value: Value = serde_json::from_slice(&written.body).unwrap();
            let name = format!("{upstream:?} > {client:?} {name}");
            check_usage(client, usage_in(&value), written.usage.unwrap_or_default(), &name);
        }
    }
}

/// The usage of an answer or of an event.
fn usage_in(value: &Value) -> &Value {
    let places = ["/usage", "/usageMetadata", "/response/usage"];
    let found = places.iter().find_map(|place| value.pointer(place));
    found.unwrap_or(&Value::Null)
}

/// The last usage that a stream tells; that of Messages comes in two parts.
fn last_usage(client: Protocol, stream: &[u8]) -> Value {
    if client == Protocol::AnthropicMessages {
        return messages::tests::order::message(stream).unwrap()["usage"].clone();
    }
    let mut decoder = SseDecoder::default();
    let events = decoder.push(stream).map(|event| event.unwrap().data);
    let values = events.filter_map(|data| serde_json::from_str::<Value>(&data).ok());
    let told = values.map(|value| usage_in(&value).clone());
    told.filter(Value::is_object).last().unwrap_or_default()
}

#[test]
fn counts_of_tokens_in_streams_add_up() {
    let mut seen = 0;
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let Ok(said) = said(&context, stream.as_bytes()) else {
                continue;
            };
            let written = translated(&context, stream.as_bytes());
            let name = format!("{upstream:?} > {client:?} {name}");
            let usage = last_usage(client, &written);
            check_usage(client, &usage, said.usage.unwrap_or_default(), &name);
            seen += 1;
        }
    }
    assert!(seen > 400, "only {seen}");
}
