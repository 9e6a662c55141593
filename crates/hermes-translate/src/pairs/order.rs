//! The order that each protocol's clients count on, over what all the others' recordings become.

use hermes_core::Protocol;
use hermes_wire::usage_of;
use serde_json::Value;

use super::replies::{folded, said, translated};
use super::{context, pairs, recorded};
use crate::reply::Reply;
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
            if let Ok(written) = translator::reply_as_stream(&context, body.to_string().as_bytes()) {
                assert!(follow(client, &name, &written.body), "{name}");
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

#[test]
fn counts_of_tokens_add_up() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, body) in recorded::wholes(upstream) {
            let Ok(written) = translator::reply(&context, body.to_string().as_bytes()) else {
                continue;
            };
            let value: Value = serde_json::from_slice(&written.body).unwrap();
            let field = if client == Protocol::Gemini {
                "usageMetadata"
            } else {
                "usage"
            };
            let usage = &value[field];
            assert!(
                adds_up(client, usage),
                "{upstream:?} > {client:?} {name}: {usage}"
            );
            let read = usage_of(client, usage).unwrap_or_default();
            let said = written.usage.unwrap_or_default();
            assert_eq!(read.total(), said.total(), "{upstream:?} > {client:?} {name}");
        }
    }
}

fn total(reply: &Reply) -> u64 {
    reply.usage.unwrap_or_default().total()
}

#[test]
fn streams_count_the_same_tokens() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let Ok(said) = said(&context, stream.as_bytes()) else {
                continue;
            };
            let heard = folded(client, &translated(&context, stream.as_bytes())).unwrap();
            assert_eq!(total(&heard), total(&said), "{upstream:?} > {client:?} {name}");
        }
    }
}
