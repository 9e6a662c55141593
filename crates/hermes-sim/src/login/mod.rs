//! Login dialects.

mod browser;
mod device_auth;
mod device_code;
mod keys;
mod user_code;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::World;

/// The answer of a login endpoint; none when the path is not one.
pub(crate) fn answer(world: &World, entry: &Entry, issuer: &'static str) -> Option<Answer> {
    user_code::answer(world, entry, issuer)
        .or_else(|| device_code::answer(world, entry, issuer))
        .or_else(|| device_auth::answer(world, entry, issuer))
        .or_else(|| browser::answer(world, entry, issuer))
        .or_else(|| keys::answer(world, entry, issuer))
}

/// A form field; empty when absent.
pub(crate) fn field(form: &[(String, String)], name: &str) -> String {
    form.iter()
        .find(|(one, _)| one == name)
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// An error as RFC 6749 section 5.2 has it.
pub(crate) fn oauth_error(status: u16, code: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": code, "error_description": format!("simulated {code}")}),
    )
}

/// The scripted value, or the dialect's own.
pub(crate) fn scripted_or(scripted: Option<&Value>, own: Value) -> Value {
    scripted.cloned().unwrap_or(own)
}
