//! A request of Responses in the common form.

mod content;
mod controls;
mod items;
mod tools;

pub(super) use self::controls::{ENCRYPTED, LOGPROBS};

use serde_json::Value;

use crate::prompt::{Other, Part, PartKind, Prompt, Role, Turn};
use crate::read::{flag, given, others, said, text};
use crate::unsupported::Unsupported;

/// Fields with a place in the common form.
const KNOWN: &[&str] = &[
    "model",
    "input",
    "instructions",
    "max_output_tokens",
    "temperature",
    "top_p",
    "top_logprobs",
    "reasoning",
    "text",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "metadata",
    "safety_identifier",
    "user",
    "prompt_cache_key",
    "service_tier",
    "stream",
];

pub(crate) fn read_request(body: &Value) -> Result<Prompt, Unsupported> {
    if !body.is_object() {
        return Err(Unsupported::invalid("body", "has to be a JSON object"));
    }
    let mut prompt = Prompt {
        model: text(body, "model").unwrap_or_default().to_owned(),
        stream: flag(body, "stream") == Some(true),
        ..Prompt::default()
    };
    if let Some(instructions) = said(body, "instructions") {
        prompt.turns.push(Turn {
            role: Role::System,
            parts: vec![Part::new(PartKind::Text(instructions.to_owned()), "instructions")],
            at: "instructions".to_owned(),
        });
    }
    items::read(body, &mut prompt)?;
    tools::read(body, &mut prompt)?;
    controls::read(body, &mut prompt)?;
    for other in others(body, KNOWN, "") {
        sort(other, &mut prompt);
    }
    Ok(prompt)
}

/// What a field without a place in the common form is to other upstreams.
fn sort(other: Other, prompt: &mut Prompt) {
    let quiet = match other.at.as_str() {
        "previous_response_id" | "conversation" | "prompt" => {
            prompt.needs.push(other);
            return;
        }
        "background" if other.value == Value::Bool(true) => {
            prompt.needs.push(other);
            return;
        }
        // What every other upstream does anyway; and padding against eavesdroppers, which streams of other protocols have not.
        "background" | "stream_options" => true,
        "store" => other.value == Value::Bool(false),
        "truncation" => other.value == "disabled",
        "include" => controls::asks_for_the_usual(&other.value),
        _ => false,
    };
    if quiet {
        prompt.own.insert(other.at, other.value);
    } else {
        prompt.others.push(other);
    }
}

/// A field that is there and holds a text, a list, an object or a number that says something.
fn filled<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    given(value, field).filter(|value| match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    })
}

#[cfg(test)]
mod tests;
