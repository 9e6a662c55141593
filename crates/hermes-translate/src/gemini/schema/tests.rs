use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{to_json_schema, to_schema};

#[rstest]
#[case::types(
    json!({"type": "OBJECT", "properties": {"a": {"type": "STRING"}, "type": {"type": "INTEGER"}}}),
    json!({"type": "object", "properties": {"a": {"type": "string"}, "type": {"type": "integer"}}}),
)]
#[case::nullable(
    json!({"type": "STRING", "nullable": true, "enum": ["a"]}),
    json!({"type": ["string", "null"], "enum": ["a", null]}),
)]
#[case::nullable_choice(
    json!({"anyOf": [{"type": "STRING"}], "nullable": true}),
    json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
)]
#[case::numbers_as_texts(
    json!({"type": "ARRAY", "minItems": "1", "max_items": "20", "items": {"type": "NUMBER"}}),
    json!({"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "number"}}),
)]
#[case::a_json_schema(
    json!({"type": "object", "$defs": {"a": {"type": "string"}}, "additionalProperties": false}),
    json!({"type": "object", "$defs": {"a": {"type": "string"}}, "additionalProperties": false}),
)]
fn json_schemas(#[case] schema: Value, #[case] expected: Value) {
    assert_eq!(to_json_schema(&schema), expected);
}

#[test]
fn properties_keep_the_order_that_was_asked_for() {
    let schema = json!({
        "type": "OBJECT",
        "properties": {"a": {}, "b": {}, "c": {}},
        "propertyOrdering": ["c", "a"],
    });
    let expected = r#"{"type":"object","properties":{"c":{},"a":{},"b":{}}}"#;
    assert_eq!(to_json_schema(&schema).to_string(), expected);
}

#[rstest]
#[case::types(
    json!({"type": ["string", "null"], "const": "a"}),
    json!({"nullable": true, "type": "STRING", "enum": ["a"]}),
    &[],
)]
#[case::several_types(
    json!({"type": ["string", "integer"]}),
    json!({"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
    &[],
)]
#[case::lost(
    json!({"type": "object", "properties": {"a": {"type": "integer", "multipleOf": 2}}, "additionalProperties": false}),
    json!({"type": "OBJECT", "properties": {"a": {"type": "INTEGER"}}}),
    &["x.properties.a.multipleOf"],
)]
fn schemas(#[case] schema: Value, #[case] expected: Value, #[case] expected_lost: &[&str]) {
    let mut lost = Vec::new();
    assert_eq!(to_schema(&schema, "x", &mut lost), expected);
    assert_eq!(lost, expected_lost);
}
