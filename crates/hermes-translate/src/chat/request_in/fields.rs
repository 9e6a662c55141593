//! Top-level fields, each read once; what cannot be read is kept.

use serde_json::{Number, Value};

use crate::prompt::Other;
use crate::read;

/// The fields of a request, and which of them have been read.
pub(super) struct Fields<'a> {
    pub(super) body: &'a Value,
    read: Vec<&'static str>,
    others: Vec<Other>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(body: &'a Value) -> Self {
        Self {
            body,
            read: Vec::new(),
            others: Vec::new(),
        }
    }

    /// A field by a reader of its own; a value that it cannot read stays among the others.
    pub(super) fn take<T>(
        &mut self,
        name: &'static str,
        reader: impl FnOnce(&'a Value, &str) -> Option<T>,
    ) -> Option<T> {
        let read = reader(self.body, name);
        if read.is_some() {
            self.read.push(name);
        }
        read
    }

    pub(super) fn number(&mut self, name: &'static str) -> Option<Number> {
        self.take(name, read::number)
    }

    pub(super) fn whole(&mut self, name: &'static str) -> Option<u64> {
        self.take(name, read::whole)
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.take(name, read::flag)
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name, read::text).map(str::to_owned)
    }

    /// Keeps the unknown fields of an object that has been read.
    pub(super) fn inner(&mut self, name: &'static str, known: &[&str]) {
        if let Some(value) = self.body.get(name) {
            self.others.extend(read::others(value, known, name));
        }
    }

    /// The same, one level deeper.
    pub(super) fn below(&mut self, name: &'static str, inner: &str, known: &[&str]) {
        if let Some(value) = self.body.get(name).and_then(|value| value.get(inner)) {
            self.others
                .extend(read::others(value, known, &read::path(name, inner)));
        }
    }

    /// What has not been read.
    pub(super) fn rest(self, also: &[&str]) -> Vec<Other> {
        let known: Vec<&str> = self.read.iter().chain(also).copied().collect();
        let mut others = read::others(self.body, &known, "");
        others.extend(self.others);
        others
    }
}
