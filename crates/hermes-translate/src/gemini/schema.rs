//! Between JSON Schema and the `Schema` of Gemini, a part of OpenAPI 3.0 with types in capitals.

use serde_json::{Map, Value};

/// What Gemini's `Schema` has a field for, beside `type`, `const` and `oneOf`, which are put in other words.
const FIELDS: [&str; 22] = [
    "title",
    "description",
    "format",
    "nullable",
    "enum",
    "items",
    "properties",
    "required",
    "anyOf",
    "default",
    "example",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
    "propertyOrdering",
    "additionalProperties",
];

/// How deep a schema is followed.
const DEEPEST: usize = 64;

/// The JSON Schema that a `Schema` stands for. A JSON Schema stays what it is.
pub(super) fn to_json_schema(schema: &Value) -> Value {
    json_schema(schema, DEEPEST)
}

fn json_schema(schema: &Value, depth: usize) -> Value {
    let Value::Object(fields) = schema else {
        return schema.clone();
    };
    if depth == 0 {
        return schema.clone();
    }
    let mut out = Map::new();
    for (name, value) in fields {
        let value = match (json_name(name), value) {
            ("type", Value::String(name)) => Value::String(name.to_ascii_lowercase()),
            ("nullable" | "propertyOrdering" | "property_ordering", _) => continue,
            ("properties" | "defs" | "$defs", Value::Object(inner)) => {
                let inner = inner.iter();
                Value::Object(
                    inner
                        .map(|(name, value)| (name.clone(), json_schema(value, depth - 1)))
                        .collect(),
                )
            }
            ("items" | "additionalProperties", value) => json_schema(value, depth - 1),
            ("anyOf", Value::Array(members)) => {
                members.iter().map(|one| json_schema(one, depth - 1)).collect()
            }
            // Protobuf writes 64-bit numbers as texts.
            (
                "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties",
                Value::String(text),
            ) => crate::json::parse(text.as_bytes()).unwrap_or_else(|_| value.clone()),
            (_, value) => value.clone(),
        };
        out.insert(json_name(name).to_owned(), value);
    }
    order(fields, &mut out);
    if fields.get("nullable") == Some(&Value::Bool(true)) {
        make_nullable(&mut out);
    }
    Value::Object(out)
}

fn json_name(name: &str) -> &str {
    match name {
        "any_of" => "anyOf",
        "additional_properties" => "additionalProperties",
        "min_items" => "minItems",
        "max_items" => "maxItems",
        "min_length" => "minLength",
        "max_length" => "maxLength",
        "min_properties" => "minProperties",
        "max_properties" => "maxProperties",
        name => name,
    }
}

/// Properties in the order that `propertyOrdering` asks for.
fn order(fields: &Map<String, Value>, out: &mut Map<String, Value>) {
    let ordering = fields
        .get("propertyOrdering")
        .or_else(|| fields.get("property_ordering"));
    let Some(Value::Array(ordering)) = ordering else {
        return;
    };
    if let Some(Value::Object(properties)) = out.get_mut("properties") {
        let mut rest = std::mem::take(properties);
        for name in ordering.iter().filter_map(Value::as_str) {
            if let Some(value) = rest.shift_remove(name) {
                properties.insert(name.to_owned(), value);
            }
        }
        properties.extend(rest);
    }
}

fn make_nullable(out: &mut Map<String, Value>) {
    let null = || Value::String("null".to_owned());
    match out.get_mut("type") {
        Some(Value::String(name)) => {
            let name = Value::String(std::mem::take(name));
            out.insert("type".to_owned(), Value::Array(vec![name, null()]));
        }
        _ => {
            if let Some(Value::Array(members)) = out.get_mut("anyOf") {
                members.push(serde_json::json!({"type": "null"}));
            }
        }
    }
    if let Some(Value::Array(values)) = out.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// The `Schema` nearest to a JSON Schema, for models that know no other; `lost` gets the paths of what it has no field for.
pub(super) fn to_schema(schema: &Value, at: &str, lost: &mut Vec<String>) -> Value {
    schema_of(schema, at, lost, DEEPEST)
}

fn schema_of(schema: &Value, at: &str, lost: &mut Vec<String>, depth: usize) -> Value {
    let mut out = Map::new();
    match schema {
        Value::Object(_) if depth == 0 => lost.push(at.to_owned()),
        Value::Object(fields) => {
            for (name, value) in fields {
                field_of((name, value), &format!("{at}.{name}"), &mut out, lost, depth - 1);
            }
        }
        _ => {}
    }
    Value::Object(out)
}

fn field_of(
    (name, value): (&str, &Value),
    at: &str,
    out: &mut Map<String, Value>,
    lost: &mut Vec<String>,
    depth: usize,
) {
    let (name, value) = match (name, value) {
        ("type", value) => return set_type(value, out),
        ("const", value) => ("enum", Value::Array(vec![value.clone()])),
        ("properties", Value::Object(inner)) => {
            let inner = inner.iter().map(|(name, value)| {
                let value = schema_of(value, &format!("{at}.{name}"), lost, depth);
                (name.clone(), value)
            });
            (name, Value::Object(inner.collect()))
        }
        ("items", value) => (name, schema_of(value, at, lost, depth)),
        ("anyOf" | "oneOf", Value::Array(members)) => {
            let members = members.iter().map(|one| schema_of(one, at, lost, depth));
            ("anyOf", members.collect())
        }
        // A closed object is what the model keeps to anyway.
        ("additionalProperties", Value::Bool(_)) | ("$schema", _) => return,
        (name, value) if FIELDS.contains(&name) => (name, value.clone()),
        _ => return lost.push(at.to_owned()),
    };
    out.insert(name.to_owned(), value);
}

fn set_type(value: &Value, out: &mut Map<String, Value>) {
    match value {
        Value::String(name) => {
            out.insert("type".to_owned(), Value::String(name.to_ascii_uppercase()));
        }
        Value::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            let said: Vec<&str> = names.iter().copied().filter(|name| *name != "null").collect();
            if said.len() < names.len() {
                out.insert("nullable".to_owned(), Value::Bool(true));
            }
            match said.as_slice() {
                [] => {}
                [one] => {
                    out.insert("type".to_owned(), Value::String(one.to_ascii_uppercase()));
                }
                many => {
                    let many = many.iter();
                    let many = many.map(|one| serde_json::json!({"type": one.to_ascii_uppercase()}));
                    out.insert("anyOf".to_owned(), many.collect());
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
