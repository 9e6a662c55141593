use hermes_core::Protocol;
use serde_json::{Value, json};

use crate::sse::write_event;

/// The error type that a protocol uses for a status.
pub fn error_type(protocol: Protocol, status: u16) -> &'static str {
    match protocol {
        Protocol::AnthropicMessages => messages_type(status),
        Protocol::ChatCompletions | Protocol::Responses => open_type(status),
        Protocol::Gemini => gemini_status(status),
    }
}

fn messages_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 | 504 => "timeout_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

fn open_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "insufficient_quota",
        403 => "permission_denied",
        404 => "not_found",
        408 | 504 => "timeout",
        409 => "conflict",
        429 => "rate_limit_exceeded",
        503 | 529 => "overloaded",
        500.. => "server_error",
        _ => "invalid_request_error",
    }
}

/// Canonical codes of `google.rpc.Code`.
fn gemini_status(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        408 | 504 => "DEADLINE_EXCEEDED",
        409 => "ABORTED",
        402 | 429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        501 => "UNIMPLEMENTED",
        502 | 503 | 529 => "UNAVAILABLE",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}

/// The status to answer with: 529 is known to one protocol only, the others get 503.
pub fn error_status(protocol: Protocol, status: u16) -> u16 {
    match (protocol, status) {
        (Protocol::ChatCompletions | Protocol::Responses | Protocol::Gemini, 529) => 503,
        _ => status,
    }
}

/// An error body in the protocol's official shape.
///
/// `kind` is our own stable name, such as `pool_exhausted`: `error.code` for Chat Completions and Responses,
/// `error.details.error_code` for Anthropic Messages, the reason of a `google.rpc.ErrorInfo` for Gemini. `details` are further fields: beside `error_code`, or as
/// `error.details`; `param` names the field of the request that is at fault, and `retry_after_s` the seconds to wait, which Gemini's clients
/// read from a `google.rpc.RetryInfo` and not from a header.
pub fn error_body(
    protocol: Protocol,
    status: u16,
    kind: &str,
    message: &str,
    request_id: &str,
    details: Option<Value>,
) -> Vec<u8> {
    let body = match protocol {
        Protocol::AnthropicMessages => messages_error(status, kind, message, request_id, details),
        Protocol::ChatCompletions | Protocol::Responses => {
            json!({"error": open_error(status, kind, message, details), "request_id": request_id})
        }
        Protocol::Gemini => gemini_error(status, kind, message, details),
    };
    body.to_string().into_bytes()
}

/// The bytes that end a stream in which something went wrong after its beginning was already passed on.
///
/// Anthropic Messages: `event: error`. Chat Completions: a data object with `error`, and no `[DONE]` after it. Responses:
/// `event: error` with the flat fields and the nested object, then `response.failed`. The first line break ends an event
/// that was cut in the middle.
pub fn stream_error(protocol: Protocol, status: u16, kind: &str, message: &str, request_id: &str) -> Vec<u8> {
    let mut out = b"\n\n".to_vec();
    match protocol {
        Protocol::AnthropicMessages => {
            let body = messages_error(status, kind, message, request_id, None);
            write_event(&mut out, Some("error"), &body.to_string());
        }
        Protocol::ChatCompletions => {
            let body = json!({"error": open_error(status, kind, message, None)});
            write_event(&mut out, None, &body.to_string());
        }
        Protocol::Gemini => {
            let body = gemini_error(status, kind, message, None);
            write_event(&mut out, None, &body.to_string());
        }
        Protocol::Responses => {
            let flat = flat_error(status, kind, message);
            write_event(&mut out, Some("error"), &flat.to_string());
            let failed = failed_response(kind, message, request_id);
            write_event(&mut out, Some("response.failed"), &failed.to_string());
        }
    }
    out
}

fn messages_error(status: u16, kind: &str, message: &str, request_id: &str, details: Option<Value>) -> Value {
    let mut fields = match details {
        Some(Value::Object(fields)) => fields,
        Some(other) => serde_json::Map::from_iter([("info".to_owned(), other)]),
        None => serde_json::Map::new(),
    };
    fields.insert("error_code".to_owned(), kind.into());
    json!({
        "type": "error",
        "error": {"type": messages_type(status), "message": message, "details": fields},
        "request_id": request_id,
    })
}

fn gemini_error(status: u16, kind: &str, message: &str, details: Option<Value>) -> Value {
    let mut info = json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": kind,
        "domain": "hermes",
    });
    let wait = details
        .as_ref()
        .and_then(|details| details["retry_after_s"].as_u64());
    if let Some(details) = details {
        info["metadata"] = details;
    }
    let mut all = vec![info];
    all.extend(wait.map(|seconds| {
        json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s")})
    }));
    let code = error_status(Protocol::Gemini, status);
    let name = match (status, kind) {
        // The request is right, and waiting does not help: somebody has to sign in.
        (400, "not_logged_in" | "pool_exhausted" | "pool_blocked") => "FAILED_PRECONDITION",
        _ => gemini_status(status),
    };
    json!({"error": {"code": code, "message": message, "status": name, "details": all}})
}

fn open_error(status: u16, kind: &str, message: &str, mut details: Option<Value>) -> Value {
    // The one detail that has a place of its own here.
    let fields = details.as_mut().and_then(Value::as_object_mut);
    let param = fields.and_then(|fields| fields.remove("param"));
    let details = details.filter(|details| details.as_object().is_none_or(|fields| !fields.is_empty()));
    let mut error = json!({
        "message": message,
        "type": open_type(status),
        "param": param,
        "code": kind,
    });
    if let Some(details) = details {
        error["details"] = details;
    }
    error
}

fn flat_error(status: u16, kind: &str, message: &str) -> Value {
    json!({
        "type": "error",
        "code": kind,
        "message": message,
        "param": null,
        "sequence_number": 0,
        "error": open_error(status, kind, message, None),
    })
}

/// A whole failed response, since the vendor's types require all of these fields.
fn failed_response(kind: &str, message: &str, request_id: &str) -> Value {
    json!({
        "type": "response.failed",
        "sequence_number": 1,
        "response": {
            "id": format!("resp_{request_id}"),
            "object": "response",
            "created_at": 0,
            "status": "failed",
            "error": {"code": kind, "message": message},
            "incomplete_details": null,
            "instructions": null,
            "metadata": {},
            "model": "",
            "output": [],
            "parallel_tool_calls": true,
            "temperature": null,
            "tool_choice": "auto",
            "tools": [],
            "top_p": null,
            "usage": null,
        },
    })
}

#[cfg(test)]
mod tests;
