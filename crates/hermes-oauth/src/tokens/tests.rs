use std::collections::BTreeMap;

use hermes_core::{Secret, UnixMs};
use rstest::rstest;
use serde_json::{Value, json};

use super::{Demands, add_params, json_text, missing_scopes, read};

const DEMANDS: Demands = Demands {
    no_access: "no_access",
    incomplete: "incomplete",
    refresh: false,
    expiry: false,
};

fn now() -> UnixMs {
    UnixMs::from_millis(1_000_000)
}

#[test]
fn token_answer_with_unknown_members_is_read() {
    let answer =
        json!({"access_token": "a", "scope": "x  y", "earliest_refresh_at": 1100, "more": {"z": []}});
    let material = read(&answer, "host", None, now(), DEMANDS).unwrap();
    assert_eq!(material.scopes, ["x", "y"]);
    assert_eq!((material.refresh, material.expires), (None, None));
    assert_eq!(
        material.earliest_refresh,
        Some(UnixMs::from_millis(1_000_000 + 1_100_000))
    );
}

#[rstest]
#[case(json!({}))]
#[case(json!([]))]
#[case(json!({"access_token": ""}))]
#[case(json!({"access_token": ["a"]}))]
#[case(json!({"access_token": "a b"}))]
#[case(json!({"access_token": "é"}))]
#[case(json!({"access_token": "a", "refresh_token": 5}))]
#[case(json!({"access_token": "a", "refresh_token": "b\n"}))]
#[case(json!({"access_token": "a", "token_type": "dpop"}))]
#[case(json!({"access_token": "a", "expires_in": "soon"}))]
fn token_answer_that_cannot_be_used_is_refused(#[case] answer: Value) {
    assert!(read(&answer, "host", None, now(), DEMANDS).is_err());
}

#[rstest]
#[case(json!({"access_token": "a", "refresh_token": null, "token_type": ""}))]
#[case(json!({"access_token": "a", "refresh_token": "", "scope": ["x"]}))]
fn token_answer_with_blank_members_counts_them_as_missing(#[case] answer: Value) {
    assert_eq!(read(&answer, "host", None, now(), DEMANDS).unwrap().refresh, None);
}

#[test]
fn scopes_that_were_not_granted_are_named() {
    let asked = ["a", "b"].map(str::to_owned);
    assert_eq!(missing_scopes(&asked, &[]), None);
    assert_eq!(missing_scopes(&asked, &asked), None);
    assert!(
        missing_scopes(&asked, &asked[..1])
            .unwrap()
            .to_string()
            .contains("`b`")
    );
}

#[test]
fn json_text_escapes_and_keeps_the_order() {
    let fields = [("b", Secret::from("x\"y\n")), ("a", Secret::from("ä"))];
    assert_eq!(json_text(&fields).expose(), "{\"b\":\"x\\\"y\\n\",\"a\":\"ä\"}");
    assert_eq!(json_text(&[]).expose(), "{}");
}

#[test]
fn further_fields_never_replace_the_protocols_own() {
    let params =
        BTreeMap::from([("a", "2"), ("b", "3")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut fields = vec![("a", Secret::from("1"))];
    add_params(&mut fields, &params);
    let shown: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.expose().as_str()))
        .collect();
    assert_eq!(shown, [("a", "1"), ("b", "3")]);
}
