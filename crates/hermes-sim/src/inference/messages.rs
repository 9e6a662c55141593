//! Anthropic Messages.

use serde_json::{Value, json};

use super::broken::MESSAGE;
use super::turn::{Turn, names, text_of};
use super::{Voice, event};
use crate::answer::Answer;

pub(crate) const VOICE: Voice = Voice {
    offered: |request| names(request, "/name"),
    result,
    answer,
    failure: || event(&json!({"type": "error", "error": {"type": "overloaded_error", "message": MESSAGE}})),
};

fn result(request: &Value) -> Option<String> {
    let mut blocks = request["messages"]
        .as_array()?
        .iter()
        .filter_map(|message| message["content"].as_array())
        .flatten();
    blocks
        .rfind(|block| block["type"] == "tool_result")
        .map(|block| text_of(&block["content"]))
}

fn answer(request: &Value, stream: bool, turn: &Turn) -> Answer {
    if stream {
        Answer::events(events(request, turn))
    } else {
        Answer::json(200, &message(request, turn))
    }
}

fn stop(turn: &Turn) -> &'static str {
    if turn.call.is_some() {
        "tool_use"
    } else {
        "end_turn"
    }
}

fn message(request: &Value, turn: &Turn) -> Value {
    let mut content = vec![json!({"type": "text", "text": turn.text})];
    content.extend(turn.call.as_ref().map(|call| {
        let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        json!({"type": "tool_use", "id": "toolu_sim_1", "name": call.name, "input": input})
    }));
    json!({
        "id": "msg_sim_1", "type": "message", "role": "assistant", "model": request["model"], "content": content,
        "stop_reason": stop(turn), "stop_sequence": null,
        "usage": {"input_tokens": 12, "output_tokens": 7, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0},
    })
}

fn events(request: &Value, turn: &Turn) -> Vec<String> {
    let mut start = message(request, turn);
    start["content"] = json!([]);
    start["stop_reason"] = Value::Null;
    let mut events = vec![
        json!({"type": "message_start", "message": start}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
    ];
    events.extend(
        turn.words().map(|word| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}})),
    );
    events.push(json!({"type": "content_block_stop", "index": 0}));
    if let Some(call) = &turn.call {
        let block = json!({"type": "tool_use", "id": "toolu_sim_1", "name": call.name, "input": {}});
        events.push(json!({"type": "content_block_start", "index": 1, "content_block": block}));
        for part in call.pieces() {
            let delta = json!({"type": "input_json_delta", "partial_json": part});
            events.push(json!({"type": "content_block_delta", "index": 1, "delta": delta}));
        }
        events.push(json!({"type": "content_block_stop", "index": 1}));
    }
    let delta = json!({"stop_reason": stop(turn), "stop_sequence": null});
    events.push(json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 7}}));
    events.push(json!({"type": "message_stop"}));
    events.iter().map(event).collect()
}
