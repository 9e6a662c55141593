//! What an issuer's answer says, whatever shape it has.

use std::time::Duration;

use hermes_http::Answer;
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde_json::Value;

use crate::text::SAID_MAX;
use crate::{OauthError, printable};

/// Deepest nesting is bounded by the JSON reader itself (128); the length by the call's limit.
pub(crate) fn json(answer: &Answer) -> Option<Value> {
    serde_json::from_slice::<Value>(&answer.body)
        .ok()
        .filter(Value::is_object)
}

/// The host that answered.
pub(crate) fn host(answer: &Answer) -> String {
    answer.url.host_str().unwrap_or_default().to_owned()
}

/// The error code of an error body: `error` as text, `error.code` or `error.type`, or `code`.
pub(crate) fn error_code(body: &Value) -> Option<String> {
    let error = &body["error"];
    let code = [error, &error["code"], &error["type"], &body["code"]]
        .into_iter()
        .find_map(Value::as_str);
    code.filter(|code| !code.is_empty())
        .map(|code| printable(code, 80))
}

/// What an answer says in words: the usual fields of an error body, else the beginning of the text.
pub(crate) fn said(answer: &Answer) -> Both {
    match json(answer).and_then(|body| words(&body)) {
        Some(words) => Both::same(answer.conceal(&words)),
        None => beginning(answer),
    }
}

/// Who answered with which status, and what it says.
pub(crate) fn with_words(answer: &Answer) -> Both {
    let (host, said) = (host(answer), said(answer));
    Both::of(|lang| say::answered_words(lang, &host, answer.status, said.get(lang)))
}

/// Who answered with which status.
pub(crate) fn with_status(answer: &Answer) -> Both {
    Both::of(|lang| say::answered(lang, &host(answer), answer.status))
}

/// The words of an error body.
pub(crate) fn words(body: &Value) -> Option<String> {
    let error = &body["error"];
    let long = [
        &body["error_description"],
        &error["message"],
        &body["base_resp"]["status_msg"],
        &body["message"],
        &body["detail"],
        &body["msg"],
    ];
    let long = long
        .into_iter()
        .find_map(Value::as_str)
        .filter(|text| !text.trim().is_empty());
    match (error_code(body), long) {
        (Some(code), Some(long)) => Some(printable(&format!("{code}: {long}"), SAID_MAX)),
        (Some(code), None) => Some(code),
        (None, Some(long)) => Some(printable(long, SAID_MAX)),
        (None, None) => None,
    }
}

/// The beginning of a body as text; for JSON without a known error field only its size, since it may hold a token.
fn beginning(answer: &Answer) -> Both {
    let start = &answer.body[..answer.body.len().min(4 * SAID_MAX)];
    let text = String::from_utf8_lossy(start);
    if text.trim_start().starts_with(['{', '[', '"']) {
        return Both::of(|lang| say::said_bytes(lang, answer.body.len()));
    }
    match answer.conceal(&printable(&text, SAID_MAX)) {
        text if text.is_empty() => Both::of(say::said_nothing),
        text => Both::same(text),
    }
}

/// `Retry-After` in its seconds form.
pub(crate) fn retry_after(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds.min(24 * 3600)))
}

/// Whether a status tells of a passing fault rather than of a decision.
pub(crate) fn is_passing(status: u16) -> bool {
    status >= 500 || matches!(status, 408 | 425 | 429)
}

/// An error answer as an error.
pub(crate) fn refused(kind: &'static str, step: Word, answer: &Answer) -> OauthError {
    OauthError::Refused {
        kind,
        step,
        host: host(answer),
        status: answer.status,
        said: said(answer),
    }
}

/// An answer that should have been JSON.
pub(crate) fn not_json(kind: &'static str, step: Word, answer: &Answer) -> OauthError {
    OauthError::NotJson {
        kind,
        step,
        host: host(answer),
        status: answer.status,
        said: said(answer),
    }
}

/// A field that is missing or cannot be used.
pub(crate) fn incomplete(kind: &'static str, field: &str, answer: &Answer) -> OauthError {
    let words = json(answer).and_then(|body| words(&body));
    OauthError::Incomplete {
        kind,
        host: host(answer),
        field: field.to_owned(),
        said: words.map(|words| Both::same(answer.conceal(&words))),
    }
}

/// The text of a field that must be there.
pub(crate) fn text_field(
    body: &Value,
    field: &str,
    kind: &'static str,
    answer: &Answer,
) -> Result<String, OauthError> {
    match body[field].as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(incomplete(kind, field, answer)),
    }
}
