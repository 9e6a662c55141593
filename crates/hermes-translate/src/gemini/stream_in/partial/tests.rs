use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::Partial;

fn together(pieces: Value) -> Option<String> {
    let mut partial = Partial::new(1, json!({}));
    partial.take(&pieces).then(|| partial.end().1)
}

#[rstest]
#[case::nothing(json!([]), "{}")]
#[case::a_text_in_pieces(
    json!([
        {"jsonPath": "$.a", "stringValue": "x", "willContinue": true},
        {"jsonPath": "$.a", "stringValue": "y", "willContinue": true},
        {"jsonPath": "$.a", "stringValue": ""},
    ]),
    r#"{"a":"xy"}"#,
)]
#[case::lists(
    json!([
        {"jsonPath": "$.a[1].b", "numberValue": 2},
        {"jsonPath": "$.a[0]", "boolValue": true},
        {"jsonPath": "$['c.d'][\"e\"]", "nullValue": "NULL_VALUE"},
    ]),
    r#"{"a":[true,{"b":2}],"c.d":{"e":null}}"#,
)]
#[case::by_other_names(json!([{"json_path": "$.a", "string_value": "x"}]), r#"{"a":"x"}"#)]
fn arguments_in_pieces(#[case] pieces: Value, #[case] expected: &str) {
    assert_eq!(together(pieces).as_deref(), Some(expected));
}

#[rstest]
#[case::no_path(json!([{"stringValue": "x"}]))]
#[case::a_long_list(json!([{"jsonPath": "$.a[99999999999]", "stringValue": "x"}]))]
#[case::no_end(json!([{"jsonPath": "$['a", "stringValue": "x"}]))]
#[case::two_kinds(json!([{"jsonPath": "$.a", "numberValue": 1}, {"jsonPath": "$.a.b", "numberValue": 1}]))]
#[case::empty_steps(json!([{"jsonPath": "$..a", "numberValue": 1}]))]
fn wrong_pieces(#[case] pieces: Value) {
    assert_eq!(together(pieces), None);
}
