//! Streams and answers with one large text, in every protocol.

use hermes_core::Protocol;
use serde_json::{Value, json};

/// Stands where the large text goes.
const MARK: &str = "(large)";

/// The bytes with the mark grown so that the whole has about the size; `filling` is as JSON writes it.
pub(crate) fn filled(text: &str, filling: &str, size: usize) -> Vec<u8> {
    text.replacen(MARK, &filling.repeat((size - text.len()) / filling.len()), 1)
        .into_bytes()
}

/// What is large in an answer: what is said, what is thought, what a tool is called with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Large {
    Text,
    Thought,
    Arguments,
}

impl Large {
    pub(crate) const ALL: [Self; 3] = [Self::Text, Self::Thought, Self::Arguments];
}

/// The stream of an upstream with one large event.
pub(crate) fn stream(upstream: Protocol, large: Large) -> String {
    let written = events(upstream, large).into_iter().map(|event| {
        let name = event["type"].as_str().unwrap_or_default();
        format!("event: {name}\ndata: {event}\n\n")
    });
    let mut written: String = written.collect();
    if upstream == Protocol::ChatCompletions {
        written.push_str("data: [DONE]\n\n");
    }
    written
}

fn events(upstream: Protocol, large: Large) -> Vec<Value> {
    match upstream {
        Protocol::AnthropicMessages => messages(large),
        Protocol::ChatCompletions => chat(large),
        Protocol::Responses => responses(large),
        Protocol::Gemini => vec![gemini(large)],
    }
}

fn messages(large: Large) -> Vec<Value> {
    let (block, delta) = match large {
        Large::Text => (
            json!({"type": "text", "text": ""}),
            json!({"type": "text_delta", "text": MARK}),
        ),
        Large::Thought => (
            json!({"type": "thinking", "thinking": "", "signature": ""}),
            json!({"type": "thinking_delta", "thinking": MARK}),
        ),
        Large::Arguments => (
            json!({"type": "tool_use", "id": "toolu_1", "name": "write", "input": {}}),
            json!({"type": "input_json_delta", "partial_json": arguments()}),
        ),
    };
    vec![
        json!({"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "model", "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1},
        }}),
        json!({"type": "content_block_start", "index": 0, "content_block": block}),
        json!({"type": "content_block_delta", "index": 0, "delta": delta}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
               "usage": {"input_tokens": 1, "output_tokens": 1}}),
        json!({"type": "message_stop"}),
    ]
}

fn chat(large: Large) -> Vec<Value> {
    let delta = match large {
        Large::Text => json!({"role": "assistant", "content": MARK}),
        Large::Thought => json!({"role": "assistant", "reasoning_content": MARK}),
        Large::Arguments => json!({"role": "assistant", "tool_calls": [{
            "index": 0, "id": "call_1", "type": "function",
            "function": {"name": "write", "arguments": arguments()},
        }]}),
    };
    let chunk = |delta: Value, reason: Value| {
        json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "model",
               "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    };
    vec![chunk(delta, Value::Null), chunk(json!({}), "stop".into())]
}

fn responses(large: Large) -> Vec<Value> {
    let (item, kind, mut delta) = match large {
        Large::Text => (
            json!({"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}),
            "response.output_text.delta",
            json!({"content_index": 0, "delta": MARK}),
        ),
        Large::Thought => (
            json!({"id": "rs_1", "type": "reasoning", "summary": []}),
            "response.reasoning_summary_text.delta",
            json!({"summary_index": 0, "delta": MARK}),
        ),
        Large::Arguments => (
            json!({"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "write", "arguments": ""}),
            "response.function_call_arguments.delta",
            json!({"delta": arguments()}),
        ),
    };
    delta["type"] = kind.into();
    delta["item_id"] = item["id"].clone();
    delta["output_index"] = 0.into();
    let response = json!({"id": "resp_1", "object": "response", "status": "in_progress", "output": []});
    let mut ended = response.clone();
    ended["status"] = "completed".into();
    vec![
        json!({"type": "response.created", "response": response}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": item}),
        delta,
        json!({"type": "response.completed", "response": ended}),
    ]
}

fn gemini(large: Large) -> Value {
    let part = match large {
        Large::Text => json!({"text": MARK}),
        Large::Thought => json!({"text": MARK, "thought": true}),
        Large::Arguments => json!({"functionCall": {"name": "write", "args": {"text": MARK}}}),
    };
    json!({
        "responseId": "r1",
        "modelVersion": "model",
        "candidates": [{"index": 0, "content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
    })
}

/// The whole answer of an upstream with one large text.
pub(crate) fn answer(upstream: Protocol, large: Large) -> String {
    let answer = match upstream {
        Protocol::AnthropicMessages => {
            let block = match large {
                Large::Text => json!({"type": "text", "text": MARK}),
                Large::Thought => json!({"type": "thinking", "thinking": MARK, "signature": ""}),
                Large::Arguments => {
                    json!({"type": "tool_use", "id": "toolu_1", "name": "write", "input": {"text": MARK}})
                }
            };
            json!({
                "id": "msg_1", "type": "message", "role": "assistant", "model": "model", "content": [block],
                "stop_reason": "end_turn", "stop_sequence": null,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            })
        }
        Protocol::ChatCompletions => {
            let mut chunk = chat(large).swap_remove(0);
            let mut message = chunk["choices"][0]["delta"].take();
            if let Some(call) = message
                .pointer_mut("/tool_calls/0")
                .and_then(Value::as_object_mut)
            {
                call.remove("index");
            }
            json!({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "model",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            })
        }
        Protocol::Responses => {
            let item = match large {
                Large::Text => json!({
                    "id": "msg_1", "type": "message", "status": "completed", "role": "assistant",
                    "content": [{"type": "output_text", "annotations": [], "text": MARK}],
                }),
                Large::Thought => json!({
                    "id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": MARK}],
                }),
                Large::Arguments => json!({
                    "id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "write",
                    "arguments": arguments(),
                }),
            };
            json!({"id": "resp_1", "object": "response", "status": "completed", "output": [item]})
        }
        Protocol::Gemini => gemini(large),
    };
    answer.to_string()
}

/// Arguments of a call as the text that most protocols send.
fn arguments() -> String {
    json!({ "text": MARK }).to_string()
}
