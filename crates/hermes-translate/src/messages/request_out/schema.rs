use serde_json::{Map, Value, json};

use super::extras::put;

/// A schema of arguments whose root is an object without alternatives, as Anthropic demands, and the words that were given up for that.
pub(super) fn of_arguments(schema: &Value) -> (Value, Vec<&'static str>) {
    let mut fields = schema.as_object().cloned().unwrap_or_default();
    let mut lost = Vec::new();
    for word in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(schemas)) = fields.remove(word) {
            let all = word == "allOf";
            join(&mut fields, &schemas, all);
            // All of one is that one.
            if !(all && schemas.iter().all(simple)) {
                lost.push(word);
            }
        }
    }
    if fields.get("type").and_then(Value::as_str) != Some("object") {
        fields.insert("type".to_owned(), "object".into());
    }
    fields.entry("properties").or_insert_with(|| json!({}));
    (fields.into(), lost)
}

/// Whether a schema holds nothing but properties.
fn simple(schema: &Value) -> bool {
    let known = ["type", "properties", "required", "title", "description"];
    schema
        .as_object()
        .is_some_and(|fields| fields.keys().all(|field| known.contains(&field.as_str())))
}

/// Puts the properties of alternatives side by side; required is what all of them require.
fn join(fields: &mut Map<String, Value>, schemas: &[Value], all: bool) {
    let mut properties = fields
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let mut required: Option<Vec<Value>> = None;
    for schema in schemas {
        let inner = schema.get("properties").and_then(Value::as_object);
        for (name, property) in inner.into_iter().flatten() {
            properties.entry(name.clone()).or_insert_with(|| property.clone());
        }
        let these = names(schema.get("required"));
        required = Some(match required {
            None => these,
            Some(before) if all => [before, these].concat(),
            Some(before) => before.into_iter().filter(|name| these.contains(name)).collect(),
        });
    }
    fields.insert("properties".to_owned(), properties.into());
    let mut together = names(fields.get("required"));
    for name in required.unwrap_or_default() {
        if !together.contains(&name) {
            together.push(name);
        }
    }
    if !together.is_empty() {
        fields.insert("required".to_owned(), together.into());
    }
}

fn names(required: Option<&Value>) -> Vec<Value> {
    required.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A schema of the answer in which every object says that it holds nothing else, as Anthropic demands.
pub(super) fn of_answer(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(of_answer).collect::<Vec<_>>().into(),
        Value::Object(fields) => {
            let mut closed: Value = fields
                .iter()
                .map(|(name, value)| (name.clone(), inner(name, value)))
                .collect::<Map<_, _>>()
                .into();
            if fields.get("type").and_then(Value::as_str) == Some("object")
                && !fields.contains_key("additionalProperties")
            {
                put(&mut closed, "additionalProperties", false.into());
            }
            closed
        }
        other => other.clone(),
    }
}

/// Values that are data, and not schemas, stay as they are.
fn inner(name: &str, value: &Value) -> Value {
    match name {
        "enum" | "const" | "default" | "examples" | "required" => value.clone(),
        "properties" | "$defs" | "definitions" => match value {
            Value::Object(schemas) => schemas
                .iter()
                .map(|(name, schema)| (name.clone(), of_answer(schema)))
                .collect::<Map<_, _>>()
                .into(),
            other => other.clone(),
        },
        _ => of_answer(value),
    }
}
