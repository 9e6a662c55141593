use std::sync::Arc;

use hermes_wire::Usage;
use serde_json::{Value, json};

use super::{citations, failure, reasons, reply_out, usage_out};
use crate::context::Context;
use crate::json;
use crate::proof::Proof;
use crate::reply::{Block, Event, Finish, Head};
use crate::translator::WriteStream;

/// Writes a stream of Messages.
#[derive(Clone)]
pub(crate) struct Writer {
    context: Arc<Context>,
    state: State,
    usage: Option<Usage>,
    /// The index of the block that is open, or of the next one.
    index: u32,
    open: Open,
    /// What the model said when it declined.
    refusal: String,
}

/// How far the message is.
#[derive(Clone)]
enum State {
    Before,
    /// The beginning is held back until something follows it, since the tokens of the input often come right after it.
    Known(Head),
    Begun,
    Ended,
}

/// The block that is open.
#[derive(Clone)]
enum Open {
    None,
    /// Of text and thoughts nothing is written before there is some.
    Text {
        begun: bool,
    },
    Thinking {
        begun: bool,
        proof: Option<Proof>,
    },
    Call {
        /// Whether its text is no JSON, and goes into an object as it comes.
        free: bool,
    },
    Refusal,
}

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            state: State::Before,
            usage: None,
            index: 0,
            open: Open::None,
            refusal: String::new(),
        }
    }

    /// Writes the beginning of the message, unless it is written.
    fn begin(&mut self, out: &mut Vec<u8>) {
        let head = match std::mem::replace(&mut self.state, State::Begun) {
            State::Before => Head::default(),
            State::Known(head) => head,
            state => {
                self.state = state;
                return;
            }
        };
        let mut message = reply_out::message(&self.context, &head);
        message["usage"] = usage_out::whole(self.usage);
        emit(out, "message_start", json!({"message": message}));
    }

    fn open(&mut self, block: &Block, out: &mut Vec<u8>) {
        self.close(out);
        self.open = match block {
            Block::Text => Open::Text { begun: false },
            Block::Thinking => Open::Thinking {
                begun: false,
                proof: None,
            },
            Block::Refusal => Open::Refusal,
            Block::Call { id, name, custom, .. } => {
                let call = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
                self.block(call, out);
                if *custom {
                    self.more("input_json_delta", "partial_json", "{\"input\":\"", out);
                }
                Open::Call { free: *custom }
            }
        };
    }

    fn block(&self, block: Value, out: &mut Vec<u8>) {
        emit(
            out,
            "content_block_start",
            json!({"index": self.index, "content_block": block}),
        );
    }

    fn delta(&self, delta: Value, out: &mut Vec<u8>) {
        emit(
            out,
            "content_block_delta",
            json!({"index": self.index, "delta": delta}),
        );
    }

    /// A delta of text: the event that a stream is made of, written without a tree of JSON.
    fn more(&self, kind: &str, field: &str, text: &str, out: &mut Vec<u8>) {
        let index = self.index;
        let before = format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"{kind}\",\"{field}\":"
        );
        out.extend_from_slice(before.as_bytes());
        json::write_text(text, out);
        out.extend_from_slice(b"}}\n\n");
    }

    fn stop(&mut self, out: &mut Vec<u8>) {
        emit(out, "content_block_stop", json!({"index": self.index}));
        self.index += 1;
    }

    fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        match &mut self.open {
            Open::None => {}
            Open::Refusal => self.refusal.push_str(text),
            Open::Text { .. } => {
                self.begin_text(out);
                self.more("text_delta", "text", text, out);
            }
            Open::Thinking { .. } if !self.context.wants_thoughts => {}
            Open::Thinking { begun, .. } => {
                if !std::mem::replace(begun, true) {
                    self.block(json!({"type": "thinking", "thinking": "", "signature": ""}), out);
                }
                self.more("thinking_delta", "thinking", text, out);
            }
            Open::Call { free } => {
                let inside = if *free { Some(inside(text)) } else { None };
                let text = inside.as_deref().unwrap_or(text);
                self.more("input_json_delta", "partial_json", text, out);
            }
        }
    }

    fn begin_text(&mut self, out: &mut Vec<u8>) {
        if let Open::Text { begun } = &mut self.open
            && !std::mem::replace(begun, true)
        {
            self.block(json!({"type": "text", "text": ""}), out);
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None | Open::Refusal | Open::Text { begun: false } => {}
            Open::Text { begun: true } => self.stop(out),
            Open::Thinking { begun, proof } => self.end_thoughts(begun, proof.as_ref(), out),
            Open::Call { free } => {
                if free {
                    self.more("input_json_delta", "partial_json", "\"}", out);
                }
                self.stop(out);
            }
        }
    }

    /// The signature comes last. Thoughts without a text were not written yet.
    fn end_thoughts(&mut self, begun: bool, proof: Option<&Proof>, out: &mut Vec<u8>) {
        let mut signature = proof.map(Proof::wrapped);
        if !begun {
            let Some(mut block) = reply_out::thoughts("", proof) else {
                return;
            };
            if block["type"] == "redacted_thinking" {
                signature = None;
            } else {
                block["signature"] = "".into();
            }
            self.block(block, out);
        }
        if let Some(signature) = signature {
            self.delta(json!({"type": "signature_delta", "signature": signature}), out);
        }
        self.stop(out);
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.begin(out);
        self.close(out);
        let finish = reasons::declined(finish, &self.refusal);
        let mut delta = json!({"container": null});
        for (field, value) in reasons::fields(&finish) {
            delta[field] = value;
        }
        let usage = usage_out::end(self.usage);
        emit(out, "message_delta", json!({"delta": delta, "usage": usage}));
        emit(out, "message_stop", json!({}));
        self.state = State::Ended;
    }
}

impl WriteStream for Writer {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn WriteStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        if matches!(self.state, State::Ended) {
            return;
        }
        match event {
            Event::Start(head) => {
                if matches!(self.state, State::Before) {
                    self.state = State::Known(head.clone());
                }
            }
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Dropped(_) => {}
            Event::Open { block, .. } => {
                self.begin(out);
                self.open(block, out);
            }
            Event::Text { text, .. } => self.text(text, out),
            Event::Proof { proof: new, .. } => {
                if let Open::Thinking { proof, .. } = &mut self.open {
                    *proof = Some(new.clone());
                }
            }
            Event::Citation { citation, .. } => {
                if let Open::Text { .. } = self.open {
                    self.begin_text(out);
                    let citation = citations::write(citation);
                    self.delta(json!({"type": "citations_delta", "citation": citation}), out);
                }
            }
            Event::Close { .. } => self.close(out),
            Event::Finish(finish) => self.finish(finish, out),
            Event::Error(failure) => {
                json::write_event(Some("error"), &failure::write(failure), out);
                self.state = State::Ended;
            }
        }
    }

    fn ping(&mut self, out: &mut Vec<u8>) {
        // Clients count on the message to begin before anything else.
        if matches!(self.state, State::Known(_)) {
            self.begin(out);
        }
        emit(out, "ping", json!({}));
    }
}

/// Writes an event whose name also stands in its data, first.
fn emit(out: &mut Vec<u8>, name: &str, fields: Value) {
    let mut data = json!({"type": name});
    if let (Value::Object(fields), Some(data)) = (fields, data.as_object_mut()) {
        data.extend(fields);
    }
    json::write_event(Some(name), &data, out);
}

/// A text as it stands inside a JSON text.
fn inside(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}
