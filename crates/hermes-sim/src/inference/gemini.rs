//! Google Gemini.

use serde_json::{Value, json};

use super::WORDS;
use crate::answer::Answer;

/// Where models and their calls are.
const MODELS: &str = "/v1beta/models";

/// Whether the path is a call of a model, or the list of models.
pub(crate) fn is_call(path: &str) -> bool {
    path == MODELS || called(path).is_some()
}

/// The model and the call of a path.
pub(crate) fn called(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(MODELS)?.strip_prefix('/')?;
    let (model, call) = rest.rsplit_once(':')?;
    ["generateContent", "streamGenerateContent", "countTokens"]
        .contains(&call)
        .then_some((model, call))
}

pub(crate) fn answer(path: &str, query: Option<&str>, request: &Value) -> Answer {
    let Some((model, call)) = called(path) else {
        return models();
    };
    let events = query.is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"));
    match call {
        "countTokens" => Answer::json(200, &json!({"totalTokens": 42})),
        "streamGenerateContent" if events => Answer::events(chunks(model, request).iter().map(line)),
        // Without `alt=sse` the same chunks come as one array.
        "streamGenerateContent" => Answer::json(200, &json!(chunks(model, request))),
        _ => Answer::json(200, &whole(model, request)),
    }
}

/// What a bad key gets: a 400 where others answer 401.
pub(crate) fn unauthorised() -> Answer {
    let reason = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"});
    let error = json!({"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [reason]});
    Answer::json(400, &json!({"error": error}))
}

fn models() -> Answer {
    let one = json!({"name": "models/simulated-1", "displayName": "Simulated 1", "supportedGenerationMethods": ["generateContent", "countTokens"]});
    Answer::json(200, &json!({"models": [one]}))
}

fn line(chunk: &Value) -> String {
    format!("data: {chunk}\r\n\r\n")
}

/// The name of the first declared function.
fn first_function(request: &Value) -> Option<&str> {
    request["tools"].as_array()?.iter().find_map(|tool| {
        let declared = tool["functionDeclarations"].as_array()?;
        declared.first()?["name"].as_str()
    })
}

fn call_part(name: &str) -> Value {
    json!({"functionCall": {"name": name, "args": {"city": "Paris"}}, "thoughtSignature": "c2ltdWxhdGVk"})
}

fn response(model: &str, parts: &[Value], tokens: u64, last: bool) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    if last {
        candidate["finishReason"] = json!("STOP");
    }
    json!({
        "candidates": [candidate], "modelVersion": model, "responseId": "sim-1",
        "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": tokens, "totalTokenCount": 12 + tokens},
    })
}

fn whole(model: &str, request: &Value) -> Value {
    let mut parts = vec![json!({"text": WORDS.concat()})];
    parts.extend(first_function(request).map(call_part));
    response(model, &parts, 7, true)
}

fn chunks(model: &str, request: &Value) -> Vec<Value> {
    let texts = (1..).zip(WORDS);
    let mut chunks: Vec<Value> = texts
        .map(|(tokens, word)| response(model, &[json!({"text": word})], tokens, false))
        .collect();
    let last = first_function(request).map_or_else(|| json!({"text": ""}), call_part);
    chunks.push(response(model, &[last], 7, true));
    chunks
}
