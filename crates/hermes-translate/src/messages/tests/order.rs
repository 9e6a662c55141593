//! The order that the vendor's clients count on, as an automaton over written streams.

use hermes_wire::SseDecoder;
use serde_json::{Map, Value, json};

use crate::read::text;

/// The events of a stream, by name.
pub(super) fn events(stream: &[u8]) -> Vec<(String, Value)> {
    let mut decoder = SseDecoder::default();
    let mut events: Vec<_> = decoder.push(stream).map(Result::unwrap).collect();
    assert_eq!(decoder.finish(), None, "the last event is complete");
    events
        .drain(..)
        .map(|event| {
            let data: Value = serde_json::from_str(&event.data).unwrap();
            let name = event.event.expect("clients drop events without a name");
            assert_eq!(text(&data, "type"), Some(name.as_str()));
            (name, data)
        })
        .collect()
}

/// Checks the order of a stream, and gives the message that its events make up; an error where it ends with one.
pub(crate) fn message(stream: &[u8]) -> Result<Value, Value> {
    let mut message = Value::Null;
    let mut open: Option<(usize, String)> = None;
    let mut stopped = false;
    for (name, data) in events(stream) {
        assert!(!stopped, "nothing follows the end: {name}");
        let index = data["index"]
            .as_u64()
            .map(|index| usize::try_from(index).unwrap());
        match name.as_str() {
            "ping" => {}
            "error" => return Err(data),
            "message_start" => {
                assert_eq!(message, Value::Null, "one beginning");
                message = data["message"].clone();
                assert_eq!(message["content"], json!([]));
            }
            "content_block_start" => {
                assert!(open.is_none(), "one block at a time");
                let content = message["content"].as_array_mut().unwrap();
                assert_eq!(index, Some(content.len()), "numbered without gaps");
                open = Some((content.len(), String::new()));
                content.push(data["content_block"].clone());
            }
            "content_block_delta" => {
                let (place, arguments) = open.as_mut().unwrap();
                assert_eq!(index, Some(*place));
                delta(&mut message["content"][*place], &data["delta"], arguments);
            }
            "content_block_stop" => {
                let (place, arguments) = open.take().unwrap();
                assert_eq!(index, Some(place));
                if !arguments.is_empty() {
                    let input = serde_json::from_str(&arguments);
                    message["content"][place]["input"] = input.unwrap_or(Value::String(arguments));
                }
            }
            "message_delta" => {
                assert!(open.is_none());
                assert!(message["stop_reason"].is_null(), "one end");
                merge(&mut message, &data["delta"]);
                merge(&mut message["usage"], &data["usage"]);
            }
            "message_stop" => {
                assert!(!message["stop_reason"].is_null());
                stopped = true;
            }
            other => panic!("unknown event {other}"),
        }
    }
    assert!(stopped, "the stream ends");
    Ok(message)
}

fn merge(into: &mut Value, from: &Value) {
    for (field, value) in from.as_object().unwrap_or(&Map::new()) {
        into[field] = value.clone();
    }
}

fn delta(block: &mut Value, delta: &Value, arguments: &mut String) {
    let kind = (text(block, "type").unwrap(), text(delta, "type").unwrap());
    match kind {
        ("text", "text_delta") => add(block, "text", &delta["text"]),
        ("text", "citations_delta") => {
            if block.get("citations").is_none() {
                block["citations"] = json!([]);
            }
            block["citations"]
                .as_array_mut()
                .unwrap()
                .push(delta["citation"].clone());
        }
        ("thinking", "thinking_delta") => {
            assert_eq!(block["signature"], "", "the signature comes last");
            add(block, "thinking", &delta["thinking"]);
        }
        ("thinking", "signature_delta") => {
            assert_eq!(block["signature"], "", "one signature");
            block["signature"] = delta["signature"].clone();
        }
        ("tool_use", "input_json_delta") => {
            assert_eq!(block["input"], json!({}));
            arguments.push_str(delta["partial_json"].as_str().unwrap());
        }
        other => panic!("{other:?}"),
    }
}

fn add(block: &mut Value, field: &str, more: &Value) {
    let before = block[field].as_str().unwrap();
    block[field] = format!("{before}{}", more.as_str().unwrap()).into();
}
