//! The stream of a client of Responses.
//!
//! Blocks of text and refusal that follow each other are parts of one message; thoughts and calls are items of their own.

mod annotation;
mod item;
mod response;

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::Usage;
use serde_json::{Value, json};

use self::item::{Call, Message, Open, Thoughts};
use crate::context::Context;
use crate::json;
use crate::reply::{Block, Event, Failure, Finish, Head, Reason};
use crate::translator::WriteStream;

#[derive(Clone)]
pub(crate) struct Writer {
    context: Arc<Context>,
    answer: Answer,
}

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            answer: Answer::default(),
        }
    }
}

impl WriteStream for Writer {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn WriteStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        self.answer.event(&self.context, event, out);
    }

    fn ping(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b": ping\n\n");
    }
}

/// An answer on its way to the client.
#[derive(Clone, Default)]
pub(super) struct Answer {
    head: Option<Head>,
    output: Vec<Value>,
    open: Option<Open>,
    usage: Option<Usage>,
    refused: bool,
    called: bool,
    sequence: u64,
    last: Option<Value>,
}

/// Writes events with their numbers.
pub(super) struct Sink<'a> {
    sequence: &'a mut u64,
    out: &'a mut Vec<u8>,
}

impl Sink<'_> {
    /// Writes an event; `fields` is an object.
    pub(super) fn emit(&mut self, kind: &str, fields: Value) {
        let mut event = json!({"type": kind, "sequence_number": *self.sequence});
        if let (Some(event), Value::Object(fields)) = (event.as_object_mut(), fields) {
            event.extend(fields);
        }
        self.write(kind, &event);
    }

    /// Writes an event that holds the answer, and gives that back: it may be large, so it is not copied.
    pub(super) fn emit_answer(&mut self, kind: &str, answer: Value) -> Value {
        let mut event = json!({"type": kind, "sequence_number": *self.sequence});
        event["response"] = answer;
        self.write(kind, &event);
        event["response"].take()
    }

    /// JSON has no line ends of its own, so it goes out as one line of data, without a text of it in between.
    fn write(&mut self, kind: &str, event: &Value) {
        *self.sequence += 1;
        self.out
            .extend_from_slice(format!("event: {kind}\ndata: ").as_bytes());
        // Writing a tree into memory cannot fail.
        let _ = serde_json::to_writer(&mut *self.out, event);
        self.out.extend_from_slice(b"\n\n");
    }
}

impl Sink<'_> {
    /// Writes a delta of text: the event that a stream is made of, written without a tree of JSON.
    pub(super) fn delta(&mut self, kind: &str, place: &Place<'_>, text: &str, logprobs: bool) {
        let number = *self.sequence;
        let before =
            format!("event: {kind}\ndata: {{\"type\":\"{kind}\",\"sequence_number\":{number},\"item_id\":");
        *self.sequence += 1;
        self.out.extend_from_slice(before.as_bytes());
        json::write_text(place.item, self.out);
        let between = match place.part {
            Some((field, part)) => format!(",\"output_index\":{},\"{field}\":{part},\"delta\":", place.index),
            None => format!(",\"output_index\":{},\"delta\":", place.index),
        };
        self.out.extend_from_slice(between.as_bytes());
        json::write_text(text, self.out);
        let after = if logprobs {
            ",\"logprobs\":[]}\n\n"
        } else {
            "}\n\n"
        };
        self.out.extend_from_slice(after.as_bytes());
    }
}

/// Where a delta belongs.
pub(super) struct Place<'a> {
    pub(super) item: &'a str,
    pub(super) index: usize,
    /// The field of the part's number, and that number.
    pub(super) part: Option<(&'static str, usize)>,
}

impl Answer {
    /// The answer that the stream ended with.
    pub(super) fn last(self) -> Option<Value> {
        self.last
    }

    pub(super) fn event(&mut self, context: &Context, event: &Event, out: &mut Vec<u8>) {
        if self.last.is_some() {
            return;
        }
        match event {
            Event::Start(head) => self.start(context, head, out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Dropped(_) => {}
            event => {
                self.start(context, &Head::default(), out);
                self.inside(context, event, out);
            }
        }
    }

    fn start(&mut self, context: &Context, head: &Head, out: &mut Vec<u8>) {
        if self.head.is_some() {
            return;
        }
        self.head = Some(head.clone());
        let response = self.response(context, "in_progress");
        let mut sink = sink(&mut self.sequence, out);
        let response = sink.emit_answer("response.created", response);
        sink.emit_answer("response.in_progress", response);
    }

    fn inside(&mut self, context: &Context, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Open { block, .. } => self.open(context, block, out),
            Event::Finish(finish) => self.finish(context, finish, out),
            Event::Error(failure) => self.fail(context, failure, out),
            event => {
                let Some(open) = &mut self.open else {
                    return;
                };
                let mut sink = sink(&mut self.sequence, out);
                match event {
                    Event::Text { text, .. } => open.text(context, text, &mut sink),
                    Event::Proof { proof, .. } => open.proof(proof),
                    Event::Citation { citation, .. } => open.citation(context, citation),
                    Event::Close { .. } => {
                        if let Some(item) = open.close(&mut sink) {
                            self.output.push(item);
                            self.open = None;
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn open(&mut self, context: &Context, block: &Block, out: &mut Vec<u8>) {
        self.refused |= *block == Block::Refusal;
        self.called |= matches!(block, Block::Call { .. });
        if let (Block::Text | Block::Refusal, Some(Open::Message(message))) = (block, &mut self.open) {
            message.part(*block == Block::Refusal, &mut sink(&mut self.sequence, out));
            return;
        }
        self.end_item("completed", out);
        let index = self.output.len();
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let mut sink = sink(&mut self.sequence, out);
        self.open = Some(match block {
            Block::Text | Block::Refusal => {
                let mut message = Message::new(context.id("msg_", number), index, &mut sink);
                message.part(*block == Block::Refusal, &mut sink);
                Open::Message(message)
            }
            Block::Thinking => Open::Thoughts(Thoughts::new(context.id("rs_", number), index, &mut sink)),
            Block::Call {
                id,
                name,
                custom,
                namespace,
            } => {
                let prefix = if *custom { "ctc_" } else { "fc_" };
                let head = json!({"id": context.id(prefix, number), "call_id": id, "name": name});
                Open::Call(Call::new(head, namespace.as_deref(), *custom, index, &mut sink))
            }
        });
    }

    /// Ends the item that is open.
    fn end_item(&mut self, status: &str, out: &mut Vec<u8>) {
        if let Some(open) = self.open.take() {
            let item = open.end(status, &mut sink(&mut self.sequence, out));
            self.output.push(item);
        }
    }

    fn finish(&mut self, context: &Context, finish: &Finish, out: &mut Vec<u8>) {
        if finish.reason == Reason::Refusal
            && !self.refused
            && let Some(explanation) = &finish.explanation
        {
            self.open(context, &Block::Refusal, out);
            if let Some(open) = &mut self.open {
                open.text(context, explanation, &mut sink(&mut self.sequence, out));
            }
        }
        let cut = match finish.reason {
            Reason::MaxTokens | Reason::ContextFull => Some("max_output_tokens"),
            // Complete with calls of tools, it would be one that waits for them.
            Reason::Refusal if !self.refused || self.called => Some("content_filter"),
            _ => None,
        };
        let status = if cut.is_some() { "incomplete" } else { "completed" };
        self.end_item(status, out);
        let mut response = self.response(context, status);
        if let Some(reason) = cut {
            response["incomplete_details"] = json!({"reason": reason});
        }
        let mut sink = sink(&mut self.sequence, out);
        self.last = Some(sink.emit_answer(&format!("response.{status}"), response));
    }

    /// The SDK looks at the nested object, others at the flat fields; all of them know the event after it.
    fn fail(&mut self, context: &Context, failure: &Failure, out: &mut Vec<u8>) {
        let mut response = self.response(context, "failed");
        response["error"] = json!({"code": response::code(failure), "message": failure.message});
        let kind = hermes_wire::error_type(Protocol::Responses, failure.status);
        let mut sink = sink(&mut self.sequence, out);
        sink.emit(
            "error",
            json!({
                "code": failure.kind,
                "message": failure.message,
                "param": null,
                "error": {"type": kind, "code": failure.kind, "message": failure.message, "param": null},
            }),
        );
        self.last = Some(sink.emit_answer("response.failed", response));
    }

    fn response(&self, context: &Context, status: &str) -> Value {
        response::response(
            context,
            &self.head.clone().unwrap_or_default(),
            status,
            &self.output,
            self.usage,
        )
    }
}

fn sink<'a>(sequence: &'a mut u64, out: &'a mut Vec<u8>) -> Sink<'a> {
    Sink { sequence, out }
}

#[cfg(test)]
mod tests;
