//! OpenAI Chat Completions.

use serde_json::{Value, json};

use super::Voice;
use super::broken::MESSAGE;
use super::turn::{ToolCall, Turn, names, text_of};
use crate::answer::Answer;

pub(crate) const VOICE: Voice = Voice {
    offered: |request| names(request, "/function/name"),
    result,
    answer,
    failure: || {
        let error = json!({"error": {"message": MESSAGE, "type": "server_error", "code": "server_error"}});
        format!("data: {error}\n\n")
    },
};

fn result(request: &Value) -> Option<String> {
    let mut messages = request["messages"].as_array()?.iter();
    messages
        .rfind(|message| message["role"] == "tool")
        .map(|message| text_of(&message["content"]))
}

fn answer(request: &Value, stream: bool, turn: &Turn) -> Answer {
    if stream {
        Answer::events(chunks(request, turn))
    } else {
        Answer::json(200, &completion(request, turn))
    }
}

fn usage() -> Value {
    json!({"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19, "prompt_tokens_details": {"cached_tokens": 0}})
}

fn finish(turn: &Turn) -> &'static str {
    if turn.call.is_some() { "tool_calls" } else { "stop" }
}

fn tool_call(call: &ToolCall, arguments: &str) -> Value {
    json!({"id": "call_sim_1", "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

fn completion(request: &Value, turn: &Turn) -> Value {
    let mut message = json!({"role": "assistant", "content": turn.text, "refusal": null});
    if let Some(call) = &turn.call {
        message["tool_calls"] = json!([tool_call(call, &call.arguments)]);
    }
    json!({
        "id": "chatcmpl-sim-1", "object": "chat.completion", "created": 1_700_000_000, "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish(turn), "logprobs": null}], "usage": usage(),
    })
}

fn chunks(request: &Value, turn: &Turn) -> Vec<String> {
    let chunk = |delta: Value, finish: Value| {
        json!({
            "id": "chatcmpl-sim-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": request["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })
    };
    let mut chunks = vec![chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
    chunks.extend(
        turn.words()
            .map(|word| chunk(json!({"content": word}), Value::Null)),
    );
    if let Some(call) = &turn.call {
        let mut first = tool_call(call, "");
        first["index"] = json!(0);
        chunks.push(chunk(json!({"tool_calls": [first]}), Value::Null));
        for piece in call.pieces() {
            let more = json!({"index": 0, "function": {"arguments": piece}});
            chunks.push(chunk(json!({"tool_calls": [more]}), Value::Null));
        }
    }
    chunks.push(chunk(json!({}), json!(finish(turn))));
    let mut last = chunk(json!({}), Value::Null);
    last["choices"] = json!([]);
    last["usage"] = usage();
    if request["stream_options"]["include_usage"] == Value::Bool(true) {
        chunks.push(last);
    }
    let mut lines: Vec<_> = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    lines.push("data: [DONE]\n\n".to_owned());
    lines
}
