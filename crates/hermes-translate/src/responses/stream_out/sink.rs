//! Events as they are written, each with its number.
//!
//! What can be large is written without a tree of it, since a stream of Responses says each text five times.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::json;

/// Writes events with their numbers.
pub(super) struct Sink<'a> {
    sequence: &'a mut u64,
    out: &'a mut Vec<u8>,
}

/// Where a delta belongs.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) item: &'a str,
    pub(super) index: usize,
    /// The field of the part's number, and that number.
    pub(super) part: Option<(&'static str, usize)>,
}

impl Place<'_> {
    /// The place for the fields of an event.
    pub(super) fn value(&self) -> Value {
        let mut place = json!({"item_id": self.item, "output_index": self.index});
        if let Some((field, part)) = self.part {
            place[field] = part.into();
        }
        place
    }
}

impl<'a> Sink<'a> {
    pub(super) fn new(sequence: &'a mut u64, out: &'a mut Vec<u8>) -> Self {
        Self { sequence, out }
    }

    /// Writes an event; `fields` is an object.
    pub(super) fn emit(&mut self, kind: &str, fields: Value) {
        self.begin(kind);
        for (name, value) in fields.as_object().into_iter().flatten() {
            self.field(name, |out| json::write_value(value, out));
        }
        self.end();
    }

    /// Writes an event about a place whose last field is `name`: a text.
    pub(super) fn text(&mut self, kind: &str, place: &Place<'_>, name: &str, text: &str, logprobs: bool) {
        self.begin(kind);
        self.place(place);
        self.field(name, |out| json::write_text(text, out));
        if logprobs {
            self.out.extend_from_slice(b",\"logprobs\":[]");
        }
        self.end();
    }

    /// Writes that the arguments of a call are complete.
    pub(super) fn arguments(&mut self, place: &Place<'_>, name: &str, arguments: &str) {
        self.begin("response.function_call_arguments.done");
        self.place(place);
        self.field("name", |out| json::write_text(name, out));
        self.field("arguments", |out| json::write_text(arguments, out));
        self.end();
    }

    /// Writes an event about a part, which is given as JSON.
    pub(super) fn part(&mut self, kind: &str, place: &Place<'_>, part: &[u8]) {
        self.begin(kind);
        self.place(place);
        self.field("part", |out| append(part, out));
        self.end();
    }

    /// Writes that an item has ended, which is given as JSON.
    pub(super) fn item(&mut self, index: usize, item: &[u8]) {
        self.begin("response.output_item.done");
        self.field("output_index", |out| {
            out.extend_from_slice(index.to_string().as_bytes());
        });
        self.field("item", |out| append(item, out));
        self.end();
    }

    /// Writes an event with the answer, whose items are given as JSON with commas between them. Says where the answer stands.
    pub(super) fn answer(&mut self, kind: &str, answer: &Map<String, Value>, items: &[u8]) -> Range<usize> {
        self.begin(kind);
        let mut range = 0..0;
        self.field("response", |out| {
            range.start = out.len();
            response(answer, items, out);
            range.end = out.len();
        });
        self.end();
        range
    }

    fn begin(&mut self, kind: &str) {
        let number = *self.sequence;
        *self.sequence += 1;
        let before = format!("event: {kind}\ndata: {{\"type\":\"{kind}\",\"sequence_number\":{number}");
        self.out.extend_from_slice(before.as_bytes());
    }

    fn place(&mut self, place: &Place<'_>) {
        self.field("item_id", |out| json::write_text(place.item, out));
        let after = match place.part {
            Some((field, part)) => format!(",\"output_index\":{},\"{field}\":{part}", place.index),
            None => format!(",\"output_index\":{}", place.index),
        };
        self.out.extend_from_slice(after.as_bytes());
    }

    /// A field whose name needs no escapes.
    fn field(&mut self, name: &str, value: impl FnOnce(&mut Vec<u8>)) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value(self.out);
    }

    /// JSON has no line ends of its own, so an event is one line of data.
    fn end(&mut self) {
        self.out.extend_from_slice(b"}\n\n");
    }
}

fn response(answer: &Map<String, Value>, items: &[u8], out: &mut Vec<u8>) {
    out.push(b'{');
    for (number, (name, value)) in answer.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        json::write_text(name, out);
        out.push(b':');
        if name == "output" {
            out.push(b'[');
            append(items, out);
            out.push(b']');
        } else {
            json::write_value(value, out);
        }
    }
    out.push(b'}');
}

/// Appends JSON that may be large, and then with little room beyond it.
fn append(json: &[u8], out: &mut Vec<u8>) {
    if json.len() > json::LONG {
        out.reserve_exact(json.len() + json::LONG);
    }
    out.extend_from_slice(json);
}
