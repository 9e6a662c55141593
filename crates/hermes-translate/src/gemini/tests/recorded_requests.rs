use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};

use super::support::{bodies, round};
use crate::gemini::json::camel;
use crate::gemini::schema::to_json_schema;

/// What a request says, in one of the ways to say it: names in camel case, lists as lists, schemas as JSON Schemas.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(members) => members.iter().map(normal).collect(),
        Value::Object(fields) => {
            let mut out = Map::new();
            for (name, value) in fields {
                let (name, value) = field(&camel(name), value);
                out.insert(name, value);
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}

fn field(name: &str, value: &Value) -> (String, Value) {
    let value = match name {
        "parameters" => return ("parametersJsonSchema".to_owned(), to_json_schema(value)),
        "args" | "response" | "parametersJsonSchema" | "responseJsonSchema" => value.clone(),
        "tools" if value.is_object() => json!([normal(value)]),
        _ => normal(value),
    };
    (name.to_owned(), value)
}

#[test]
fn every_recorded_request_comes_back() {
    for (name, body) in bodies(".request.json") {
        let (written, dropped) = round(&body);
        let mut expected = normal(&body);
        if expected["generationConfig"] == json!({}) {
            expected.as_object_mut().unwrap().shift_remove("generationConfig");
        }
        assert_eq!(normal(&written), expected, "{name}");
        assert_eq!(dropped, Vec::<String>::new(), "{name}");
        assert_eq!(round(&written).0, written, "{name}");
    }
}

/// A number as it is written.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn fields_of_tomorrow_come_back_where_they_stood() {
    let body = json!({
        "contents": [{
            "role": "user",
            "parts": [
                {"text": "a", "partMetadata": {"x": 1}},
                {"inlineData": {"mimeType": "video/mp4", "data": "AA==", "later": 1}, "videoMetadata": {"fps": 1}},
                {"functionResponse": {"id": "1", "name": "f", "response": {"output": "x"}, "scheduling": "SILENT"}},
                {"tomorrow": {"y": [number("1.50")]}},
            ],
        }],
        "generationConfig": {
            "mediaResolution": "LOW",
            "thinkingConfig": {"thinkingBudget": -1, "includeThoughts": true, "depth": 3},
            "responseModalities": ["TEXT", "IMAGE"],
            "temperature": 1.0,
        },
        "tools": [
            {"functionDeclarations": [{"name": "f", "parametersJsonSchema": {}, "behavior": "BLOCKING"}]},
            {"googleSearch": {"timeRangeFilter": {}}},
        ],
        "toolConfig": {
            "functionCallingConfig": {"mode": "VALIDATED", "streamFunctionCallArguments": true},
            "retrievalConfig": {"languageCode": "en"},
        },
        "safetySettings": [{"category": "X", "threshold": "Y"}],
        "cachedContent": "cachedContents/1",
        "serviceTier": "flex",
        "labels": {"a": "b"},
        "store": false,
    });
    let (written, dropped) = round(&body);
    assert_eq!(written, body);
    assert_eq!(dropped, Vec::<String>::new());
    assert!(written.to_string().contains("1.50"));
}

#[test]
fn instructions_in_two_places_are_both_kept() {
    let (written, _) = round(&json!({
        "systemInstruction": "a",
        "contents": [{"role": "system", "parts": [{"text": "b"}]}, {"role": "user", "parts": [{"text": "c"}]}],
    }));
    assert_eq!(
        written["systemInstruction"]["parts"],
        json!([{"text": "a"}, {"text": "b"}])
    );
    assert_eq!(written["contents"].as_array().unwrap().len(), 1);
}
