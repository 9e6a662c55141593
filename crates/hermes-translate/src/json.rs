//! JSON of others as a tree, as long as the tree stays small.
//!
//! A few bytes of text, such as `{},`, become a hundred bytes and more of a tree. Texts are looked at before they are parsed, so that
//! nobody can make a small body fill the memory.

use memchr::memchr2;
use serde_json::{Map, Value};

/// The most that a tree may take without its texts, bytes.
const LIMIT: usize = 16 << 20;

/// A text so short that its tree stays below the limit whatever it holds, bytes.
const SHORT: usize = LIMIT / OBJECT;

/// What a value in a list takes: its place, and that of a number's digits.
const VALUE: usize = 96;
/// What the first places of a list take.
const LIST: usize = 288;
/// What the first places of an object take, with their table.
const OBJECT: usize = 512;
/// What a field takes beside its value.
const FIELD: usize = 64;

/// Why a text is no tree.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It has more values than fit.
    #[error("made of more values than can be translated")]
    TooMany,
}

/// Parses a text, unless its tree would be too large.
///
/// # Errors
/// The text is not JSON, or has too many values.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    if is_too_much(text) {
        return Err(JsonError::TooMany);
    }
    Ok(serde_json::from_slice(text)?)
}

/// A text from which on it is counted what it takes in JSON, so that the room for it is not twice as much, bytes.
pub(crate) const LONG: usize = 64 << 10;

/// Appends a text as JSON. Line breaks are escaped, so that it stays on the line of an event.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    if text.len() > LONG {
        out.reserve_exact(written_size(text) + LONG);
    }
    // Neither a text nor a vector refuses anything.
    let _ = serde_json::to_writer(out, text);
}

/// Appends a value as JSON, on one line.
pub(crate) fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => write_text(text, out),
        Value::Array(values) => write_list(values, out),
        Value::Object(fields) => {
            out.push(b'{');
            write_fields(fields, out);
            out.push(b'}');
        }
        // Writing into memory cannot fail.
        value => _ = serde_json::to_writer(out, value),
    }
}

/// A value as JSON.
pub(crate) fn written(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(value, &mut out);
    out
}

/// Appends values as a list in JSON, on one line.
pub(crate) fn write_list(values: &[Value], out: &mut Vec<u8>) {
    out.push(b'[');
    for (number, value) in values.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write_value(value, out);
    }
    out.push(b']');
}

/// Appends fields as they stand inside an object in JSON, on one line.
pub(crate) fn write_fields(fields: &Map<String, Value>, out: &mut Vec<u8>) {
    for (number, (name, value)) in fields.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write_value(value, out);
    }
}

/// Appends an event with a value.
pub(crate) fn write_event(name: Option<&str>, value: &Value, out: &mut Vec<u8>) {
    if let Some(name) = name {
        out.extend_from_slice(format!("event: {name}\n").as_bytes());
    }
    out.extend_from_slice(b"data: ");
    write_value(value, out);
    out.extend_from_slice(b"\n\n");
}

/// The size of a text in JSON, bytes.
fn written_size(text: &str) -> usize {
    let escaped = |byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(escaped).sum::<usize>() + 2
}

/// Whether the tree of a text would be too large. It need not be JSON.
pub(crate) fn is_too_much(text: &[u8]) -> bool {
    text.len() > SHORT && weight(text) > LIMIT
}

fn weight(mut text: &[u8]) -> usize {
    let mut weight = 0;
    while let [byte, rest @ ..] = text {
        text = rest;
        weight += match byte {
            b'"' => {
                text = after_string(text);
                0
            }
            b',' => VALUE,
            b':' => FIELD,
            b'[' => LIST,
            b'{' => OBJECT,
            _ => 0,
        };
    }
    weight
}

/// What follows the string that has begun.
fn after_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = memchr2(b'"', b'\\', text) {
        if text[at] == b'"' {
            return &text[at + 1..];
        }
        text = text.get(at + 2..).unwrap_or_default();
    }
    &[]
}

#[cfg(test)]
mod tests;
