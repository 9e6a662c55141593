//! Google Gemini.

use serde_json::{Value, json};

use super::Voice;
use super::broken::MESSAGE;
use super::turn::{ToolCall, Turn};
use crate::answer::Answer;

/// Where models and their calls are.
const MODELS: &str = "/v1beta/models";

/// The model stands in the path: [`called`] tells it, and how its call is answered.
pub(crate) const VOICE: Voice = Voice {
    offered,
    result,
    answer,
    failure: || {
        let error = json!({"error": {"code": 500, "message": MESSAGE, "status": "INTERNAL"}});
        line(&error)
    },
};

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

/// Whether a stream is asked for as events; without `alt=sse` its chunks come as one array.
pub(crate) fn as_events(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == "alt=sse"))
}

/// The count of tokens of any request.
pub(crate) fn count() -> Answer {
    Answer::json(200, &json!({"totalTokens": 42}))
}

pub(crate) fn models() -> Answer {
    let one = json!({"name": "models/simulated-1", "displayName": "Simulated 1", "supportedGenerationMethods": ["generateContent", "countTokens"]});
    Answer::json(200, &json!({"models": [one]}))
}

/// What a bad key gets: a 400 where others answer 401.
pub(crate) fn unauthorised() -> Answer {
    let reason = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"});
    let error = json!({"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT", "details": [reason]});
    Answer::json(400, &json!({"error": error}))
}

fn offered(request: &Value) -> Vec<String> {
    let tools = request["tools"].as_array().into_iter().flatten();
    let declared = tools.flat_map(|tool| tool["functionDeclarations"].as_array().into_iter().flatten());
    declared
        .filter_map(|function| function["name"].as_str().map(str::to_owned))
        .collect()
}

fn result(request: &Value) -> Option<String> {
    let turns = request["contents"].as_array()?.iter();
    let mut parts = turns.flat_map(|turn| turn["parts"].as_array().into_iter().flatten());
    let found = parts.rfind(|part| part.get("functionResponse").is_some())?;
    Some(found["functionResponse"]["response"].to_string())
}

fn answer(request: &Value, stream: bool, turn: &Turn) -> Answer {
    let model = request["model"].as_str().unwrap_or_default();
    if !stream {
        return Answer::json(200, &whole(model, turn));
    }
    let chunks = chunks(model, turn);
    if request["events"] == Value::Bool(true) {
        Answer::events(chunks.iter().map(line))
    } else {
        Answer::json(200, &json!(chunks))
    }
}

fn line(chunk: &Value) -> String {
    format!("data: {chunk}\r\n\r\n")
}

fn call_part(call: &ToolCall) -> Value {
    let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
    json!({"functionCall": {"name": call.name, "args": arguments}, "thoughtSignature": "c2ltdWxhdGVk"})
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

fn whole(model: &str, turn: &Turn) -> Value {
    let mut parts = vec![json!({"text": turn.text})];
    parts.extend(turn.call.as_ref().map(call_part));
    response(model, &parts, 7, true)
}

fn chunks(model: &str, turn: &Turn) -> Vec<Value> {
    let texts = (1..).zip(turn.words());
    let mut chunks: Vec<Value> = texts
        .map(|(tokens, word)| response(model, &[json!({"text": word})], tokens, false))
        .collect();
    let last = turn.call.as_ref().map_or_else(|| json!({"text": ""}), call_part);
    chunks.push(response(model, &[last], 7, true));
    chunks
}
