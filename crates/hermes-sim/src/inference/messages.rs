//! Anthropic Messages.

use serde_json::{Value, json};

use super::{WORDS, event, first_tool};
use crate::answer::Answer;

pub(crate) fn answer(request: &Value, stream: bool) -> Answer {
    let tool = first_tool(request);
    if stream {
        Answer::events(events(request, tool))
    } else {
        Answer::json(200, &message(request, tool))
    }
}

fn message(request: &Value, tool: Option<String>) -> Value {
    let stop = if tool.is_some() { "tool_use" } else { "end_turn" };
    let mut content = vec![json!({"type": "text", "text": WORDS.concat()})];
    content.extend(tool.map(
        |name| json!({"type": "tool_use", "id": "toolu_sim_1", "name": name, "input": {"city": "Paris"}}),
    ));
    json!({
        "id": "msg_sim_1", "type": "message", "role": "assistant", "model": request["model"], "content": content,
        "stop_reason": stop, "stop_sequence": null,
        "usage": {"input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0},
    })
}

fn events(request: &Value, tool: Option<String>) -> Vec<String> {
    let stop = if tool.is_some() { "tool_use" } else { "end_turn" };
    let mut start = message(request, None);
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    let mut events = vec![
        json!({"type": "message_start", "message": start}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
    ];
    events.extend(
        WORDS.iter().map(|word| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}})),
    );
    events.push(json!({"type": "content_block_stop", "index": 0}));
    if let Some(name) = tool {
        let block = json!({"type": "tool_use", "id": "toolu_sim_1", "name": name, "input": {}});
        events.push(json!({"type": "content_block_start", "index": 1, "content_block": block}));
        for part in ["{\"city\":", "\"Paris\"}"] {
            let delta = json!({"type": "input_json_delta", "partial_json": part});
            events.push(json!({"type": "content_block_delta", "index": 1, "delta": delta}));
        }
        events.push(json!({"type": "content_block_stop", "index": 1}));
    }
    events.push(json!({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": null}, "usage": {"output_tokens": 7}}));
    events.push(json!({"type": "message_stop"}));
    events.iter().map(event).collect()
}
