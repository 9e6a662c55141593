//! Streams that are cut after each of their events.

use hermes_core::Protocol;
use hermes_wire::SseDecoder;
use rstest::rstest;
use serde_json::Value;

use super::order::follow;
use super::replies::folded;
use super::{context, recorded};
use crate::translator::Translator;

/// After how many events of a stream's beginning and end, and after each how-manieth between, all that its client got is gone through
/// too. Elsewhere what is added by the cut is looked at alone.
const BEGINNING: usize = 12;
const END: usize = 6;
const EACH: usize = 50;

/// The data of the events of a stream's end.
fn events(stream: &[u8]) -> Vec<String> {
    let mut decoder = SseDecoder::default();
    let events = decoder.push(stream).map(|event| event.unwrap().data).collect();
    assert!(decoder.finish().is_none());
    events
}

/// Whether what a client gets when its stream is cut is an error in its own words, and nothing that would be a normal end beside it.
fn is_error(client: Protocol, end: &[u8]) -> bool {
    let data = events(end);
    let json = |data: &String| serde_json::from_str::<Value>(data).unwrap_or_default();
    let all: Vec<Value> = data.iter().map(json).collect();
    let Some(last) = all.last() else { return false };
    let kinds = |kind: &str| all.iter().any(|event| event["type"] == kind);
    match client {
        Protocol::AnthropicMessages => {
            last["type"] == "error" && last["error"]["type"].is_string() && !kinds("message_stop")
        }
        Protocol::ChatCompletions => {
            let finished = |event: &Value| event["choices"][0]["finish_reason"].is_string();
            last["error"]["message"].is_string() && !all.iter().any(finished)
        }
        Protocol::Responses => {
            last["type"] == "response.failed"
                && kinds("error")
                && !kinds("response.completed")
                && !kinds("response.incomplete")
        }
        Protocol::Gemini => {
            let finished = |event: &Value| event["candidates"][0]["finishReason"].is_string();
            last["error"]["status"].is_string() && !all.iter().any(finished)
        }
    }
}

/// Cuts a stream after each of its events, and tells how many times that was an error.
fn cut_everywhere((upstream, client): (Protocol, Protocol), name: &str, stream: &str) -> usize {
    let mut translator = Translator::new(&context(upstream, client));
    let (mut told, mut errors) = (Vec::new(), 0);
    let count = stream.split_inclusive("\n\n").count();
    for (number, event) in stream.split_inclusive("\n\n").enumerate() {
        let before = translator.usage();
        translator.push(event.as_bytes());
        while translator.write(&mut told) {}
        let mut cut = translator.copy();
        let mut end = Vec::new();
        cut.finish();
        while cut.write(&mut end) {}
        let name = format!("{upstream:?} > {client:?} {name} after {}", number + 1);
        assert!(translator.usage().is_some() || before.is_none(), "{name}");
        assert!(cut.usage().is_some() || translator.usage().is_none(), "{name}");
        // What says why it ended is complete, whatever would have come after it.
        let failed = cut.failure().is_some();
        if failed && !translator.ended() {
            assert!(is_error(client, &end), "{name}");
            errors += 1;
        }
        if number < BEGINNING || number + END >= count || number.is_multiple_of(EACH) {
            let all = [&told[..], &end].concat();
            assert_eq!(follow(client, &name, &all), !failed, "{name}");
            assert_eq!(folded(client, &all).is_err(), failed, "{name}");
        }
        if translator.ended() {
            break;
        }
    }
    errors
}

#[rstest]
#[case::messages(Protocol::AnthropicMessages)]
#[case::chat(Protocol::ChatCompletions)]
#[case::responses(Protocol::Responses)]
#[case::gemini(Protocol::Gemini)]
fn a_cut_is_an_error_and_keeps_the_usage(#[case] upstream: Protocol) {
    for client in Protocol::ALL {
        for (name, stream) in recorded::streams(upstream) {
            let errors = cut_everywhere((upstream, client), name, stream);
            let alone = stream.matches("\n\n").count() < 2;
            assert!(errors > 0 || alone, "{upstream:?} > {client:?} {name}");
        }
    }
}
