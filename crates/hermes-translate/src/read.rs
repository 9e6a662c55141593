//! Lenient looks into JSON that somebody else wrote.

use serde_json::{Map, Number, Value};

use crate::prompt::Other;

/// The text of a field; none for anything that is no text.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// The text of a field, if it says something.
pub(crate) fn said<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    text(value, field).filter(|text| !text.is_empty())
}

/// A list; nothing for anything that is no list.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value
        .get(field)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A field that is there and not null.
pub(crate) fn given<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    value.get(field).filter(|value| !value.is_null())
}

/// A whole number, also where it is written as a text or with a fraction of zero.
pub(crate) fn whole(value: &Value, field: &str) -> Option<u64> {
    match value.get(field)? {
        Value::Number(number) => number.as_u64().or_else(|| {
            let text = number.to_string();
            let (whole, fraction) = text.split_once('.')?;
            fraction
                .bytes()
                .all(|byte| byte == b'0')
                .then(|| whole.parse().ok())?
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number as it was written.
pub(crate) fn number(value: &Value, field: &str) -> Option<Number> {
    match value.get(field)? {
        Value::Number(number) => Some(number.clone()),
        _ => None,
    }
}

/// A truth value; numbers and texts are none.
pub(crate) fn flag(value: &Value, field: &str) -> Option<bool> {
    value.get(field)?.as_bool()
}

/// A JSON text as a value; an empty one is an empty object.
pub(crate) fn arguments(text: &str) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Object(Map::new()));
    }
    crate::json::parse(text.as_bytes()).ok()
}

/// The fields that are not among these and hold something, with their paths.
pub(crate) fn others(value: &Value, known: &[&str], at: &str) -> Vec<Other> {
    let fields = value.as_object().into_iter().flatten();
    let unknown = fields.filter(|(name, value)| !value.is_null() && !known.contains(&name.as_str()));
    unknown
        .map(|(name, value)| Other {
            at: path(at, name),
            value: value.clone(),
        })
        .collect()
}

/// A field of something that stands at a path; the body itself has none.
pub(crate) fn path(at: &str, field: &str) -> String {
    if at.is_empty() {
        field.to_owned()
    } else {
        format!("{at}.{field}")
    }
}

/// Whether a value holds nothing: null, or nothing but nulls.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().all(is_blank),
        Value::Object(fields) => fields.values().all(is_blank),
        _ => false,
    }
}

/// Whether a value is more than a placeholder.
pub(crate) fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => list.iter().any(says_something),
        Value::Object(fields) => fields.values().any(says_something),
    }
}
