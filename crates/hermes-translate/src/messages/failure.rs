use hermes_core::Protocol;
use hermes_wire::{error_type, read_error};
use serde_json::{Value, json};

use crate::read::{given, text};
use crate::reply::Failure;

/// The failure that a body or an event tells of; none when it tells of none.
pub(super) fn read(value: &Value) -> Option<Failure> {
    let told = match given(value, "error") {
        Some(Value::Object(error)) => !error.is_empty(),
        Some(Value::String(error)) => !error.is_empty(),
        _ => false,
    };
    if !told && text(value, "type") != Some("error") {
        return None;
    }
    let error = read_error(value.to_string().as_bytes());
    let kind = error.kind.unwrap_or_default();
    let message = match error.message.as_str() {
        "" => "the provider's answer failed without a reason",
        message => message,
    };
    Some(Failure {
        status: error.status.unwrap_or_else(|| status(&kind)),
        message: message.to_owned(),
        kind: match error.code {
            Some(code) => code,
            None if kind.is_empty() => "upstream_error".to_owned(),
            None => kind,
        },
    })
}

/// The status that an error of this type has as an answer of its own.
fn status(kind: &str) -> u16 {
    match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "conflict_error" => 409,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    }
}

/// A failure that is told in plain words.
pub(super) fn told(words: &str) -> Failure {
    Failure {
        status: 500,
        kind: "upstream_error".to_owned(),
        message: read_error(words.as_bytes()).message,
    }
}

/// What came is no answer of this protocol.
pub(super) fn unreadable(problem: &str) -> Failure {
    Failure {
        status: 502,
        kind: "upstream_unreadable".to_owned(),
        message: format!("the provider's answer cannot be read: {problem}"),
    }
}

/// The data of an error event.
pub(super) fn write(failure: &Failure) -> Value {
    json!({
        "type": "error",
        "error": {
            "type": error_type(Protocol::AnthropicMessages, failure.status),
            "message": failure.message,
            "details": {"error_code": failure.kind},
        },
        "request_id": null,
    })
}
