use hermes_catalog::Quirks;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::fixtures::{bodies, target};
use crate::chat::{read_request, write_request};
use crate::dropped::Dropped;
use crate::names::Names;

/// What means the same in two forms.
fn plain(body: &Value) -> Value {
    let mut body = body.clone();
    let fields = body.as_object_mut().unwrap();
    fields.insert("model".to_owned(), json!("m"));
    fields.retain(|_, value| !value.is_null() && *value != json!([]));
    if fields.get("stream") == Some(&json!(false)) {
        fields.shift_remove("stream");
    }
    if fields.contains_key("stream") {
        fields.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    if let Some(stop) = fields.get_mut("stop").filter(|stop| stop.is_string()) {
        *stop = json!([stop]);
    }
    for (field, other) in [("tool_choice", "any")] {
        if fields.get(field) == Some(&json!(other)) {
            fields.insert(field.to_owned(), json!("required"));
        }
    }
    if let Some(choice) = fields.get_mut("tool_choice").filter(|choice| choice.is_object()) {
        choice["type"] = json!("function");
    }
    let format = body.get_mut("response_format");
    if let Some(schema) = format.and_then(|one| one.get_mut("json_schema"))
        && schema["name"].is_null()
    {
        schema["name"] = json!("output");
    }
    for tool in list(&mut body, "tools") {
        if tool.get("function").is_some() {
            tool["type"] = json!("function");
        }
    }
    for message in list(&mut body, "messages") {
        plain_message(message);
    }
    sorted(&body)
}

fn plain_message(message: &mut Value) {
    for call in list(message, "tool_calls") {
        call.as_object_mut().unwrap().shift_remove("index");
    }
    let message = message.as_object_mut().unwrap();
    let empty = message
        .get("content")
        .is_none_or(|one| one.is_null() || *one == json!("") || *one == json!([]));
    if empty {
        message.shift_remove("content");
    }
    message.retain(|name, value| !value.is_null() && (name != "tool_calls" || *value != json!([])));
}

fn list<'a>(value: &'a mut Value, field: &str) -> impl Iterator<Item = &'a mut Value> {
    value
        .get_mut(field)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .map(|(name, one)| (name.clone(), sorted(one)))
                .collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            fields.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[test]
fn recorded_requests_come_back_whole() {
    for (name, body) in bodies(".request.json") {
        let prompt = read_request(&body).unwrap();
        let names = Names::new(&prompt.tools, true);
        let mut dropped = Dropped::new(true);
        let written = write_request(&prompt, &target(Quirks::default()), &names, &mut dropped);
        assert_eq!(plain(&written.unwrap()), plain(&body), "{name}");
    }
}
