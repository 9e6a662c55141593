//! What is translated: one conversation, one answer and one stream, in every protocol.

use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use hermes_translate::{Context, Issuer, Stamp, Target, Translator, reply, request};
use serde_json::{Value, json};

/// Turns of the conversation.
const TURNS: usize = 40;

/// Deltas of the stream.
const DELTAS: usize = 1000;

const WORDS: &str = "The relay between \"both\" sides holds: naïve text, 你好, and a\ttab.\n";

/// The same thing said in one protocol.
pub(crate) struct Material {
    pub(crate) request: Vec<u8>,
    pub(crate) answer: Vec<u8>,
    /// Event by event.
    pub(crate) stream: Vec<Vec<u8>>,
}

impl Material {
    pub(crate) fn of(protocol: Protocol) -> Self {
        if protocol == Protocol::AnthropicMessages {
            return Self {
                request: asked().to_string().into_bytes(),
                answer: answer().to_string().into_bytes(),
                stream: stream(),
            };
        }
        let from = Protocol::AnthropicMessages;
        let up = request(from, &asked(), &target(protocol), false, Stamp::default());
        let mut body: Value = up
            .ok()
            .and_then(|up| serde_json::from_slice(&up.body).ok())
            .expect("the conversation can be put in every protocol");
        if protocol == Protocol::Gemini {
            body["model"] = "model".into();
        }
        let context = Arc::new(context(protocol, from));
        let written = reply(&context, answer().to_string().as_bytes());
        let (mut translator, mut events) = (Translator::new(&context), Vec::new());
        for event in stream() {
            let mut out = Vec::new();
            translator.push(&event);
            while translator.write(&mut out) {}
            events.push(out);
        }
        let mut out = Vec::new();
        translator.finish();
        while translator.write(&mut out) {}
        events.push(out);
        events.retain(|event| !event.is_empty());
        Self {
            request: body.to_string().into_bytes(),
            answer: written.expect("the answer can be put in every protocol").body,
            stream: events,
        }
    }
}

pub(crate) fn target(protocol: Protocol) -> Target {
    Target {
        protocol,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("upstream"),
        quirks: Quirks::default(),
    }
}

/// What the answer to the conversation needs to know.
pub(crate) fn context(client: Protocol, upstream: Protocol) -> Context {
    let from = Protocol::AnthropicMessages;
    let up = request(from, &asked(), &target(upstream), false, Stamp::default());
    Context {
        client,
        ..up.expect("the conversation can be put in every protocol").context
    }
}

fn tools() -> Vec<Value> {
    let tool = |name: &str| {
        json!({
            "name": name,
            "description": WORDS.repeat(4),
            "input_schema": {
                "type": "object",
                "properties": { "path": { "type": "string" }, "lines": { "type": "integer" } },
                "required": ["path"],
            },
        })
    };
    ["read", "write", "search", "run"].map(tool).to_vec()
}

fn asked() -> Value {
    let mut messages = Vec::new();
    for turn in 0..TURNS {
        let id = format!("toolu_{turn:04}");
        messages.push(json!({ "role": "user", "content": [{ "type": "text", "text": WORDS.repeat(6) }] }));
        messages.push(json!({ "role": "assistant", "content": [
            { "type": "text", "text": WORDS.repeat(3) },
            { "type": "tool_use", "id": id, "name": "read", "input": { "path": "src/lib.rs", "lines": turn } },
        ] }));
        messages.push(json!({ "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": id, "content": WORDS.repeat(20) },
        ] }));
    }
    json!({
        "model": "model",
        "max_tokens": 4096,
        "stream": true,
        "system": WORDS.repeat(60),
        "tools": tools(),
        "messages": messages,
    })
}

fn answer() -> Value {
    json!({
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "model",
        "content": [
            { "type": "text", "text": WORDS.repeat(100) },
            { "type": "tool_use", "id": "toolu_1", "name": "write", "input": { "path": "a", "text": WORDS.repeat(40) } },
        ],
        "stop_reason": "tool_use",
        "stop_sequence": null,
        "usage": { "input_tokens": 900, "output_tokens": 800 },
    })
}

fn stream() -> Vec<Vec<u8>> {
    let mut events = vec![
        json!({ "type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "model", "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": { "input_tokens": 900, "output_tokens": 1 },
        } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
    ];
    let characters: Vec<char> = WORDS.chars().collect();
    for delta in 0..DELTAS {
        let text: String = characters.iter().cycle().skip(delta % 60).take(12).collect();
        let delta = json!({ "type": "text_delta", "text": text });
        events.push(json!({ "type": "content_block_delta", "index": 0, "delta": delta }));
    }
    events.push(json!({ "type": "content_block_stop", "index": 0 }));
    events.push(json!({
        "type": "message_delta",
        "delta": { "stop_reason": "end_turn", "stop_sequence": null },
        "usage": { "input_tokens": 900, "output_tokens": 1000 },
    }));
    events.push(json!({ "type": "message_stop" }));
    let write = |event: Value| {
        let name = event["type"].as_str().unwrap_or_default();
        format!("event: {name}\ndata: {event}\n\n").into_bytes()
    };
    events.into_iter().map(write).collect()
}
