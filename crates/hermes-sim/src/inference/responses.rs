//! OpenAI Responses.

use serde_json::{Value, json};

use super::broken::MESSAGE;
use super::turn::{ToolCall, Turn, names, text_of};
use super::{Voice, event};
use crate::answer::Answer;

pub(crate) const VOICE: Voice = Voice {
    offered: |request| names(request, "/name"),
    result,
    answer,
    failure: || {
        let nothing = Turn {
            text: String::new(),
            call: None,
        };
        let mut response = response(&Value::Null, &nothing, "failed");
        response["error"] = json!({"code": "server_error", "message": MESSAGE});
        event(&json!({"type": "response.failed", "sequence_number": 99, "response": response}))
    },
};

fn result(request: &Value) -> Option<String> {
    let mut items = request["input"].as_array()?.iter();
    let last = items.rfind(|item| {
        item["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("_call_output"))
    });
    last.map(|item| text_of(&item["output"]))
}

fn answer(request: &Value, stream: bool, turn: &Turn) -> Answer {
    let whole = response(request, turn, "completed");
    if stream {
        Answer::events(events(request, turn, &whole))
    } else {
        Answer::json(200, &whole)
    }
}

fn text_item(text: &str, status: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []});
    json!({"type": "message", "id": "msg_sim_1", "role": "assistant", "status": status, "content": [part]})
}

fn call_item(call: &ToolCall) -> Value {
    json!({"type": "function_call", "id": "fc_sim_1", "call_id": "call_sim_1", "name": call.name, "arguments": call.arguments,
           "status": "completed"})
}

fn response(request: &Value, turn: &Turn, status: &str) -> Value {
    let mut output = vec![text_item(&turn.text, "completed")];
    output.extend(turn.call.as_ref().map(call_item));
    json!({
        "id": "resp_sim_1", "object": "response", "created_at": 1_700_000_000, "status": status, "model": request["model"],
        "output": output, "error": null, "incomplete_details": null, "instructions": null, "metadata": {}, "parallel_tool_calls": true,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "usage": {"input_tokens": 12, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 7,
                  "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 19},
    })
}

fn events(request: &Value, turn: &Turn, whole: &Value) -> Vec<String> {
    let mut start = response(request, turn, "in_progress");
    start["output"] = json!([]);
    start["usage"] = Value::Null;
    let mut events = vec![json!({"type": "response.created", "response": start})];
    events.extend(text_events(turn));
    if let Some(call) = &turn.call {
        events.extend(call_events(call));
    }
    events.push(json!({"type": "response.completed", "response": whole}));
    let numbered = events.into_iter().enumerate().map(|(number, mut body)| {
        body["sequence_number"] = json!(number);
        event(&body)
    });
    numbered.collect()
}

fn text_events(turn: &Turn) -> Vec<Value> {
    let place = |mut body: Value| {
        body["item_id"] = json!("msg_sim_1");
        body["output_index"] = json!(0);
        body["content_index"] = json!(0);
        body
    };
    let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []});
    let mut empty = text_item("", "in_progress");
    empty["content"] = json!([]);
    let mut events = vec![
        json!({"type": "response.output_item.added", "output_index": 0, "item": empty}),
        place(json!({"type": "response.content_part.added", "part": part("")})),
    ];
    events.extend(
        turn.words()
            .map(|word| place(json!({"type": "response.output_text.delta", "delta": word, "logprobs": []}))),
    );
    events.push(place(
        json!({"type": "response.output_text.done", "text": turn.text, "logprobs": []}),
    ));
    events.push(place(
        json!({"type": "response.content_part.done", "part": part(&turn.text)}),
    ));
    let item = text_item(&turn.text, "completed");
    events.push(json!({"type": "response.output_item.done", "output_index": 0, "item": item}));
    events
}

fn call_events(call: &ToolCall) -> Vec<Value> {
    let item = call_item(call);
    let mut added = item.clone();
    added["arguments"] = json!("");
    added["status"] = json!("in_progress");
    let place = |mut body: Value| {
        body["item_id"] = item["id"].clone();
        body["output_index"] = json!(1);
        body
    };
    let mut events = vec![json!({"type": "response.output_item.added", "output_index": 1, "item": added})];
    events.extend(
        call.pieces()
            .map(|piece| place(json!({"type": "response.function_call_arguments.delta", "delta": piece}))),
    );
    events.push(place(json!({
        "type": "response.function_call_arguments.done", "name": call.name, "arguments": call.arguments,
    })));
    events.push(json!({"type": "response.output_item.done", "output_index": 1, "item": item}));
    events
}
