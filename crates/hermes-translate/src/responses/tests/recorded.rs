use std::sync::Arc;

use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::written;
use super::{body, context, events, own, recordings};
use crate::context::Context;
use crate::reply::{Citation, Event, Failure, Reply};
use crate::responses::{Reader, Writer, read_reply};
use crate::serial::Serial;
use crate::translator::{ReadStream, Translator, WriteStream};

/// The answer that a stream tells.
pub(super) fn folded(context: &Arc<Context>, stream: &[u8]) -> Result<Reply, Failure> {
    let mut decoder = hermes_wire::SseDecoder::default();
    let mut reader = Reader::new(context);
    let mut read = Vec::new();
    for event in decoder.push(stream) {
        reader.event(&event.unwrap(), &mut read);
    }
    if let Some(event) = decoder.finish() {
        reader.event(&event.unwrap(), &mut read);
    }
    reader.end(&mut read);
    let (mut serial, mut ordered) = (Serial::default(), Vec::new());
    for event in read {
        serial.push(event, &mut ordered);
    }
    assert!(matches!(ordered.first(), None | Some(Event::Start(_))));
    Reply::of(ordered)
}

/// What has to be the same: head and what was left out apart.
///
/// Of a source, its address: the official types want a title and a place, which are made up where an upstream leaves them out.
fn gist(reply: &Reply) -> Reply {
    let mut reply = reply.clone();
    for citation in reply.blocks.iter_mut().flat_map(|block| &mut block.citations) {
        *citation = Citation {
            url: citation.url.clone(),
            title: None,
            quote: None,
            range: None,
            value: Value::Null,
        };
    }
    Reply {
        head: crate::reply::Head::default(),
        dropped: Vec::new(),
        ..reply
    }
}

/// The last answer in the stream that a reply is written as.
fn streamed(context: &Arc<Context>, reply: &Reply) -> Vec<u8> {
    let mut writer = Writer::new(context);
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    out
}

/// Proofs come back from a client wrapped; here they are read as an upstream's, so the wrapping is taken off first.
fn unwrapped(mut reply: Reply) -> Reply {
    for block in &mut reply.blocks {
        if let Some(proof) = &mut block.proof {
            *proof = crate::proof::Proof::read(&proof.data, proof.kind);
        }
    }
    reply
}

#[test]
fn a_whole_answer_comes_back_as_it_was() {
    let context = own();
    let mut seen = 0;
    for (name, text) in recordings(".response.json") {
        let Some(body) = body(&text).filter(|body| body.get("output").is_some()) else {
            continue;
        };
        seen += 1;
        let reply = read_reply(&context, &body).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let written = written(&context, &reply);
        let again = unwrapped(read_reply(&context, &written).unwrap());
        assert_eq!(gist(&again), gist(&reply), "{name}");
        let stream = streamed(&context, &reply);
        assert_eq!(events(&stream).last().unwrap()["response"], written, "{name}");
        let again = unwrapped(folded(&context, &stream).unwrap());
        assert_eq!(gist(&again), gist(&reply), "{name}: as a stream");
    }
    assert!(seen > 60);
}

#[test]
fn an_error_is_no_answer() {
    for (name, text) in recordings(".response.json") {
        let Some(body) = body(&text).filter(|body| body.get("output").is_none()) else {
            continue;
        };
        let failure = read_reply(&own(), &body).unwrap_err();
        assert!(failure.status >= 400, "{name}");
        if let Some(message) = body["error"]["message"].as_str() {
            assert_eq!(failure.message, message, "{name}");
        }
    }
}

/// Streams whose deltas were abridged by their authors, unlike their last event.
const ABRIDGED: &[&str] = &["v-openai-shell-container-1-stream"];

#[test]
fn a_stream_tells_what_its_last_event_holds() {
    let context = own();
    let mut seen = 0;
    for (name, stream) in recordings(".response.sse") {
        let all = events(stream.as_bytes());
        let last = all.last().unwrap();
        let told = folded(&context, stream.as_bytes());
        if last["type"] == "response.failed" {
            let failure = told.unwrap_err();
            assert_eq!(
                (failure.status, failure.kind.as_str()),
                (429, "insufficient_quota"),
                "{name}"
            );
            continue;
        }
        let told = told.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        if last["response"]["output"].as_array().is_none_or(Vec::is_empty)
            || shortened(&all)
            || ABRIDGED.contains(&name.as_str())
        {
            continue;
        }
        seen += 1;
        let mut whole = read_reply(&context, &last["response"]).unwrap();
        whole.head = told.head.clone();
        assert_eq!(sealed(gist(&told)), sealed(gist(&whole)), "{name}");
    }
    assert!(seen > 40, "{seen}");
}

/// OpenAI encrypts the same thoughts anew for its last event.
fn sealed(mut reply: Reply) -> Reply {
    for proof in reply.blocks.iter_mut().filter_map(|block| block.proof.as_mut()) {
        proof.data.clear();
    }
    reply
}

/// Whether the authors of a recording took events away from it.
fn shortened(events: &[serde_json::Map<String, Value>]) -> bool {
    let numbers = events
        .iter()
        .filter_map(|event| event.get("sequence_number")?.as_u64());
    let numbers: Vec<u64> = numbers.collect();
    numbers.windows(2).any(|pair| pair[1] != pair[0] + 1)
}

#[test]
fn a_stream_comes_back_as_it_was() {
    let context = own();
    for (name, stream) in recordings(".response.sse") {
        let Ok(told) = folded(&context, stream.as_bytes()) else {
            continue;
        };
        let mut translator = Translator::new(&context);
        let mut out = Vec::new();
        translator.push(stream.as_bytes());
        while translator.write(&mut out) {}
        translator.finish();
        while translator.write(&mut out) {}
        assert!(translator.ended() && translator.failure().is_none(), "{name}");
        let again = unwrapped(folded(&context, &out).unwrap());
        assert_eq!(gist(&again), gist(&told), "{name}");
    }
}

#[test]
fn other_clients_hear_of_everything_that_has_no_place() {
    let context = context(Protocol::ChatCompletions, Protocol::Responses);
    for (name, text) in recordings(".response.json") {
        let Some(body) = body(&text).filter(|body| body.get("output").is_some()) else {
            continue;
        };
        let reply = read_reply(&context, &body).unwrap();
        for (index, item) in body["output"].as_array().unwrap().iter().enumerate() {
            let kind = item["type"].as_str().unwrap();
            let known = matches!(
                kind,
                "message" | "reasoning" | "function_call" | "custom_tool_call"
            );
            let named = reply.dropped.contains(&format!("output[{index}]"));
            if item["role"] == "user" {
                assert!(named, "{name}");
            } else {
                assert_eq!(named, !known, "{name}: {kind}");
            }
        }
    }
}
