//! What an answer in Responses repeats of its request.

use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use crate::read::text;

/// Whether a value may stand in a field of an answer.
type Fits = fn(&Value) -> bool;

/// The fields that an answer repeats, in the order in which it has them, with what it says where the request says nothing or
/// something else.
fn fields() -> [(&'static str, Fits, Value); 19] {
    let one = || json!(1.0);
    [
        ("background", Value::is_boolean, json!(false)),
        ("instructions", Value::is_string, Value::Null),
        ("max_output_tokens", Value::is_u64, Value::Null),
        ("max_tool_calls", Value::is_u64, Value::Null),
        ("metadata", texts, json!({})),
        ("parallel_tool_calls", Value::is_boolean, json!(true)),
        ("previous_response_id", Value::is_string, Value::Null),
        ("prompt_cache_key", Value::is_string, Value::Null),
        (
            "reasoning",
            Value::is_object,
            json!({"effort": null, "summary": null}),
        ),
        ("safety_identifier", Value::is_string, Value::Null),
        ("service_tier", tier, json!("default")),
        ("store", Value::is_boolean, json!(false)),
        ("temperature", Value::is_number, one()),
        ("text", Value::is_object, json!({"format": {"type": "text"}})),
        ("tool_choice", choice, json!("auto")),
        ("tools", Value::is_array, json!([])),
        ("top_p", Value::is_number, one()),
        ("truncation", truncation, json!("disabled")),
        ("user", Value::is_string, Value::Null),
    ]
}

/// The fields of a request that an answer in Responses repeats; nothing for other clients.
pub(crate) fn echo(client: Protocol, body: &Value) -> Map<String, Value> {
    let mut echo = Map::new();
    if client != Protocol::Responses {
        return echo;
    }
    for (field, fits, otherwise) in fields() {
        let said = body.get(field).filter(|value| fits(value)).cloned();
        let mut value = said.unwrap_or(otherwise);
        match field {
            "tools" => value.as_array_mut().into_iter().flatten().for_each(tool),
            "text" => format(&mut value),
            _ => {}
        }
        echo.insert(field.to_owned(), value);
    }
    echo
}

/// Fields that a context without an echo leaves an answer to make up.
pub(super) fn complete(answer: &mut Map<String, Value>, echo: &Map<String, Value>) {
    for (field, _, otherwise) in fields() {
        let value = echo.get(field).cloned().unwrap_or(otherwise);
        answer.insert(field.to_owned(), value);
    }
}

fn texts(value: &Value) -> bool {
    let mut fields = value.as_object().into_iter().flatten();
    value.is_object() && fields.all(|(_, value)| value.is_string())
}

fn tier(value: &Value) -> bool {
    let known = ["auto", "default", "flex", "scale", "priority", "fast"];
    value.as_str().is_some_and(|tier| known.contains(&tier))
}

fn truncation(value: &Value) -> bool {
    value == "auto" || value == "disabled"
}

fn choice(value: &Value) -> bool {
    value.is_object() || ["auto", "none", "required"].iter().any(|word| value == word)
}

/// A tool as an answer shows it: with the fields that the request may leave out, without keys for somebody else's server.
fn tool(tool: &mut Value) {
    let kind = text(tool, "type").map(str::to_owned);
    let Some(fields) = tool.as_object_mut() else {
        return;
    };
    match kind.as_deref() {
        Some("function") => {
            fields.entry("parameters").or_insert(Value::Null);
            fields.entry("strict").or_insert(Value::Bool(true));
        }
        Some("namespace") => {
            fields.entry("description").or_insert_with(|| "".into());
        }
        Some("mcp") => {
            fields.remove("authorization");
            fields.remove("headers");
        }
        _ => {}
    }
}

fn format(text: &mut Value) {
    if let Some(fields) = text.as_object_mut() {
        let format = fields.entry("format").or_insert(Value::Null);
        if format.is_null() {
            *format = json!({"type": "text"});
        }
    }
}

#[cfg(test)]
mod tests;
