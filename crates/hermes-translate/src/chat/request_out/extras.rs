//! Fields that the client wrote beyond the common form, by what they belong to.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::prompt::Prompt;

/// A field.
struct Extra<'a> {
    at: &'a str,
    field: &'a str,
    value: &'a Value,
    /// Whether its loss is told.
    matters: bool,
}

/// Extra fields of messages, their parts and calls.
pub(super) struct Extras<'a> {
    inner: HashMap<&'a str, Vec<Extra<'a>>>,
}

impl<'a> Extras<'a> {
    /// Those of a request in the same protocol; none of another.
    pub(super) fn new(prompt: &'a Prompt, same: bool) -> Self {
        let others = prompt
            .others
            .iter()
            .map(|other| (other.at.as_str(), &other.value, true));
        let own = prompt.own.iter().map(|(at, value)| (at.as_str(), value, false));
        let mut inner: HashMap<&str, Vec<Extra<'_>>> = HashMap::new();
        for (at, value, matters) in others.chain(own).filter(|_| same) {
            if at.starts_with("messages[")
                && let Some((parent, field)) = at.rsplit_once('.')
            {
                let extra = Extra {
                    at,
                    field,
                    value,
                    matters,
                };
                inner.entry(parent).or_default().push(extra);
            }
        }
        Self { inner }
    }

    /// Puts back what belongs to a path, without replacing anything.
    pub(super) fn put(&mut self, at: &str, into: &mut Map<String, Value>) {
        for extra in self.inner.remove(at).unwrap_or_default() {
            into.entry(extra.field).or_insert_with(|| extra.value.clone());
        }
    }

    /// What has not been put back.
    pub(super) fn left(&self) -> Vec<&'a str> {
        let left = self.inner.values().flatten().filter(|extra| extra.matters);
        left.map(|extra| extra.at).collect()
    }
}
