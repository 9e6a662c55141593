//! The stream of a client of Responses.
//!
//! Blocks of text and refusal that follow each other are parts of one message; thoughts and calls are items of their own.

mod annotation;
mod item;
mod response;
mod sink;

use std::ops::Range;
use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::Usage;
use serde_json::{Map, Value, json};

use self::item::{Call, Message, Open, Thoughts};
use self::sink::Sink;
use crate::context::Context;
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
    /// The items that have ended, as JSON with commas between them: each is said again at the end, so none is kept as a tree.
    output: Vec<u8>,
    items: usize,
    open: Option<Open>,
    usage: Option<Usage>,
    refused: bool,
    called: bool,
    sequence: u64,
    /// Where the answer that the stream ended with stands in what was written with it.
    last: Option<Range<usize>>,
}

impl Answer {
    /// Where the answer that the stream ended with stands in what was written with it.
    pub(super) fn last(&self) -> Option<Range<usize>> {
        self.last.clone()
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
        for kind in ["response.created", "response.in_progress"] {
            sink(&mut self.sequence, out).answer(kind, &response, &self.output);
        }
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
                    Event::Close { .. } if open.close(&mut sink) => self.end_item("completed", out),
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
        let index = self.items;
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
            if self.items == 0 {
                self.output = item;
            } else {
                self.output.push(b',');
                self.output.extend_from_slice(&item);
            }
            self.items += 1;
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
            response.insert("incomplete_details".to_owned(), json!({"reason": reason}));
        }
        let kind = format!("response.{status}");
        self.last = Some(sink(&mut self.sequence, out).answer(&kind, &response, &self.output));
    }

    /// The SDK looks at the nested object, others at the flat fields; all of them know the event after it.
    fn fail(&mut self, context: &Context, failure: &Failure, out: &mut Vec<u8>) {
        let mut response = self.response(context, "failed");
        let error = json!({"code": response::code(failure), "message": failure.message});
        response.insert("error".to_owned(), error);
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
        self.last = Some(sink.answer("response.failed", &response, &self.output));
    }

    /// The answer without its items.
    fn response(&self, context: &Context, status: &str) -> Map<String, Value> {
        let head = self.head.clone().unwrap_or_default();
        response::response(context, &head, status, self.usage)
    }
}

fn sink<'a>(sequence: &'a mut u64, out: &'a mut Vec<u8>) -> Sink<'a> {
    Sink::new(sequence, out)
}

#[cfg(test)]
mod tests;
