//! Recorded traffic, and what a plain reader of the protocol makes of it.

use std::path::Path;
use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use hermes_wire::{SseDecoder, Usage, usage_of};
use serde_json::{Map, Value, json};

use crate::context::{Context, Stamp};
use crate::names::Names;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::target::Target;

pub(crate) fn context() -> Arc<Context> {
    Arc::new(Context {
        client: Protocol::ChatCompletions,
        upstream: Protocol::ChatCompletions,
        model: "asked".to_owned(),
        issuer: Issuer::new("somebody"),
        names: Names::default(),
        stream: true,
        wants_usage: true,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: Map::new(),
        stamp: Stamp {
            id: "x".to_owned(),
            now: 5,
        },
    })
}

pub(crate) fn target(quirks: Quirks) -> Target {
    Target {
        protocol: Protocol::ChatCompletions,
        model: "m".to_owned(),
        name: "Somebody".to_owned(),
        issuer: Issuer::new("somebody"),
        quirks,
    }
}

/// The recorded files with an ending, by their names.
pub(crate) fn recorded(ending: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recorded/openai-chat");
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(ending) {
            files.push((name.to_owned(), fs_err::read(&path).unwrap()));
        }
    }
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Bodies of recorded requests or answers.
pub(crate) fn bodies(ending: &str) -> Vec<(String, Value)> {
    let files = recorded(ending).into_iter();
    let bodies = files.map(|(name, bytes)| {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        (name, value["body"].clone())
    });
    bodies.filter(|(_, body)| !body.is_null()).collect()
}

/// The data of the events of a stream.
pub(crate) fn data(stream: &[u8]) -> Vec<String> {
    let mut decoder = SseDecoder::default();
    let mut events: Vec<String> = decoder.push(stream).map(|event| event.unwrap().data).collect();
    events.extend(decoder.finish().map(|event| event.unwrap().data));
    events
}

/// The whole answer that chunks make up, as accumulators of clients do it; none when one of them is an error.
pub(crate) fn gathered(stream: &[u8]) -> Option<Value> {
    let mut message = json!({"role": "assistant", "content": "", "tool_calls": []});
    let (mut reason, mut usage, mut model) = (Value::Null, Value::Null, Value::Null);
    for data in data(stream).iter().filter(|data| *data != "[DONE]") {
        let chunk: Value = serde_json::from_str(data).unwrap();
        if chunk.get("error").is_some() {
            return None;
        }
        for found in [&chunk["x_groq"]["usage"], &chunk["usage"]] {
            if !found.is_null() {
                usage = found.clone();
            }
        }
        if chunk["model"].as_str().is_some_and(|model| !model.is_empty()) {
            model = chunk["model"].clone();
        }
        let choice = &chunk["choices"][0];
        if choice["finish_reason"]
            .as_str()
            .is_some_and(|one| !one.is_empty())
        {
            reason = choice["finish_reason"].clone();
        }
        add(&mut message, &choice["delta"]);
    }
    let choice = json!({"message": message, "finish_reason": reason});
    Some(json!({"model": model, "choices": [choice], "usage": usage}))
}

fn add(message: &mut Value, delta: &Value) {
    for field in ["content", "refusal", "reasoning_content", "reasoning"] {
        match &delta[field] {
            Value::String(text) => push(&mut message[field], text),
            Value::Array(parts) => {
                for part in parts {
                    match part["type"].as_str() {
                        Some("thinking") => {
                            let text = part["thinking"][0]["text"].as_str().unwrap_or_default();
                            push(&mut message["reasoning"], text);
                        }
                        _ => push(&mut message["content"], part["text"].as_str().unwrap()),
                    }
                }
            }
            _ => {}
        }
    }
    for field in ["reasoning_details", "annotations"] {
        for entry in delta[field].as_array().into_iter().flatten() {
            match &mut message[field] {
                Value::Array(list) => list.push(entry.clone()),
                empty => *empty = json!([entry]),
            }
        }
    }
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        add_call(&mut message["tool_calls"], call);
    }
}

fn add_call(calls: &mut Value, call: &Value) {
    let calls = calls.as_array_mut().unwrap();
    let found = calls.iter().position(|one| one["index"] == call["index"]);
    let place = found.unwrap_or_else(|| {
        let index = &call["index"];
        calls.push(json!({"index": index, "id": "", "function": {"name": "", "arguments": ""}}));
        calls.len() - 1
    });
    let one = &mut calls[place];
    for field in ["type", "extra_content"] {
        if !call[field].is_null() {
            one[field] = call[field].clone();
        }
    }
    push(&mut one["id"], call["id"].as_str().unwrap_or_default());
    for field in ["name", "arguments"] {
        let more = call["function"][field].as_str().unwrap_or_default();
        push(&mut one["function"][field], more);
    }
}

fn push(text: &mut Value, more: &str) {
    *text = (text.as_str().unwrap_or_default().to_owned() + more).into();
}

/// What an answer tells its reader.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) model: String,
    pub(crate) text: String,
    pub(crate) thoughts: String,
    pub(crate) proofs: Vec<String>,
    /// Id, name and arguments.
    pub(crate) calls: Vec<[String; 3]>,
    pub(crate) sources: Vec<String>,
    pub(crate) reason: String,
    pub(crate) usage: Usage,
}

pub(crate) fn told(body: &Value) -> Told {
    let choice = &body["choices"][0];
    let message = &choice["message"];
    let (mut text, mut thoughts) = (String::new(), String::new());
    match &message["content"] {
        Value::String(content) => text.push_str(content),
        Value::Array(parts) => {
            for part in parts {
                text.push_str(part["text"].as_str().unwrap_or_default());
                thoughts.push_str(part["thinking"][0]["text"].as_str().unwrap_or_default());
            }
        }
        _ => {}
    }
    for field in ["reasoning_content", "reasoning"] {
        thoughts.push_str(message[field].as_str().unwrap_or_default());
    }
    let proofs = details(message, &mut thoughts);
    if let Some(rest) = text.trim_start().strip_prefix("<think>") {
        let (thought, rest) = rest.split_once("</think>").unwrap_or((rest, ""));
        thoughts = thought.trim().to_owned();
        text = rest.trim_start().to_owned();
    }
    let calls = calls(message);
    let model = body["model"].as_str().filter(|model| !model.is_empty());
    Told {
        model: model.unwrap_or("asked").to_owned(),
        text,
        thoughts,
        proofs,
        reason: reason(choice, calls.is_empty()).to_owned(),
        calls,
        sources: sources(body, message),
        usage: usage_of(Protocol::ChatCompletions, &body["usage"]).unwrap_or_default(),
    }
}

fn reason(choice: &Value, no_calls: bool) -> &str {
    match choice["finish_reason"].as_str().unwrap_or_default() {
        "stop" | "" if !no_calls => "tool_calls",
        "" => "stop",
        reason => reason,
    }
}

/// The proofs of thoughts; their texts too, where no other field tells them.
fn details(message: &Value, thoughts: &mut String) -> Vec<String> {
    let mut proofs = Vec::new();
    let alone = thoughts.is_empty();
    for entry in message["reasoning_details"].as_array().into_iter().flatten() {
        for field in ["text", "summary"] {
            if alone {
                thoughts.push_str(entry[field].as_str().unwrap_or_default());
            }
        }
        for field in ["signature", "data"] {
            let proof = entry[field].as_str().unwrap_or_default();
            if !proof.is_empty() {
                proofs.push(Proof::read(proof, ProofKind::Signature).data);
            }
        }
    }
    proofs
}

fn calls(message: &Value) -> Vec<[String; 3]> {
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    calls
        .map(|call| {
            let inner = &call["function"];
            [text(&call["id"]), text(&inner["name"]), text(&inner["arguments"])]
        })
        .collect()
}

fn sources(body: &Value, message: &Value) -> Vec<String> {
    let annotations = message["annotations"].as_array().into_iter().flatten();
    let urls = annotations.map(|one| &one["url_citation"]["url"]);
    let lists = body["citations"].as_array().into_iter().flatten();
    urls.chain(lists)
        .filter_map(|url| Some(url.as_str()?.to_owned()))
        .collect()
}
