//! Results for scripts. A time has the store's name in milliseconds since 1970, and beside it `<name>_at` in RFC 3339.

use hermes_core::UnixMs;
use hermes_pool::View;
use serde_json::{Map, Value, json};

use crate::when::rfc3339;

/// A login with its state.
pub(crate) fn login(view: &View) -> Value {
    let mut value = serde_json::to_value(view).expect("a login holds only text, numbers and lists");
    if let Value::Object(fields) = &mut value {
        for name in ["created", "refreshed", "expires", "earliest_refresh", "until"] {
            add_readable(fields, name);
        }
        fields.insert("usable".to_owned(), json!(view.state.usable()));
    }
    value
}

/// A list of logins.
pub(crate) fn logins(views: &[View]) -> Value {
    Value::Array(views.iter().map(login).collect())
}

/// A moment, or null.
pub(crate) fn time(at: Option<UnixMs>) -> Value {
    at.map_or(Value::Null, |at| Value::from(rfc3339(at)))
}

/// Adds the readable twin of a time.
pub(crate) fn add_readable(fields: &mut Map<String, Value>, name: &str) {
    let at = fields.get(name).and_then(Value::as_i64).map(UnixMs::from_millis);
    fields.insert(format!("{name}_at"), time(at));
}
