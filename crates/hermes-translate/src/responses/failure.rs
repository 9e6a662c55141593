//! Errors in all the forms in which upstreams of Responses tell them.

use serde_json::Value;

use crate::read::{given, said, text, whole};
use crate::reply::Failure;

/// The failure that a body, an event or an `error` object tells of. `outer` is where the object stood, which may tell the status.
pub(super) fn failure(error: &Value, outer: &Value) -> Failure {
    let code = said(error, "code").or_else(|| said(outer, "code"));
    let kind = said(error, "type").filter(|kind| *kind != "error");
    let word = code.or(kind).unwrap_or("upstream_error");
    let status = status_in(outer)
        .or_else(|| status_in(error))
        .unwrap_or_else(|| status_of(word, kind.unwrap_or_default()));
    Failure {
        status,
        kind: word.to_owned(),
        message: message(error, outer),
    }
}

/// The failure that a whole answer is, if it is one.
pub(super) fn of_body(body: &Value) -> Option<Failure> {
    if let Some(error) = given(body, "error") {
        return Some(failure(error, body));
    }
    if let Some(detail) = given(body, "detail") {
        // ChatGPT's backend.
        return Some(failure(detail, body));
    }
    match text(body, "status") {
        Some("failed") => Some(failure(&Value::Null, body)),
        Some("cancelled") => Some(unfinished(499, "cancelled", "the answer was cancelled")),
        Some("queued" | "in_progress") => Some(unfinished(
            502,
            "upstream_unfinished",
            "the provider has not finished its answer",
        )),
        _ => None,
    }
}

fn unfinished(status: u16, kind: &str, message: &str) -> Failure {
    Failure {
        status,
        kind: kind.to_owned(),
        message: message.to_owned(),
    }
}

fn message(error: &Value, outer: &Value) -> String {
    let found = error
        .as_str()
        .or_else(|| said(error, "message"))
        .or_else(|| said(outer, "message"));
    match found {
        Some(message) => message.to_owned(),
        None if error.is_null() => "the provider gave no reason".to_owned(),
        None => error.to_string(),
    }
}

/// A status that is told: the WebSocket form of Codex (`status_code`), OpenRouter (a number in `code`).
fn status_in(value: &Value) -> Option<u16> {
    let fields = ["status_code", "status", "code"];
    let told = fields.iter().find_map(|field| {
        value.get(field).filter(|value| value.is_number())?;
        whole(value, field)
    });
    told.and_then(|status| u16::try_from(status).ok())
        .filter(|status| (400..600).contains(status))
}

/// The status that an error with this code or type has as an answer of its own.
fn status_of(code: &str, kind: &str) -> u16 {
    [code, kind].iter().find_map(|word| known(word)).unwrap_or(500)
}

fn known(word: &str) -> Option<u16> {
    Some(match word {
        "invalid_prompt"
        | "invalid_request_error"
        | "invalid_request"
        | "invalid_value"
        | "context_length_exceeded"
        | "bio_policy"
        | "cyber_policy"
        | "content_policy_violation"
        | "data_residency_mismatch"
        | "invalid_encrypted_content"
        | "string_above_max_length" => 400,
        "invalid_api_key" | "authentication_error" | "token_expired" => 401,
        "billing_not_active" | "billing_hard_limit_reached" | "billing_error" => 402,
        "permission_denied" | "permission_error" | "unsupported_country_region_territory" => 403,
        "model_not_found" | "not_found" | "not_found_error" => 404,
        "insufficient_quota"
        | "rate_limit_exceeded"
        | "rate_limit_error"
        | "usage_limit_reached"
        | "usage_not_included"
        | "tokens"
        | "requests" => 429,
        "server_is_overloaded" | "slow_down" | "overloaded" | "overloaded_error" => 503,
        "timeout" | "vector_store_timeout" => 504,
        word if word.contains("image") => 400,
        _ => return None,
    })
}
