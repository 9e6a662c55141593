//! Inference: four protocols, streaming and not, behind a live token or a known key.

mod broken;
mod chat;
mod gemini;
mod messages;
mod plan;
mod responses;
mod turn;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::World;

pub use broken::Break;
pub(crate) use turn::ToolCalls;
use turn::Turn;

/// One protocol, as the models speak it.
pub(crate) struct Voice {
    /// The names of the tools that a request offers.
    offered: fn(&Value) -> Vec<String>,
    /// What the last result of a tool in a request says.
    result: fn(&Value) -> Option<String>,
    /// The answer to a request, as a stream or in one piece.
    answer: fn(&Value, bool, &Turn) -> Answer,
    /// The event of a stream that fails.
    failure: fn() -> String,
}

impl Voice {
    fn speak(&self, world: &World, request: &Value) -> Answer {
        let (script, breaks) = {
            let state = world.state();
            (state.tool_calls.clone(), state.breaks)
        };
        let result = (self.result)(request);
        let turn = Turn::of(script.as_ref(), &(self.offered)(request), result.as_deref());
        let answer = (self.answer)(request, request["stream"] == Value::Bool(true), &turn);
        match breaks {
            Some(breaks) => breaks.apply(answer, (self.failure)()),
            None => answer,
        }
    }
}

/// Hosts that serve pages and logins and no model.
const LOGIN_ONLY: [&str; 10] = [
    "account.minimax.io",
    "account.minimaxi.com",
    "platform.minimax.io",
    "platform.minimaxi.com",
    "portal.nousresearch.com",
    "auth.openai.com",
    "claude.ai",
    "claude.com",
    "platform.claude.com",
    "console.anthropic.com",
];

/// The host that speaks Gemini, and nothing else here.
const GOOGLE: &str = "generativelanguage.googleapis.com";

/// The answer of an inference endpoint; none when the path is not one.
pub(crate) fn answer(world: &World, entry: &Entry, issuer: &str) -> Option<Answer> {
    let path = entry.path.as_str();
    if entry.host == GOOGLE {
        return google(world, entry, issuer);
    }
    let messages = is_messages(path);
    if !(messages || is_other(path)) || !served(entry, messages) {
        return None;
    }
    let models = path.ends_with("/models");
    if entry.method != if models { "GET" } else { "POST" } {
        return Some(Answer::html(405, "method not allowed"));
    }
    // A MiniMax host takes a bearer only, for keys too.
    let strict = path.starts_with("/anthropic/") && entry.host.starts_with("api.minimax");
    if !admitted(world, entry, issuer) || (strict && entry.header("x-api-key").is_some()) {
        return Some(unauthorised(messages));
    }
    if entry.host == "api.anthropic.com"
        && let Some(refusal) = incomplete(entry)
    {
        return Some(refusal);
    }
    if models {
        return Some(self::models());
    }
    let request = entry.json();
    if entry.host == "chatgpt.com"
        && let Some(refusal) = plan::refusal(&request)
    {
        return Some(refusal);
    }
    Some(if path.ends_with("/count_tokens") {
        Answer::json(200, &json!({"input_tokens": 42}))
    } else if messages {
        messages::VOICE.speak(world, &request)
    } else if path.ends_with("/responses") {
        responses::VOICE.speak(world, &request)
    } else {
        chat::VOICE.speak(world, &request)
    })
}

fn google(world: &World, entry: &Entry, issuer: &str) -> Option<Answer> {
    let path = entry.path.as_str();
    if !gemini::is_call(path) {
        return None;
    }
    let method = if gemini::called(path).is_some() {
        "POST"
    } else {
        "GET"
    };
    if entry.method != method {
        return Some(Answer::html(405, "method not allowed"));
    }
    if !admitted(world, entry, issuer) {
        return Some(gemini::unauthorised());
    }
    Some(match gemini::called(path) {
        None => gemini::models(),
        Some((_, "countTokens")) => gemini::count(),
        Some((model, call)) => {
            // What stands in the address here stands in the body elsewhere.
            let mut request = entry.json();
            request["model"] = json!(model);
            request["stream"] = json!(call == "streamGenerateContent");
            request["events"] = json!(gemini::as_events(entry.query.as_deref()));
            gemini::VOICE.speak(world, &request)
        }
    })
}

/// The model that a request asks for, in its body or its path.
pub(crate) fn asked_model(entry: &Entry) -> Option<String> {
    if let Some((model, _)) = gemini::called(&entry.path) {
        return Some(model.to_owned());
    }
    entry.json()["model"].as_str().map(str::to_owned)
}

fn is_messages(path: &str) -> bool {
    path.ends_with("/v1/messages") || path.ends_with("/v1/messages/count_tokens")
}

fn is_other(path: &str) -> bool {
    ["/chat/completions", "/responses", "/models"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Whether the host has this endpoint at all; anything else there is a bare 404 of its web server.
fn served(entry: &Entry, messages: bool) -> bool {
    match entry.host.as_str() {
        // The plan's backend speaks Responses only.
        "chatgpt.com" => {
            ["/backend-api/codex/responses", "/backend-api/codex/models"].contains(&entry.path.as_str())
        }
        host if LOGIN_ONLY.contains(&host) => false,
        // Messages and nothing else below this path, at MiniMax and at DeepSeek.
        _ => messages || !entry.path.starts_with("/anthropic/"),
    }
}

/// Whether the request carries a live access token of this issuer, or a known key.
pub(crate) fn admitted(world: &World, entry: &Entry, issuer: &str) -> bool {
    let bearer = entry
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
    let state = world.state();
    let key = |secret: &str| state.keys.contains(secret);
    if let Some(token) = bearer {
        return key(&token) || state.tokens.accepts(&token, issuer, world.clock.now());
    }
    // An access token is no key: it works as a bearer only.
    let name = if entry.host == GOOGLE {
        "x-goog-api-key"
    } else {
        "x-api-key"
    };
    entry.header(name).is_some_and(|secret| key(&secret))
}

/// The refusal of an admitted request that lacks a header: the version, and with a bearer the beta of plan logins.
fn incomplete(entry: &Entry) -> Option<Answer> {
    let error = |status, kind: &str, message: &str| {
        let error = json!({"type": kind, "message": message});
        Some(Answer::json(status, &json!({"type": "error", "error": error})))
    };
    if entry.header("anthropic-version").is_none() {
        return error(
            400,
            "invalid_request_error",
            "anthropic-version: header is required",
        );
    }
    let betas = entry.header("anthropic-beta").unwrap_or_default();
    if entry.header("authorization").is_some()
        && !betas.split(',').any(|beta| beta.trim() == "oauth-2025-04-20")
    {
        return error(
            401,
            "authentication_error",
            "OAuth authentication is not supported",
        );
    }
    None
}

fn unauthorised(messages: bool) -> Answer {
    let error = if messages {
        json!({"type": "error", "error": {"type": "authentication_error", "message": "invalid bearer token"}})
    } else {
        json!({"error": {"message": "Incorrect API key provided", "type": "authentication_error", "code": "invalid_api_key"}})
    };
    Answer::json(401, &error)
}

fn models() -> Answer {
    let one = json!({"id": "simulated-1", "object": "model", "type": "model", "display_name": "Simulated 1", "created": 0, "owned_by": "sim"});
    Answer::json(200, &json!({"object": "list", "data": [one], "has_more": false}))
}

/// An event with its name.
pub(crate) fn event(body: &Value) -> String {
    format!(
        "event: {}\ndata: {body}\n\n",
        body["type"].as_str().unwrap_or_default()
    )
}
