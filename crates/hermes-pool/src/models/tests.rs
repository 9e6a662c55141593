use hermes_core::UnixMs;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::read::list;

fn now() -> UnixMs {
    UnixMs::from_millis(1_800_000_000_000)
}

#[rstest]
#[case::openai(
    json!({"object": "list", "data": [{"id": "gpt-x", "object": "model", "created": 1_700_000_000, "owned_by": "o"}]}),
    json!([{"id": "gpt-x", "created": 1_700_000_000_000_i64}])
)]
#[case::anthropic(
    json!({"data": [{"type": "model", "id": "claude-x", "display_name": "Claude X", "created_at": "2025-01-01T00:00:00Z"}]}),
    json!([{"id": "claude-x", "name": "Claude X", "created": 1_735_689_600_000_i64}])
)]
#[case::gemini(
    json!({"models": [
        {"name": "models/gemini-x", "displayName": "Gemini X", "supportedGenerationMethods": ["generateContent"]},
        {"name": "models/embed-x", "displayName": "Embed X", "supportedGenerationMethods": ["embedContent"]},
    ]}),
    json!([{"id": "gemini-x", "name": "Gemini X"}])
)]
#[case::codex(json!({"models": [{"slug": "gpt-y", "display_name": "gpt-y"}]}), json!([{"id": "gpt-y"}]))]
#[case::openrouter(
    json!({"data": [{"id": "v/m", "name": "V: M", "created": 1_700_000_000}]}),
    json!([{"id": "v/m", "name": "V: M", "created": 1_700_000_000_000_i64}])
)]
#[case::bare(json!([{"id": "a"}, {"id": ""}, {"id": 7}, {"id": "b\u{7}"}, {}, null]), json!([{"id": "a"}]))]
#[case::epoch_is_no_date(json!({"data": [{"id": "a", "created": 0}]}), json!([{"id": "a"}]))]
#[case::nothing(json!({"data": []}), json!([]))]
fn lists_of_every_vendor_are_read(#[case] body: Value, #[case] wanted: Value) {
    let read = list(&body, now()).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), wanted);
}

#[rstest]
#[case::error(json!({"error": {"message": "no"}}))]
#[case::text(json!("models"))]
#[case::object(json!({"data": {"id": "a"}}))]
fn other_answers_are_no_lists(#[case] body: Value) {
    assert_eq!(list(&body, now()), None);
}

#[test]
fn a_long_list_is_cut() {
    let body =
        json!({"data": (0..3000).map(|number| json!({"id": format!("m{number}")})).collect::<Vec<_>>()});
    assert_eq!(list(&body, now()).unwrap().len(), 2000);
}
