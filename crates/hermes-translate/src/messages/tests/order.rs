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
    let mut made = Made::default();
    for (name, data) in events(stream) {
        assert!(!made.stopped, "nothing follows the end: {name}");
        if name == "error" {
            return Err(data);
        }
        made.take(&name, &data);
    }
    assert!(made.stopped, "the stream ends");
    Ok(made.message)
}

/// A message as its events make it.
#[derive(Default)]
struct Made {
    message: Value,
    /// The place of the open block, and its arguments so far.
    open: Option<(usize, String)>,
    stopped: bool,
}

impl Made {
    fn take(&mut self, name: &str, data: &Value) {
        match name {
            "ping" => {}
            "message_start" => {
                assert_eq!(self.message, Value::Null, "one beginning");
                self.message = data["message"].clone();
                assert_eq!(self.message["content"], json!([]));
            }
            "message_delta" => {
                assert!(self.open.is_none());
                assert!(self.message["stop_reason"].is_null(), "one end");
                merge(&mut self.message, &data["delta"]);
                merge(&mut self.message["usage"], &data["usage"]);
            }
            "message_stop" => {
                assert!(!self.message["stop_reason"].is_null());
                self.stopped = true;
            }
            name => self.block(name, data),
        }
    }

    fn block(&mut self, name: &str, data: &Value) {
        let index = usize::try_from(data["index"].as_u64().unwrap()).unwrap();
        let content = &mut self.message["content"];
        match name {
            "content_block_start" => {
                assert!(self.open.is_none(), "one block at a time");
                let content = content.as_array_mut().unwrap();
                assert_eq!(index, content.len(), "numbered without gaps");
                self.open = Some((index, String::new()));
                content.push(data["content_block"].clone());
            }
            "content_block_delta" => {
                let (place, arguments) = self.open.as_mut().unwrap();
                assert_eq!(index, *place);
                delta(&mut content[index], &data["delta"], arguments);
            }
            "content_block_stop" => {
                let (place, arguments) = self.open.take().unwrap();
                assert_eq!(index, place);
                if !arguments.is_empty() {
                    let input = serde_json::from_str(&arguments);
                    content[index]["input"] = input.unwrap_or(Value::String(arguments));
                }
            }
            other => panic!("unknown event {other}"),
        }
    }
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
