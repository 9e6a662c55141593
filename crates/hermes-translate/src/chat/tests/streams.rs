use pretty_assertions::assert_eq;
use serde_json::Value;

use super::fixtures::{context, data, gathered, recorded, told};
use crate::chat::{Reader, read_reply, write_reply};
use crate::translator::{Collector, ReadStream, Translator};

fn translated(stream: &[u8]) -> Vec<u8> {
    let mut translator = Translator::new(&context());
    let mut out = Vec::new();
    translator.push(stream);
    while translator.write(&mut out) {}
    translator.finish();
    while translator.write(&mut out) {}
    out
}

fn collected(stream: &[u8]) -> Option<Value> {
    let mut collector = Collector::new(&context());
    collector.push(stream);
    let whole = collector.finish().ok()?;
    Some(serde_json::from_slice(&whole.body).unwrap())
}

#[test]
fn recorded_streams_tell_the_same_when_written_back() {
    let mut failed = Vec::new();
    for (name, stream) in recorded(".response.sse") {
        let written = translated(&stream);
        let Some(original) = gathered(&stream) else {
            assert_eq!(gathered(&written), None, "{name}");
            failed.push(name);
            continue;
        };
        let mut original = told(&original);
        // Lists of sources come beside the choices of every chunk.
        original.sources.clear();
        let mut back = told(&gathered(&written).unwrap());
        if !name.contains("perplexity") {
            assert_eq!(back.sources.is_empty(), !has(&stream, "url_citation"), "{name}");
        }
        back.sources.clear();
        assert_eq!(back, original, "{name}");
    }
    assert_eq!(
        failed,
        ["groq-stream-reasoning-02", "openrouter-stream-reasoning-maxtok"]
    );
}

fn has(stream: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(stream).contains(text)
}

#[test]
fn a_stream_tells_the_same_as_the_whole_answer() {
    let context = context();
    for (name, stream) in recorded(".response.sse") {
        let Some(whole) = collected(&stream) else {
            continue;
        };
        assert_eq!(
            told(&gathered(&translated(&stream)).unwrap()),
            told(&whole),
            "{name}"
        );
        let mut raw = gathered(&stream).unwrap();
        if raw["choices"][0]["message"]["reasoning_details"].is_array() {
            // Fragments of one thought, which only an accumulator that knows them joins.
            continue;
        }
        let message = raw["choices"][0]["message"].as_object_mut().unwrap();
        if message["content"] == "" {
            message.shift_remove("content");
        }
        let reply = read_reply(&context, &raw).unwrap();
        let mut read = told(&write_reply(&context, &reply));
        let mut whole = told(&whole);
        read.sources.clear();
        whole.sources.clear();
        assert_eq!(read, whole, "{name}");
    }
}

/// The order that the vendor's accumulators rely on.
#[test]
fn written_streams_keep_the_order() {
    for (name, stream) in recorded(".response.sse") {
        check_order(&name, &translated(&stream));
    }
}

/// Calls are numbered as they begin, and begin with id and name.
fn check_calls(name: &str, delta: &Value, calls: &mut u64) {
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        let index = call["index"].as_u64().unwrap();
        let begins = call["id"].as_str().is_some_and(|id| !id.is_empty());
        assert_eq!(begins, index == *calls, "{name}");
        let custom = call["custom"].is_object();
        let kind = if custom { "custom" } else { "function" };
        assert_eq!(begins, call[kind]["name"].is_string(), "{name}");
        assert!(index <= *calls, "{name}");
        *calls += u64::from(begins);
    }
}

/// Who the answer is from, as each chunk has to repeat it.
fn identity(chunk: &Value) -> [Value; 3] {
    ["id", "created", "model"].map(|field| chunk[field].clone())
}

pub(crate) fn check_order(name: &str, stream: &[u8]) {
    let events = data(stream);
    let fails = events.last().is_some_and(|data| data.contains("\"error\""));
    let (mut role, mut reason, mut usage, mut done, mut calls) = (false, false, false, false, 0);
    let mut first = None;
    for data in &events {
        assert!(!done, "{name}: nothing follows the end");
        if data == "[DONE]" {
            assert!(usage, "{name}");
            done = true;
            continue;
        }
        let chunk: Value = serde_json::from_str(data).unwrap();
        if chunk.get("error").is_some() {
            assert!(!reason, "{name}");
            continue;
        }
        assert_eq!(chunk["object"], "chat.completion.chunk", "{name}");
        let of = identity(&chunk);
        assert_eq!(first.get_or_insert_with(|| of.clone()), &of, "{name}");
        let choices = chunk["choices"].as_array().unwrap();
        if choices.is_empty() {
            assert!(reason && chunk["usage"].is_object(), "{name}");
            usage = true;
            continue;
        }
        assert!(chunk["usage"].is_null() && !reason, "{name}");
        let delta = choices[0]["delta"].as_object().unwrap();
        assert_eq!(delta.contains_key("role"), !role, "{name}");
        role = true;
        check_calls(name, &choices[0]["delta"], &mut calls);
        if choices[0]["finish_reason"].is_string() {
            assert!(delta.is_empty(), "{name}");
            reason = true;
        }
    }
    assert_eq!(done, !fails, "{name}");
}

/// Wherever a stream is cut, the client is told: by an error, or by all of the answer.
#[test]
fn a_cut_is_never_silent() {
    for (name, stream) in recorded(".response.sse") {
        let text = String::from_utf8(stream).unwrap();
        let events: Vec<&str> = text.split_inclusive("\n\n").take(40).collect();
        for count in 0..events.len() {
            let written = translated(events[..count].concat().as_bytes());
            let last = data(&written).pop().unwrap_or_default();
            assert!(
                last == "[DONE]" || last.contains("\"error\""),
                "{name} after {count}"
            );
            check_order(&name, &written);
        }
    }
}

#[test]
fn the_reader_says_nothing_after_the_end() {
    let context = context();
    for (name, stream) in recorded(".response.sse") {
        let mut reader = Reader::new(&context);
        let mut out = Vec::new();
        for data in data(&stream) {
            let event = hermes_wire::SseEvent { event: None, data };
            reader.event(&event, &mut out);
        }
        reader.end(&mut out);
        let count = out.len();
        for data in data(&stream) {
            let event = hermes_wire::SseEvent { event: None, data };
            reader.event(&event, &mut out);
        }
        reader.end(&mut out);
        assert_eq!(out.len(), count, "{name}");
    }
}
