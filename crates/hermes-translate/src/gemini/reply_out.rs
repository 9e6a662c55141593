//! Gemini's whole answer out of the common form.

use serde_json::{Value, json};

use super::compose::{Composer, usage};
use crate::context::Context;
use crate::reply::{Head, Reply};

pub(crate) fn write_reply(context: &Context, reply: &Reply) -> Value {
    let (mut composer, mut parts) = (Composer::new(context), Vec::new());
    for event in reply.events() {
        let mut more = Vec::new();
        composer.event(&event, &mut more);
        for part in more {
            add(&mut parts, part);
        }
    }
    composer.flush(&mut parts);
    // The official SDKs forget an exchange whose answer has no part (google-genai 3.4, `chats.py`).
    if parts.is_empty() {
        parts.push(json!({"text": ""}));
    }
    json!({
        "candidates": [composer.last(parts, &reply.finish)],
        "usageMetadata": usage(reply.usage),
        "modelVersion": model(context, &reply.head),
        "responseId": id(context, &reply.head),
    })
}

/// Adds a part; the signature of thoughts goes on the thoughts that were added before it.
fn add(parts: &mut Vec<Value>, part: Value) {
    let signs = part["thought"] == true && part["text"] == "";
    if let Some(last) = parts.last_mut()
        && signs
        && last["thought"] == true
        && last.get("thoughtSignature").is_none()
    {
        last["thoughtSignature"] = part["thoughtSignature"].clone();
        return;
    }
    parts.push(part);
}

/// The model that answered.
pub(super) fn model(context: &Context, head: &Head) -> String {
    head.model.clone().unwrap_or_else(|| context.model.clone())
}

/// The id of the answer.
pub(super) fn id(context: &Context, head: &Head) -> String {
    head.id.clone().unwrap_or_else(|| context.id("", 0))
}

#[cfg(test)]
mod tests;
