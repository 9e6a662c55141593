//! Fields by their paths: `reasoning.effort`, `content[0].annotations`.

use serde_json::{Map, Value};

/// Sets a field, making the objects around it.
pub(super) fn set(value: &mut Value, path: &str, new: Value) {
    let mut place = value;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = match place {
            Value::Object(fields) => fields.entry(name.to_owned()).or_insert(Value::Null),
            other => other,
        };
    }
    *place = new;
}

/// Sets a field of something that is there already; false when it is not.
pub(super) fn replace(value: &mut Value, path: &str, new: Value) -> bool {
    let (around, last) = match path.rsplit_once('.') {
        Some((around, last)) => (Some(around), last),
        None => (None, path),
    };
    let mut place = value;
    for step in around.into_iter().flat_map(|around| around.split('.')) {
        let (name, number) = match step.split_once('[') {
            Some((name, number)) => (
                name,
                number
                    .strip_suffix(']')
                    .and_then(|text| text.parse::<usize>().ok()),
            ),
            None => (step, None),
        };
        let Some(inner) = place.get_mut(name) else {
            return false;
        };
        place = match number {
            Some(number) => match inner.get_mut(number) {
                Some(inner) => inner,
                None => return false,
            },
            None => inner,
        };
    }
    match place {
        Value::Object(fields) => {
            fields.insert(last.to_owned(), new);
            true
        }
        _ => false,
    }
}

/// Takes a field away; whether it was there.
pub(super) fn take(value: &mut Value, path: &str) -> bool {
    match path.split_once('.') {
        Some((name, rest)) => value.get_mut(name).is_some_and(|inner| take(inner, rest)),
        None => match value {
            Value::Object(fields) => fields.shift_remove(path).is_some(),
            _ => false,
        },
    }
}
