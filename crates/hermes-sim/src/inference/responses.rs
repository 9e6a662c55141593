//! OpenAI Responses.

use serde_json::{Value, json};

use super::{WORDS, event, first_tool};
use crate::answer::Answer;

pub(crate) fn answer(request: &Value, stream: bool) -> Answer {
    let tool = first_tool(request);
    let whole = response(request, tool.as_deref(), "completed");
    if stream {
        Answer::events(events(request, &whole))
    } else {
        Answer::json(200, &whole)
    }
}

fn text_item(text: &str, status: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []});
    json!({"type": "message", "id": "msg_sim_1", "role": "assistant", "status": status, "content": [part]})
}

fn response(request: &Value, tool: Option<&str>, status: &str) -> Value {
    let mut output = vec![text_item(&WORDS.concat(), "completed")];
    output.extend(tool.map(|name| {
        let arguments = "{\"city\":\"Paris\"}";
        json!({"type": "function_call", "id": "fc_sim_1", "call_id": "call_sim_1", "name": name, "arguments": arguments, "status": "completed"})
    }));
    json!({
        "id": "resp_sim_1", "object": "response", "created_at": 1_700_000_000, "status": status, "model": request["model"],
        "output": output, "error": null, "incomplete_details": null, "instructions": null, "metadata": {}, "parallel_tool_calls": true,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0,
        "usage": {"input_tokens": 12, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 7,
                  "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 19},
    })
}

fn events(request: &Value, whole: &Value) -> Vec<String> {
    let mut start = response(request, None, "in_progress");
    start["output"] = json!([]);
    start["usage"] = Value::Null;
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
        json!({"type": "response.created", "response": start}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": empty}),
        place(json!({"type": "response.content_part.added", "part": part("")})),
    ];
    events.extend(
        WORDS
            .iter()
            .map(|word| place(json!({"type": "response.output_text.delta", "delta": word, "logprobs": []}))),
    );
    let text = WORDS.concat();
    events.push(place(
        json!({"type": "response.output_text.done", "text": text, "logprobs": []}),
    ));
    events.push(place(
        json!({"type": "response.content_part.done", "part": part(&text)}),
    ));
    for (index, item) in whole["output"].as_array().into_iter().flatten().enumerate() {
        if index > 0 {
            let mut added = item.clone();
            added["arguments"] = json!("");
            events.push(json!({"type": "response.output_item.added", "output_index": index, "item": added}));
            let arguments = json!({"type": "response.function_call_arguments.delta", "item_id": item["id"], "output_index": index, "delta": item["arguments"]});
            events.push(arguments);
        }
        events.push(json!({"type": "response.output_item.done", "output_index": index, "item": item}));
    }
    events.push(json!({"type": "response.completed", "response": whole}));
    let numbered = events.into_iter().enumerate().map(|(number, mut body)| {
        body["sequence_number"] = json!(number);
        event(&body)
    });
    numbered.collect()
}
