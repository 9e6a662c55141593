use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::prompt::Prompt;

/// Objects whose unknown fields are told one by one. Elsewhere a dot is part of a name.
const PARENTS: [&str; 5] = ["metadata", "output_config", "source", "thinking", "tool_choice"];

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
            let value = (*value).clone();
            match field.split_once('.') {
                Some((parent, inner)) if PARENTS.contains(&parent) => set(entry(into, parent), inner, value),
                _ => set(into, field, value),
            }
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
    match path.split_once('.') {
        None => set(into, path, value),
        Some((first, rest)) => put(entry(into, first), rest, value),
    }
}

fn set(into: &mut Value, field: &str, value: Value) {
    *entry(into, field) = value;
}

/// A field of what is an object, or becomes one.
fn entry<'v>(into: &'v mut Value, field: &str) -> &'v mut Value {
    if !into.is_object() {
        *into = Map::new().into();
    }
    &mut into[field]
}
