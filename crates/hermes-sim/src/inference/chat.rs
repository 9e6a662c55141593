//! OpenAI Chat Completions.

use serde_json::{Value, json};

use super::{WORDS, first_tool};
use crate::answer::Answer;

pub(crate) fn answer(request: &Value, stream: bool) -> Answer {
    let tool = first_tool(request);
    if stream {
        Answer::events(chunks(request, tool))
    } else {
        Answer::json(200, &completion(request, tool))
    }
}

fn usage() -> Value {
    json!({"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19, "prompt_tokens_details": {"cached_tokens": 0}})
}

fn call(name: &str) -> Value {
    json!({"id": "call_sim_1", "type": "function", "function": {"name": name, "arguments": "{\"city\":\"Paris\"}"}})
}

fn completion(request: &Value, tool: Option<String>) -> Value {
    let finish = if tool.is_some() { "tool_calls" } else { "stop" };
    let mut message = json!({"role": "assistant", "content": WORDS.concat(), "refusal": null});
    if let Some(name) = tool {
        message["tool_calls"] = json!([call(&name)]);
    }
    json!({
        "id": "chatcmpl-sim-1", "object": "chat.completion", "created": 1_700_000_000, "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": null}], "usage": usage(),
    })
}

fn chunks(request: &Value, tool: Option<String>) -> Vec<String> {
    let chunk = |delta: Value, finish: Value| {
        json!({
            "id": "chatcmpl-sim-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": request["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })
    };
    let mut chunks = vec![chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
    chunks.extend(
        WORDS
            .iter()
            .map(|word| chunk(json!({"content": word}), Value::Null)),
    );
    let finish = if tool.is_some() { "tool_calls" } else { "stop" };
    if let Some(name) = tool {
        let mut call = call(&name);
        call["index"] = json!(0);
        chunks.push(chunk(json!({"tool_calls": [call]}), Value::Null));
    }
    chunks.push(chunk(json!({}), json!(finish)));
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
