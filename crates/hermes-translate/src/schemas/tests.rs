use hermes_catalog::SchemaRule;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::Walk;

fn fitted(rule: SchemaRule, mut schema: Value) -> (Value, Vec<String>) {
    let mut walk = Walk {
        rules: &[rule],
        lost: Vec::new(),
    };
    walk.schema(&mut schema, "s");
    (schema, walk.lost)
}

#[rstest]
#[case::object(json!({"properties": {"a": {"type": "string"}}}), json!({"properties": {"a": {"type": "string"}}, "type": "object"}))]
#[case::array(json!({"type": "object", "properties": {"a": {"items": {"minimum": 1}}}}),
    json!({"type": "object", "properties": {"a": {"items": {"minimum": 1, "type": "number"}, "type": "array"}}}))]
#[case::values(json!({"enum": ["a", "b"]}), json!({"enum": ["a", "b"], "type": "string"}))]
#[case::constant(json!({"const": true}), json!({"const": true, "type": "boolean"}))]
#[case::reference(json!({"$ref": "#/$defs/a", "$defs": {"a": {"pattern": "x"}}}),
    json!({"$ref": "#/$defs/a", "$defs": {"a": {"pattern": "x", "type": "string"}}}))]
#[case::alternatives(json!({"type": "string", "anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
    json!({"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]}))]
#[case::default_is_data(json!({"type": "object", "default": {"a": {}}}), json!({"type": "object", "default": {"a": {}}}))]
fn every_node_says_what_it_is(#[case] schema: Value, #[case] wanted: Value) {
    assert_eq!(fitted(SchemaRule::TypedNodes, schema), (wanted, Vec::new()));
}

#[test]
fn what_may_be_anything_becomes_text_and_is_told() {
    let schema =
        json!({"type": "object", "properties": {"a": {"description": "any"}, "b": {"enum": ["x", 1]}}});
    let (schema, lost) = fitted(SchemaRule::TypedNodes, schema);
    assert_eq!(schema["properties"]["a"]["type"], "string");
    assert_eq!(lost, ["s.properties.a", "s.properties.b"]);
}

#[test]
fn values_with_a_slash_are_taken_out_and_told() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "string", "enum": ["x/y", "z"]}, "b": {"type": "string", "enum": ["z"]}, "enum": {"type": "string"},
    }});
    let (schema, lost) = fitted(SchemaRule::NoSlashInEnums, schema);
    assert_eq!(
        schema["properties"],
        json!({"a": {"type": "string"}, "b": {"type": "string", "enum": ["z"]}, "enum": {"type": "string"}})
    );
    assert_eq!(lost, ["s.properties.a.enum"]);
}

#[test]
fn patterns_are_taken_out_and_a_property_of_that_name_is_not() {
    let schema = json!({"type": "object", "properties": {"pattern": {"type": "string", "pattern": "\\d"}}});
    let (schema, lost) = fitted(SchemaRule::NoPatterns, schema);
    assert_eq!(schema["properties"], json!({"pattern": {"type": "string"}}));
    assert_eq!(lost, ["s.properties.pattern.pattern"]);
}
