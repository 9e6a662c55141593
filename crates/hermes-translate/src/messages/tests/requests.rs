//! Requests of this protocol, read and written back to it.

use hermes_catalog::{Quirks, SystemPlace};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Map, Value, json};

use super::{again, cases};
use crate::read::text;

/// A request without what means nothing: fields that say what holds anyway.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, value)| {
                let nothing = match name.as_str() {
                    "stream" | "is_error" => **value == json!(false),
                    "tools" => **value == json!([]),
                    _ => false,
                };
                !nothing && !value.is_null()
            });
            kept.map(|(name, value)| (name.clone(), plain(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other.clone(),
    }
}

fn anywhere() -> Quirks {
    Quirks {
        system: Some(SystemPlace::Anywhere),
        ..Quirks::default()
    }
}

#[test]
fn recorded_requests_come_back_as_they_were() {
    let mut seen = 0;
    for case in cases::all() {
        let Some(mut body) = case.request else { continue };
        body["model"] = "model".into();
        let (written, dropped) = again(&body, anywhere()).unwrap();
        let mut expected = plain(&body);
        // Counting needs no limit; a request does.
        let counts = body.get("max_tokens").is_none();
        if counts {
            expected["max_tokens"] = 4096.into();
        }
        assert_eq!(plain(&written), expected, "{}", case.name);
        let expected: &[&str] = if counts { &["max_tokens"] } else { &[] };
        assert_eq!(dropped, expected, "{}", case.name);
        seen += 1;
    }
    assert!(seen > 40, "only {seen} requests");
}

fn rich() -> Value {
    json!({
        "model": "model",
        "max_tokens": 0,
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: a"},
            {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        ],
        "messages": rich_messages(),
        "tools": rich_tools(),
        "tool_choice": {"type": "tool", "name": "look", "disable_parallel_tool_use": true, "unknown": 1},
        "thinking": {"type": "adaptive", "display": "omitted", "unknown": 2},
        "output_config": {"effort": "xhigh", "format": {"type": "json_schema", "schema": {"type": "object", "x": 1}}, "task_budget": {"tokens": 9}},
        "metadata": {"user_id": "{\"device\":\"d\"}", "unknown": 3},
        "stop_sequences": ["\n", "END"],
        "temperature": 1.30,
        "top_p": 1,
        "top_k": 5,
        "service_tier": "standard_only",
        "speed": "fast",
        "stream": true,
        "container": {"skills": []},
        "context_management": {"edits": [{"type": "compact_20260112"}]},
        "mcp_servers": [{"type": "url", "url": "https://m.example", "name": "m"}],
        "safeguards": {"a": 1},
        "inference_geo": "eu",
        "unknown": {"deep": [1, {"er": null}]},
        "cache_control": {"type": "ephemeral"},
    })
}

fn rich_messages() -> Value {
    json!([
        {"role": "user", "content": "Hi", "unknown": 1},
        {"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}, "transformations": [1]},
            {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
            {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="}, "title": "T", "context": "C", "citations": {"enabled": true}},
            {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}]}, "context": "C", "cache_control": {"type": "ephemeral"}},
            {"type": "search_result", "source": "https://a.example", "title": "A", "content": [{"type": "text", "text": "found"}], "citations": {"enabled": true}},
            {"type": "container_upload", "file_id": "file_2"},
            {"type": "new_block", "cache_control": {"type": "ephemeral"}, "x": {"y": [1, null]}},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "ZGF0YQ=="},
            {"type": "text", "text": "So.", "citations": [{"type": "char_location", "cited_text": "a", "document_index": 0, "document_title": null, "start_char_index": 0, "end_char_index": 1}]},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
            {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"a": 1.50, "b": 2}, "caller": {"type": "direct"}},
            {"type": "tool_use", "id": "toolu_2", "name": "look", "input": {}, "caller": {"type": "code_execution_20250825", "tool_id": "t"}, "toolset_name": "s"},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": "seen", "is_error": true},
            {"type": "tool_result", "tool_use_id": "toolu_2", "cache_control": {"type": "ephemeral"}, "content": [
                {"type": "text", "text": "seen", "cache_control": {"type": "ephemeral", "ttl": "5m"}},
                {"type": "tool_reference", "tool_name": "look"},
                {"type": "image", "source": {"type": "url", "url": "https://a.example/a.png"}},
            ]},
        ]},
        {"role": "system", "content": "Now in French."},
        {"role": "system", "content": [{"type": "text", "text": "And short."}]},
        {"role": "assistant", "content": "Je"},
    ])
}

fn rich_tools() -> Value {
    json!([
        {"name": "look", "description": "Looks", "input_schema": {"type": "object", "anyOf": []}, "strict": false, "defer_loading": true, "input_examples": [{}], "cache_control": {"type": "ephemeral"}},
        {"type": "custom", "name": "see", "input_schema": {"type": "object"}, "strict": true, "eager_input_streaming": true},
        {"type": "bash_20250124", "name": "bash"},
        {"type": "web_search_20260318", "name": "web_search", "max_uses": 3},
    ])
}

#[test]
fn everything_that_the_protocol_knows_comes_back() {
    let body = rich();
    let (written, dropped) = again(&body, anywhere()).unwrap();
    let mut expected = body;
    // Says what holds anyway.
    expected["tools"][1].as_object_mut().unwrap().remove("type");
    assert_eq!(written, expected);
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn numbers_keep_their_literal_text() {
    let text = r#"{"model":"model","max_tokens":5,"temperature":0.70,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{"a":1.50,"b":123456789012345678901234567890}}]}]}"#;
    let body: Value = serde_json::from_str(text).unwrap();
    let (written, _) = again(&body, Quirks::default()).unwrap();
    for literal in ["0.70", "1.50", "123456789012345678901234567890"] {
        assert!(written.to_string().contains(literal), "{literal}: {written}");
    }
}

#[rstest]
#[case::no_messages(json!({}), "messages")]
#[case::odd_messages(json!({"messages": {}}), "messages")]
#[case::unknown_role(json!({"messages": [{"role": "tool", "content": "a"}]}), "messages[0].role")]
#[case::message_of_nothing(json!({"messages": [1]}), "messages[0].role")]
fn what_cannot_be_read_is_named(#[case] body: Value, #[case] at: &str) {
    let error = again(&body, Quirks::default()).unwrap_err();
    assert_eq!((error.code, error.at.as_str()), ("invalid_request", at));
}

#[rstest]
#[case::null_content(json!(null))]
#[case::empty_text(json!(""))]
#[case::empty_block(json!([{"type": "text", "text": ""}]))]
#[case::no_block(json!([]))]
fn an_empty_message_is_left_out_unless_it_is_the_only_one(#[case] content: Value) {
    let empty = json!({"role": "user", "content": content});
    let body = json!({"max_tokens": 1, "messages": [empty]});
    assert_eq!(again(&body, Quirks::default()).unwrap_err().at, "messages");
    let body = json!({"max_tokens": 1, "messages": [empty, {"role": "user", "content": "a"}]});
    let (written, dropped) = again(&body, Quirks::default()).unwrap();
    assert_eq!(written["messages"], json!([{"role": "user", "content": "a"}]));
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn instructions_in_the_middle_go_to_the_beginning_unless_they_may_stand_anywhere() {
    let body = json!({"max_tokens": 1, "system": "A", "messages": [
        {"role": "user", "content": "u"},
        {"role": "system", "content": "B"},
        {"role": "system", "content": [{"type": "tool_addition", "tool": {}}]},
    ]});
    let (written, _) = again(&body, Quirks::default()).unwrap();
    let texts: Vec<_> = written["system"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(one, "text"))
        .collect();
    assert_eq!(texts, [Some("A"), Some("B")]);
    // What is no text has no place at the beginning.
    assert_eq!(written["messages"].as_array().unwrap().len(), 2);
    let (written, _) = again(&body, anywhere()).unwrap();
    assert_eq!(
        (written["system"].clone(), written["messages"].clone()),
        (json!("A"), body["messages"].clone())
    );
}

#[test]
fn effort_alone_asks_for_no_thoughts() {
    let body = json!({"max_tokens": 1, "messages": [{"role": "user", "content": "u"}], "output_config": {"effort": "low"}});
    let (written, _) = again(&body, Quirks::default()).unwrap();
    assert_eq!(written.get("thinking"), None);
    assert_eq!(written["output_config"], json!({"effort": "low"}));
}
