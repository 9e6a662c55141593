//! Errors inside an answer.

use hermes_wire::read_error;
use serde_json::Value;

use super::says_something;
use crate::read;
use crate::reply::Failure;

/// The failure that a chunk or a whole answer is; none when it is an answer.
pub(in crate::chat) fn failure_of(value: &Value) -> Option<Failure> {
    let error = value.get("error").is_some_and(says_something);
    (error || is_flat_error(value)).then(|| failure(value))
}

/// Errors without an `error` object (vLLM, Mistral, MiniMax, servers behind FastAPI).
fn is_flat_error(value: &Value) -> bool {
    if !read::list(value, "choices").is_empty() {
        return false;
    }
    let kind = |field: &str| read::text(value, field) == Some("error");
    let refused = value
        .get("base_resp")
        .and_then(|inner| read::whole(inner, "status_code"))
        .is_some_and(|status| status != 0);
    let told = value.get("choices").is_none()
        && (read::said(value, "message").is_some() || value.get("detail").is_some_and(says_something));
    kind("object") || kind("type") || refused || told
}

fn failure(value: &Value) -> Failure {
    let error = read_error(value.to_string().as_bytes());
    let code = error
        .code
        .filter(|code| !code.bytes().all(|one| one.is_ascii_digit()));
    let status = error
        .status
        .or_else(|| {
            [&code, &error.kind]
                .into_iter()
                .flatten()
                .find_map(|word| status_of(word))
        })
        .unwrap_or(502);
    let message = if error.message.is_empty() {
        "the provider's answer failed".to_owned()
    } else {
        error.message
    };
    Failure {
        status,
        kind: code.or(error.kind).unwrap_or_else(|| "upstream_error".to_owned()),
        message,
    }
}

/// The status that goes with a code or a type.
fn status_of(word: &str) -> Option<u16> {
    Some(match word {
        "insufficient_quota" | "billing_not_active" | "billing_error" => 402,
        "rate_limit_exceeded" | "rate_limit_error" | "usage_limit_reached" | "tokens" | "requests" => 429,
        "invalid_api_key" | "authentication_error" => 401,
        "permission_denied" | "permission_error" => 403,
        "model_not_found" | "not_found" | "not_found_error" => 404,
        "overloaded" | "overloaded_error" | "service_unavailable" => 503,
        "timeout" | "timeout_error" => 504,
        "server_error" | "api_error" | "internal_server_error" => 500,
        word if word.starts_with("invalid") || word.starts_with("unsupported") => 400,
        "context_length_exceeded" | "content_filter" | "tool_use_failed" | "BadRequestError" => 400,
        _ => return None,
    })
}

/// What data that is no JSON means: the stream was cut inside it, or is no stream of this protocol.
pub(in crate::chat) fn cut_or_garbled(error: &serde_json::Error) -> Failure {
    if error.is_eof() {
        return Failure::cut();
    }
    Failure {
        status: 502,
        kind: "upstream_unreadable".to_owned(),
        message: "the provider's stream holds something that is not JSON".to_owned(),
    }
}
