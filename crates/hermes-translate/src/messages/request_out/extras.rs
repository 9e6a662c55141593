use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::prompt::Prompt;

/// Fields of a client's block, tool or body that stand in no common form, by the place of what they stood in.
#[derive(Default)]
pub(super) struct Extras<'a> {
    places: HashMap<&'a str, Vec<(&'a str, &'a Value)>>,
}

impl<'a> Extras<'a> {
    /// Those of a client of this protocol.
    pub(super) fn new(prompt: &'a Prompt) -> Self {
        let mut places: HashMap<&str, Vec<(&str, &Value)>> = HashMap::new();
        let others = prompt
            .others
            .iter()
            .map(|other| (other.at.as_str(), &other.value));
        // How much to think is written in a way that suits the upstream.
        let own = prompt.own.iter().filter(|(at, _)| *at != "thinking");
        let own = own.map(|(at, value)| (at.as_str(), value));
        for (at, value) in others.chain(own) {
            let (place, field) = split(at);
            if !field.is_empty() {
                places.entry(place).or_default().push((field, value));
            }
        }
        Self { places }
    }

    /// Puts the fields of a place back. Those of the body stand in no place.
    pub(super) fn restore(&self, place: &str, into: &mut Value) {
        for (field, value) in self.places.get(place).into_iter().flatten() {
            put(into, field, (*value).clone());
        }
    }
}

/// The place of a list's item, and the field of it.
fn split(at: &str) -> (&str, &str) {
    match at.rfind(']') {
        Some(end) => {
            let (place, field) = at.split_at(end + 1);
            (place, field.strip_prefix('.').unwrap_or(field))
        }
        None => ("", at),
    }
}

/// Sets a dotted path; what is no object on the way becomes one.
pub(super) fn put(into: &mut Value, path: &str, value: Value) {
    if !into.is_object() {
        *into = Map::new().into();
    }
    let Some(fields) = into.as_object_mut() else {
        return;
    };
    match path.split_once('.') {
        None => {
            fields.insert(path.to_owned(), value);
        }
        Some((first, rest)) => put(
            fields.entry(first).or_insert_with(|| Map::new().into()),
            rest,
            value,
        ),
    }
}
