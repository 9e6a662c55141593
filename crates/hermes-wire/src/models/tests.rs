use hermes_core::UnixMs;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{ListShape, ModelEntry, model_list, model_one, rfc3339};

fn entries() -> Vec<ModelEntry> {
    vec![
        ModelEntry {
            id: "p/a".to_owned(),
            name: Some("A".to_owned()),
            owner: "p".to_owned(),
            created: Some(UnixMs::from_millis(1_767_225_600_000)),
        },
        ModelEntry {
            id: "p/b".to_owned(),
            name: None,
            owner: "p".to_owned(),
            created: None,
        },
    ]
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn model_list_for_anthropic_clients_has_their_fields() {
    let list = value(&model_list(&entries(), ListShape::Anthropic));
    assert_eq!(
        list,
        json!({"data": [
            {"type": "model", "id": "p/a", "display_name": "A", "created_at": "2026-01-01T00:00:00Z", "lifecycle": "active"},
            {"type": "model", "id": "p/b", "display_name": "p/b", "created_at": "1970-01-01T00:00:00Z", "lifecycle": "active"},
        ], "has_more": false, "first_id": "p/a", "last_id": "p/b"})
    );
    let empty = value(&model_list(&[], ListShape::Anthropic));
    assert_eq!(
        empty,
        json!({"data": [], "has_more": false, "first_id": null, "last_id": null})
    );
}

#[test]
fn model_list_for_openai_clients_serves_codex_too() {
    let list = value(&model_list(&entries(), ListShape::OpenAi));
    assert_eq!(list["object"], "list");
    assert_eq!(
        list["data"][0],
        json!({"id": "p/a", "object": "model", "created": 1_767_225_600, "owned_by": "p"})
    );
    assert_eq!(list["models"][1]["slug"], "p/b");
    for field in [
        "display_name",
        "supported_reasoning_levels",
        "shell_type",
        "visibility",
        "supported_in_api",
        "priority",
        "base_instructions",
        "truncation_policy",
    ] {
        assert!(!list["models"][0][field].is_null(), "{field}");
    }
    assert_eq!(value(&model_one(&entries()[1], ListShape::OpenAi))["created"], 0);
}

#[test]
fn dates_are_written_as_the_calendar_has_them() {
    for (millis, text) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_399_000, "2000-02-28T23:59:59Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(rfc3339(UnixMs::from_millis(millis)), text);
    }
}
