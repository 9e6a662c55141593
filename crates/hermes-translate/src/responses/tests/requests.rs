//! Recorded requests through both halves.

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{body, recordings, target};
use crate::context::Stamp;
use crate::translator::request;

/// A request with what says the same said in one way.
fn plain(mut body: Value) -> Value {
    if let Value::String(input) = &body["input"] {
        body["input"] = json!([{"type": "message", "role": "user", "content": input}]);
    }
    for item in body["input"].as_array_mut().into_iter().flatten() {
        if item.get("role").is_some() {
            item["type"] = "message".into();
        }
        if item["type"] == "reasoning" {
            let fields = item.as_object_mut().unwrap();
            fields.retain(|_, value| !value.is_null());
        }
        for part in item["content"].as_array_mut().into_iter().flatten() {
            if part["type"] == "output_text" && part.get("annotations").is_none() {
                part["annotations"] = json!([]);
            }
        }
    }
    let fields = body.as_object_mut().unwrap();
    fields.retain(|name, value| !(value.is_null() || *value == "" || (name == "stream" && *value == false)));
    for tool in fields
        .get_mut("tools")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        tool.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null() && *value != "");
    }
    if let Some(reasoning) = fields.get_mut("reasoning").and_then(Value::as_object_mut) {
        reasoning.retain(|_, value| !value.is_null());
        // The older name of the same field.
        if let Some(summary) = reasoning.remove("generate_summary") {
            reasoning.insert("summary".to_owned(), summary);
        }
    }
    body
}

#[test]
fn a_request_comes_back_as_it_was() {
    let mut seen = 0;
    for (name, text) in recordings(".request.json") {
        let Some(mut body) = body(&text) else { continue };
        seen += 1;
        let quirks = Quirks {
            // DeepSeek takes thoughts in the open.
            thoughts_field: Some("content".to_owned()),
            ..Quirks::default()
        };
        let sent = request(
            Protocol::Responses,
            &body,
            &target(quirks),
            true,
            Stamp::default(),
        );
        let sent = sent.unwrap_or_else(|error| panic!("{name}: {error}"));
        body["model"] = "sent".into();
        let written: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(sorted(plain(written)), sorted(plain(body)), "{name}");
    }
    assert!(seen > 60);
}

/// Fields by name, so that their order does not count.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields
                .into_iter()
                .map(|(name, one)| (name, sorted(one)))
                .collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(all) => all.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[test]
fn a_second_translation_adds_nothing() {
    for (name, text) in recordings(".request.json") {
        let Some(body) = body(&text) else { continue };
        let to = target(Quirks::default());
        let once = request(Protocol::Responses, &body, &to, false, Stamp::default()).unwrap();
        let once: Value = serde_json::from_slice(&once.body).unwrap();
        let twice = request(Protocol::Responses, &once, &to, false, Stamp::default()).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&twice.body).unwrap(),
            once,
            "{name}"
        );
    }
}
