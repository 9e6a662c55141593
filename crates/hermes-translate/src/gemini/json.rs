//! Lenient looks into Gemini's JSON, whose names may come in camel case or with underscores, and whose lists of one may come bare.

use serde_json::{Map, Number, Value};

use crate::prompt::Other;
use crate::read;

/// A field that is there and not null, with its name as it was written.
pub(super) fn entry<'a>(value: &'a Value, name: &str) -> Option<(&'a str, &'a Value)> {
    let fields = value.as_object()?;
    let found = fields
        .get_key_value(name)
        .or_else(|| fields.get_key_value(&snake(name)))?;
    Some((found.0.as_str(), found.1)).filter(|(_, value)| !value.is_null())
}

/// A field that is there and not null.
pub(super) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    entry(value, name).map(|(_, value)| value)
}

/// A text.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    get(value, name)?.as_str()
}

/// A text, if it says something.
pub(super) fn said<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    text(value, name).filter(|text| !text.is_empty())
}

/// A truth value.
pub(super) fn flag(value: &Value, name: &str) -> Option<bool> {
    get(value, name)?.as_bool()
}

/// A number as it was written.
pub(super) fn number(value: &Value, name: &str) -> Option<Number> {
    read::number(value, entry(value, name)?.0)
}

/// A whole number.
pub(super) fn whole(value: &Value, name: &str) -> Option<u64> {
    read::whole(value, entry(value, name)?.0)
}

/// The members of a list with their paths; anything else that is there counts as a list of one.
pub(super) fn members<'a>(value: &'a Value, name: &str, at: &str) -> Vec<(String, &'a Value)> {
    let Some((name, value)) = entry(value, name) else {
        return Vec::new();
    };
    let at = read::path(at, name);
    match value {
        Value::Array(members) => {
            let numbered = members.iter().enumerate();
            numbered
                .map(|(number, value)| (format!("{at}[{number}]"), value))
                .collect()
        }
        value => vec![(at, value)],
    }
}

/// The fields that are not among these and hold something, with their paths.
pub(super) fn others(value: &Value, known: &[&str], at: &str) -> Vec<Other> {
    let fields = value.as_object().into_iter().flatten();
    let unknown = fields.filter(|(name, value)| !value.is_null() && !known.contains(&camel(name).as_str()));
    unknown
        .map(|(name, value)| Other {
            at: read::path(at, name),
            value: value.clone(),
        })
        .collect()
}

/// Sets what a path of names leads to; nothing happens where something on the way is no object.
pub(super) fn set_path(target: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        target.insert(path.to_owned(), value);
        return;
    };
    let next = target
        .entry(camel(first))
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(next) = next {
        set_path(next, rest, value);
    }
}

/// Takes away what a path of names leads to.
pub(super) fn take_path(target: &mut Map<String, Value>, path: &str) -> Option<Value> {
    match path.split_once('.') {
        Some((first, rest)) => take_path(target.get_mut(first)?.as_object_mut()?, rest),
        None => target.shift_remove(path),
    }
}

/// `functionCall` for `function_call`.
pub(super) fn camel(name: &str) -> String {
    let mut upper = false;
    let mut out = String::with_capacity(name.len());
    for one in name.chars() {
        if one == '_' && !out.is_empty() {
            upper = true;
        } else if upper {
            out.push(one.to_ascii_uppercase());
            upper = false;
        } else {
            out.push(one);
        }
    }
    out
}

/// `function_call` for `functionCall`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for one in name.chars() {
        if one.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(one.to_ascii_lowercase());
    }
    out
}
