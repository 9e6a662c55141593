use serde_json::Value;

/// A count at a path, however it is spelled; fractions are cut, negative and other values are none.
pub(crate) fn number(value: &Value, path: &[&str]) -> Option<u64> {
    match at(value, path)? {
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.to_string().split('.').next()?.parse().ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A text at a path; numbers are written out, since codes come as either.
pub(crate) fn text(value: &Value, path: &[&str]) -> Option<String> {
    match at(value, path)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The value at a path of object keys.
pub(crate) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}
