//! What the backend of ChatGPT plans refuses of a request in Responses.
//!
//! langchain-openai 1.7.4 `codex.py`, CLIProxyAPI 2026-08, and recorded answers: a 400 with a `detail` and nothing else.

use serde_json::{Value, json};

use crate::answer::Answer;

const REFUSED: [&str; 11] = [
    "max_output_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "truncation",
    "user",
    "metadata",
    "prompt_cache_options",
    "prompt_cache_retention",
    "previous_response_id",
    "background",
];

pub(super) fn refusal(request: &Value) -> Option<Answer> {
    let detail = detail(request)?;
    Some(Answer::json(400, &json!({"detail": detail})))
}

fn detail(request: &Value) -> Option<String> {
    if request["instructions"].as_str().is_none_or(str::is_empty) {
        return Some("Instructions are required".to_owned());
    }
    if request["store"] != json!(false) {
        return Some("Store must be set to false".to_owned());
    }
    if request["stream"] != json!(true) {
        return Some("Stream must be set to true".to_owned());
    }
    let Some(input) = request["input"].as_array() else {
        return Some("Input must be a list".to_owned());
    };
    if input.iter().any(|item| item["role"] == "system") {
        return Some("System messages are not allowed".to_owned());
    }
    let refused = REFUSED.iter().find(|field| request.get(field).is_some())?;
    Some(format!("Unsupported parameter: {refused}"))
}
