//! Every request that arrived.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hermes_core::UnixMs;

/// A reader of all requests so far; clones read the same journal.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Vec<Entry>>>);

/// One request.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it arrived, by the simulation's clock.
    pub at: UnixMs,
    /// `Host` header without a port.
    pub host: String,
    /// Method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query, if there was one.
    pub query: Option<String>,
    /// Headers with lower-case names.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
}

impl Entry {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.clone())
    }

    /// The body's form fields.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Journal {
    pub(crate) fn add(&self, entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// Every request in order of arrival.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Requests to one path of one host.
    pub fn find(&self, host: &str, path: &str) -> Vec<Entry> {
        self.entries()
            .into_iter()
            .filter(|entry| entry.host == host && entry.path == path)
            .collect()
    }

    /// How many requests one path of one host got.
    pub fn count(&self, host: &str, path: &str) -> usize {
        self.find(host, path).len()
    }

    /// How many requests one host got.
    pub fn count_host(&self, host: &str) -> usize {
        self.entries()
            .into_iter()
            .filter(|entry| entry.host == host)
            .count()
    }
}
