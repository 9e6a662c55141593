//! The tables, written once for both back ends.
//!
//! Locks are always taken in one order, so that PostgreSQL meets no deadlock: the pool row, the credential's row, its other
//! rows, the counters with the version as the last, rows of `credential_change`. Whoever writes a credential by what it has
//! read of it takes its row first ([`credentials::lock`]). SQLite has one writer at a time anyway.

pub(crate) mod attempts;
pub(crate) mod change;
pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod header;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod lease;
pub(crate) mod log;
pub(crate) mod node;
pub(crate) mod place;
pub(crate) mod pools;
pub(crate) mod requests;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod usage;

use hermes_core::Random;
use serde::de::DeserializeOwned;

use crate::seal::Sealer;

/// What statements that make or seal something need.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) sealer: &'a Sealer,
    pub(crate) random: &'a dyn Random,
}

/// A column that holds JSON; none when it holds something else.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Plain data as JSON.
pub(crate) fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data with text keys is valid JSON")
}
