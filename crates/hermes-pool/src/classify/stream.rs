//! Errors that come inside an answer with status 200: which status and which headers they would have had otherwise.

use super::body::Said;
use super::{Answer, general};

/// Headers of a success that tell when to come back; providers send them with every answer.
const NOT_OF_THE_ERROR: [&str; 2] = ["retry-after", "retry-after-ms"];

/// Where a body names its status.
const STATUS_PLACES: [&str; 7] = [
    "/error/http_code",
    "/status_code",
    "/error/status_code",
    "/status",
    "/error/status",
    "/error/code",
    "/code",
];

/// Codes with the status that they come with outside of streams; the first that fits decides, since a code and a broader type
/// often stand side by side.
const STATUSES: [(u16, &[&str]); 7] = [
    (
        429,
        &[
            "rate_limit_error",
            "rate_limit_exceeded",
            "too_many_requests",
            "RESOURCE_EXHAUSTED",
        ],
    ),
    (404, &["model_not_found", "not_found_error", "NOT_FOUND"]),
    (403, &["permission_error", "permission_denied"]),
    (413, &["request_too_large"]),
    (504, &["timeout_error", "DEADLINE_EXCEEDED"]),
    (500, &["api_error", "server_error", "INTERNAL"]),
    (
        400,
        &[
            "invalid_request_error",
            "invalid_prompt",
            "context_length_exceeded",
            "INVALID_ARGUMENT",
            "FAILED_PRECONDITION",
        ],
    ),
];

/// The status to judge an answer by.
pub(super) fn status(answer: &Answer<'_>, said: &Said) -> u16 {
    if !answer.in_stream {
        return answer.status;
    }
    let named = STATUS_PLACES
        .iter()
        .filter_map(|place| number(said.at(&[*place])?));
    let named = named
        .filter(|status| (400..600).contains(status))
        .find_map(|status| u16::try_from(status).ok());
    let known = || {
        STATUSES
            .iter()
            .find(|(_, codes)| said.has_code(codes))
            .map(|(status, _)| *status)
    };
    named
        .or_else(|| general::status_of(said))
        .or_else(known)
        .unwrap_or(500)
}

/// A number, also one that is written as a text.
fn number(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The headers to judge an answer by, where they are not simply its own: those that the body brings along go before.
pub(super) fn headers(answer: &Answer<'_>, said: &Said) -> Option<Vec<(String, String)>> {
    let mut headers = said.headers();
    if headers.is_empty() && !answer.in_stream {
        return None;
    }
    let of_the_error =
        |(name, _): &&(String, String)| !answer.in_stream || !NOT_OF_THE_ERROR.contains(&name.as_str());
    headers.extend(answer.headers.iter().filter(of_the_error).cloned());
    Some(headers)
}
