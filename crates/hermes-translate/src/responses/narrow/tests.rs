use hermes_catalog::{Catalog, Quirks};
use hermes_core::{Protocol, ProviderId};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::narrow;
use crate::dropped::Dropped;

/// The rules of the backend of ChatGPT plans, as the catalogue has them.
fn plan() -> Quirks {
    let catalog = Catalog::builtin().unwrap();
    let row = catalog.get(&ProviderId::new("openai-codex")).unwrap();
    assert!(row.is_narrow(Protocol::Responses, "gpt-5.5"));
    row.quirks_of(Protocol::Responses, "gpt-5.5")
}

/// A request that the backend takes.
fn fitting() -> Value {
    json!({
        "model": "gpt-5.5",
        "instructions": "Be brief.",
        "input": [
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "here"}]},
            {"role": "user", "content": "hi"},
            {"type": "item_reference", "id": "msg_1"},
            {"type": "something_new", "field": {"deep": 1.50}},
        ],
        "tools": [{"type": "web_search"}, {"type": "custom", "name": "patch"}],
        "store": false,
        "stream": true,
        "service_tier": "priority",
        "unknown": {"kept": true},
    })
}

fn narrowed(mut body: Value) -> (Value, Vec<String>, bool) {
    let mut dropped = Dropped::new(false);
    let changed = narrow(&mut body, &plan(), &mut dropped).unwrap();
    (body, dropped.paths().to_vec(), changed)
}

#[test]
fn what_fits_is_left_as_it_is() {
    assert_eq!(narrowed(fitting()), (fitting(), vec![], false));
}

#[rstest]
#[case::no_instructions("instructions", None, json!("You are a helpful assistant."), &[])]
#[case::empty_instructions("instructions", Some(json!("")), json!("You are a helpful assistant."), &[])]
#[case::null_instructions("instructions", Some(Value::Null), json!("You are a helpful assistant."), &[])]
#[case::text("input", Some(json!("hi")), json!([{"role": "user", "content": [{"type": "input_text", "text": "hi"}]}]), &[])]
#[case::system("input", Some(json!([{"role": "system", "content": "x"}])), json!([{"role": "developer", "content": "x"}]), &[])]
#[case::ids("input", Some(json!([{"role": "assistant", "id": "msg_2", "content": "x"}])), json!([{"role": "assistant", "content": "x"}]), &[])]
#[case::not_stored("store", None, json!(false), &[])]
#[case::stored("store", Some(json!(true)), json!(false), &["store"])]
fn what_must_be_otherwise_is_changed(
    #[case] field: &str,
    #[case] given: Option<Value>,
    #[case] sent: Value,
    #[case] dropped: &[&str],
) {
    let mut body = fitting();
    body.as_object_mut().unwrap().shift_remove(field);
    if let Some(given) = given {
        body[field] = given;
    }
    let mut expected = fitting();
    expected[field] = sent;
    let (narrowed, named, changed) = narrowed(body);
    assert_eq!(
        (narrowed, named, changed),
        (
            expected,
            dropped.iter().map(|one| (*one).to_owned()).collect(),
            true
        )
    );
}

#[rstest]
#[case("max_output_tokens", json!(100), true)]
#[case("temperature", json!(0.5), true)]
#[case("metadata", json!({"a": "b"}), true)]
#[case("user", json!("me"), true)]
#[case("previous_response_id", Value::Null, false)]
#[case("top_p", Value::Null, false)]
#[case("service_tier", json!("auto"), true)]
fn what_is_refused_is_left_out_and_named(#[case] field: &str, #[case] value: Value, #[case] named: bool) {
    let mut expected = fitting();
    expected.as_object_mut().unwrap().shift_remove(field);
    let mut body = expected.clone();
    body[field] = value;
    let names = if named { vec![field.to_owned()] } else { vec![] };
    assert_eq!(narrowed(body), (expected, names, true));
}

#[test]
fn strict_client_is_told_of_the_first() {
    let mut body = fitting();
    body["temperature"] = json!(0.5);
    let error = narrow(&mut body, &plan(), &mut Dropped::new(true)).unwrap_err();
    assert_eq!(error.at, "temperature");
}

#[test]
fn odd_bodies_are_left_to_the_upstream() {
    for body in [json!([]), json!("text"), Value::Null] {
        assert_eq!(narrowed(body.clone()), (body, vec![], false));
    }
    for input in [json!(7), json!([7, null, []])] {
        let mut body = fitting();
        body["input"] = input;
        assert_eq!(narrowed(body.clone()), (body, vec![], false));
    }
}
