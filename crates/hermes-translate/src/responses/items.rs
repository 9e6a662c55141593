//! What items of an answer and of a history have in common.

use serde_json::Value;

use crate::read::{list, text};

/// Between the parts of a summary.
pub(super) const BREAK: &str = "\n\n";

/// The thoughts of an item in the open: themselves where they are shown, their summary otherwise.
pub(super) fn reasoning_text(item: &Value) -> String {
    let content = joined(item, "content");
    if content.is_empty() {
        joined(item, "summary")
    } else {
        content
    }
}

/// The texts of a list of parts.
pub(super) fn joined(item: &Value, field: &str) -> String {
    let texts = list(item, field).iter().filter_map(|part| match part {
        Value::String(text) => Some(text.as_str()),
        part => text(part, "text"),
    });
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(BREAK)
}
