use hermes_core::UnixMs;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{ListPage, ListShape, ModelEntry, model_list, model_one, rfc3339};

fn entries() -> Vec<ModelEntry> {
    vec![
        ModelEntry {
            id: "p/a".to_owned(),
            name: Some("A".to_owned()),
            owner: "p".to_owned(),
            created: Some(UnixMs::from_millis(1_767_225_600_000)),
            available: true,
            available_at: None,
        },
        ModelEntry {
            id: "p/b".to_owned(),
            name: None,
            owner: "p".to_owned(),
            created: None,
            available: false,
            available_at: Some(UnixMs::from_millis(1_767_225_600_000)),
        },
    ]
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn model_list_for_anthropic_clients_has_their_fields() {
    let list = value(&model_list(
        &entries(),
        ListShape::Anthropic,
        &ListPage::default(),
    ));
    assert_eq!(
        list,
        json!({"data": [
            {"type": "model", "id": "p/a", "display_name": "A", "created_at": "2026-01-01T00:00:00Z", "lifecycle": "active",
             "available": true},
            {"type": "model", "id": "p/b", "display_name": "p/b", "created_at": "1970-01-01T00:00:00Z", "lifecycle": "active",
             "available": false, "available_at": "2026-01-01T00:00:00Z"},
        ], "has_more": false, "first_id": "p/a", "last_id": "p/b"})
    );
    let empty = value(&model_list(&[], ListShape::Anthropic, &ListPage::default()));
    assert_eq!(
        empty,
        json!({"data": [], "has_more": false, "first_id": null, "last_id": null})
    );
}

#[test]
fn model_list_for_openai_clients_serves_codex_too() {
    let list = value(&model_list(&entries(), ListShape::OpenAi, &ListPage::default()));
    assert_eq!(list["object"], "list");
    assert_eq!(
        list["data"][0],
        json!({"id": "p/a", "object": "model", "created": 1_767_225_600, "owned_by": "p", "available": true})
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

#[rstest]
#[case::first(Some(2), None, None, &["m0", "m1"], true)]
#[case::middle(Some(2), Some("m1"), None, &["m2", "m3"], true)]
#[case::last(Some(2), Some("m3"), None, &["m4"], false)]
#[case::back(Some(2), None, Some("m4"), &["m2", "m3"], true)]
#[case::back_to_the_start(Some(9), None, Some("m1"), &["m0"], false)]
#[case::behind_the_end(None, Some("m4"), None, &[], false)]
#[case::unknown_place(None, Some("none"), None, &["m0", "m1", "m2", "m3", "m4"], false)]
#[case::crossed(Some(1), Some("m3"), Some("m1"), &[], false)]
fn model_list_has_the_page_that_was_asked_for(
    #[case] limit: Option<usize>,
    #[case] after: Option<&str>,
    #[case] before: Option<&str>,
    #[case] ids: &[&str],
    #[case] more: bool,
) {
    let entry = |number: usize| ModelEntry {
        id: format!("m{number}"),
        ..entries().remove(0)
    };
    let entries: Vec<ModelEntry> = (0..5).map(entry).collect();
    let page = ListPage {
        limit,
        after: after.map(str::to_owned),
        before: before.map(str::to_owned),
    };
    let list = value(&model_list(&entries, ListShape::Anthropic, &page));
    let told = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap());
    assert_eq!(told.collect::<Vec<_>>(), ids);
    assert_eq!(list["has_more"], more);
    assert_eq!(list["last_id"], json!(ids.last()));
    let whole = value(&model_list(&entries, ListShape::OpenAi, &page));
    assert_eq!(whole["data"].as_array().unwrap().len(), 5);
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
