//! Streams of this protocol, read and written back.

mod made;
mod odd;

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::replies::canonical;
use super::{OWN, cases, context, order};
use crate::messages::{Writer, read_reply, write_reply};
use crate::translator::{Collector, Translator, WriteStream};

const SPLICED: &str = "v-anthropic-spliced-message-start-stream";

/// A stream as a client of this protocol gets it, from bytes that come in these pieces.
fn translated<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut translator = Translator::new(&context(OWN, OWN));
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece);
        while translator.write(&mut out) {}
    }
    translator.finish();
    while translator.write(&mut out) {}
    out
}

/// The message of a recorded stream, put together without the code under test; only the first of several.
fn recorded(stream: &[u8]) -> Value {
    let text = String::from_utf8(stream.to_vec()).unwrap().replace("\r\n", "\n");
    let mut message = Value::Null;
    let mut arguments = std::collections::HashMap::<u64, String>::new();
    for line in text.lines() {
        let Some(data) = line.strip_prefix("data:") else {
            continue;
        };
        let data: Value = serde_json::from_str(data).unwrap();
        let index = data["index"].as_u64().unwrap_or(0);
        let place = usize::try_from(index).unwrap();
        match data["type"].as_str().unwrap() {
            "message_start" if message.is_null() => message = data["message"].clone(),
            "content_block_start" => message["content"]
                .as_array_mut()
                .unwrap()
                .push(data["content_block"].clone()),
            "content_block_delta" => add(
                &mut message["content"][place],
                &data["delta"],
                arguments.entry(index).or_default(),
            ),
            "content_block_stop" => {
                if let Some(arguments) = arguments.get(&index).filter(|text| !text.is_empty()) {
                    message["content"][place]["input"] = serde_json::from_str(arguments).unwrap();
                }
            }
            "message_delta" => {
                put(&mut message, &data["delta"]);
                put(&mut message["usage"], &data["usage"]);
            }
            "message_stop" => return message,
            _ => {}
        }
    }
    panic!("a recording without an end");
}

fn put(into: &mut Value, fields: &Value) {
    for (field, value) in fields.as_object().unwrap() {
        into[field] = value.clone();
    }
}

fn add(block: &mut Value, delta: &Value, arguments: &mut String) {
    let append = |block: &mut Value, field: &str| {
        let before = block[field].as_str().unwrap_or_default().to_owned();
        block[field] = (before + delta[field].as_str().unwrap()).into();
    };
    match delta["type"].as_str().unwrap() {
        "text_delta" => append(block, "text"),
        "thinking_delta" => append(block, "thinking"),
        "signature_delta" => append(block, "signature"),
        "input_json_delta" => arguments.push_str(delta["partial_json"].as_str().unwrap()),
        "citations_delta" => {
            let mut before = block["citations"].as_array().cloned().unwrap_or_default();
            before.push(delta["citation"].clone());
            block["citations"] = before.into();
        }
        _ => {}
    }
}

#[test]
fn recorded_streams_come_back_with_all_that_has_a_place() {
    let mut seen = 0;
    for (name, stream) in cases::streams() {
        if name == SPLICED {
            continue;
        }
        let written = order::message(&translated([&stream[..]])).unwrap();
        assert_eq!(canonical(&written), canonical(&recorded(&stream)), "{name}");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} streams");
}

#[test]
fn recorded_streams_tell_the_same_as_their_whole_answers() {
    let context = context(OWN, OWN);
    for (name, stream) in cases::streams() {
        if name == SPLICED {
            continue;
        }
        let mut collector = Collector::new(&context);
        collector.push(&stream);
        let gathered: Value = serde_json::from_slice(&collector.finish().unwrap().body).unwrap();
        let whole = write_reply(&context, &read_reply(&context, &recorded(&stream)).unwrap());
        assert_eq!(canonical(&gathered), canonical(&whole), "{name}");
        let streamed = order::message(&translated([&stream[..]])).unwrap();
        assert_eq!(canonical(&gathered), canonical(&streamed), "{name}");
    }
}

#[test]
fn whole_answers_written_as_streams_tell_the_same() {
    let context = context(OWN, OWN);
    for case in cases::all() {
        let Ok(reply) = read_reply(&context, &case.answer) else {
            continue;
        };
        let mut out = Vec::new();
        let mut writer = Writer::new(&context);
        for event in reply.events() {
            writer.event(&event, &mut out);
        }
        let mut streamed = order::message(&out).unwrap();
        let whole = write_reply(&context, &reply);
        // Fields that only a whole answer has.
        streamed["usage"] = whole["usage"].clone();
        assert_eq!(streamed, whole, "{}", case.name);
    }
}

#[test]
fn line_ends_comments_and_marks_mean_nothing() {
    for (name, stream) in cases::streams() {
        let text = String::from_utf8(stream).unwrap().replace("\r\n", "\n");
        let expected = translated([text.as_bytes()]);
        let forms = [
            text.replace('\n', "\r\n"),
            text.replace('\n', "\r"),
            format!("\u{feff}{text}"),
            text.replace("event:", ": a comment\nevent:"),
            text.trim_end().to_owned(),
            text.replace("event: message_start\n", "")
                .replace("event: content_block_delta\n", ""),
        ];
        for form in forms {
            assert_eq!(translated([form.as_bytes()]), expected, "{name}");
        }
    }
}

#[test]
fn another_message_inside_the_first_is_an_error() {
    let (_, stream) = cases::streams()
        .into_iter()
        .find(|(name, _)| name == SPLICED)
        .unwrap();
    let out = translated([&stream[..]]);
    assert!(order::message(&out).is_err());
    assert!(!String::from_utf8(out).unwrap().contains("toolu_second"));
}
