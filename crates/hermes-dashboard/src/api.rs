//! The admin API: JSON in, JSON out. Each file is one kind of thing.

pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod logins;
pub(crate) mod providers;
pub(crate) mod requests;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod usage;
pub(crate) mod views;

mod input;

pub(crate) use input::{Json, MaybeJson, Query, whole, whole_or_none};
