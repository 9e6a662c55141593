use serde_json::Value;

use crate::json::{at, number, text};

/// Longest part of an error body that is read, bytes.
pub const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// Longest message that is kept, characters.
const MESSAGE_LIMIT: usize = 2000;

/// What an upstream's error body says, whatever its shape. Everything in it is foreign text, limited in length only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteError {
    /// A status named inside the body, for errors that come in an answer with another status.
    pub status: Option<u16>,
    /// `code`, `details.error_code`, `status_code` or the like; the most specific one given.
    pub code: Option<String>,
    /// `type`, or Google's `status`.
    pub kind: Option<String>,
    /// The message; empty when there is none.
    pub message: String,
    /// When the limit ends, as given: seconds since 1970.
    pub resets_at: Option<u64>,
    /// How long until the limit ends, as given: seconds.
    pub resets_in: Option<u64>,
    /// Whether a router says that the error is not its own but that of the provider behind it.
    pub behind_router: bool,
}

/// Reads an error body: JSON of any known shape, plain text, or HTML. It never fails; what is not there stays empty.
pub fn read_error(body: &[u8]) -> RemoteError {
    let body = &body[..body.len().min(ERROR_BODY_LIMIT)];
    let Some(value) = first_json(body) else {
        return RemoteError {
            message: plain_message(&String::from_utf8_lossy(body)),
            ..RemoteError::default()
        };
    };
    let value = match value {
        Value::Array(items) => items.into_iter().next().unwrap_or_default(),
        other => other,
    };
    // The error of a failed response object lies one level deeper.
    match at(&value, &["response", "error"]) {
        Some(inner) if inner.is_object() => read_value(&serde_json::json!({ "error": inner })),
        _ => read_value(&value),
    }
}

/// Whether a body begins as an error in JSON does, with the key `error` or the type `error`. A cheap look: [`is_error_answer`] on the
/// whole body decides.
pub fn begins_as_error(body: &[u8]) -> bool {
    let Some(rest) = body.trim_ascii_start().strip_prefix(b"{") else {
        return false;
    };
    let rest = rest.trim_ascii_start();
    let named = rest.strip_prefix(b"\"type\"").and_then(|rest| {
        let value = rest.trim_ascii_start().strip_prefix(b":")?;
        Some(value.trim_ascii_start().starts_with(b"\"error\""))
    });
    rest.starts_with(b"\"error\"") || named == Some(true)
}

/// Whether a whole body is an error, whatever its status was: an object whose `error` says something.
pub fn is_error_answer(body: &[u8]) -> bool {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return false;
    };
    match body.get("error") {
        Some(Value::Object(error)) => !error.is_empty(),
        Some(Value::String(error)) => !error.is_empty(),
        _ => false,
    }
}

/// The first JSON value of a body or of the first event of a stream, so that an error sent as SSE is read too.
fn first_json(body: &[u8]) -> Option<Value> {
    let start = body.iter().position(|b| !b.is_ascii_whitespace())?;
    let mut rest = &body[start..];
    if rest.starts_with(b"data:") || rest.starts_with(b"event:") {
        rest = &rest[memchr::memchr(b'{', rest)?..];
    }
    if !matches!(rest.first(), Some(b'{' | b'[' | b'"')) {
        return None;
    }
    serde_json::Deserializer::from_slice(rest)
        .into_iter::<Value>()
        .next()?
        .ok()
}

fn read_value(value: &Value) -> RemoteError {
    if let Value::String(message) = value {
        return RemoteError {
            message: plain_message(message),
            ..RemoteError::default()
        };
    }
    let error = value.get("error").filter(|error| error.is_object());
    let inner = error.unwrap_or(value);
    let first = |paths: &[&[&str]]| paths.iter().find_map(|path| text(inner, path));
    let code = first(&[&["details", "error_code"], &["code"], &["error_code"]])
        .or_else(|| text(value, &["base_resp", "status_code"]))
        .or_else(|| error.is_none().then(|| text(value, &["error"])).flatten());
    let kind = first(&[&["status"], &["type"]]).filter(|kind| kind != "error");
    RemoteError {
        status: status(value, inner),
        code,
        kind,
        message: message(value, inner),
        resets_at: number(inner, &["resets_at"]),
        resets_in: number(inner, &["resets_in_seconds"]).or_else(|| retry_delay(inner)),
        behind_router: at(inner, &["metadata", "provider_name"]).is_some()
            || at(inner, &["metadata", "raw"]).is_some(),
    }
}

fn message(value: &Value, inner: &Value) -> String {
    let found = ["message", "error_description", "detail", "msg"]
        .iter()
        .find_map(|name| text(inner, &[name]))
        .or_else(|| text(value, &["message"]))
        .or_else(|| text(value, &["base_resp", "status_msg"]))
        .or_else(|| text(value, &["detail", "message"]))
        .or_else(|| text(at(value, &["detail"])?.get(0)?, &["msg"]))
        .or_else(|| text(value, &["error"]));
    let mut message = found.unwrap_or_default();
    if let Some(raw) = text(inner, &["metadata", "raw"]) {
        message = format!("{message}: {raw}");
    }
    message.chars().take(MESSAGE_LIMIT).collect()
}

/// A status inside the body: `status_code`, `status`, or a numeric `code` that is one.
fn status(value: &Value, inner: &Value) -> Option<u16> {
    [
        number(value, &["status_code"]),
        number(value, &["status"]),
        number(inner, &["status_code"]),
        number(inner, &["code"]),
    ]
    .into_iter()
    .flatten()
    .find(|status| (400..600).contains(status))
    .and_then(|status| u16::try_from(status).ok())
}

/// Google's `RetryInfo`: `details[].retryDelay` such as `37s` or `1.5s`, rounded up.
fn retry_delay(inner: &Value) -> Option<u64> {
    inner.get("details")?.as_array()?.iter().find_map(|detail| {
        let text = detail.get("retryDelay")?.as_str()?.strip_suffix('s')?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let more = fraction.bytes().any(|b| b != b'0');
        whole.parse::<u64>().ok()?.checked_add(u64::from(more))
    })
}

/// Plain text as it is; of HTML, the title.
fn plain_message(text: &str) -> String {
    let text = text.trim();
    if !text.starts_with('<') {
        return text.chars().take(MESSAGE_LIMIT).collect();
    }
    let title = text
        .split_once("<title>")
        .or_else(|| text.split_once("<TITLE>"))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(title, _)| title.split_whitespace().collect::<Vec<_>>().join(" "));
    title
        .unwrap_or_else(|| "an HTML page".to_owned())
        .chars()
        .take(MESSAGE_LIMIT)
        .collect()
}

#[cfg(test)]
mod tests;
