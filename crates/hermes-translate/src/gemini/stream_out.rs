//! Gemini's stream: chunks of the same form as a whole answer, without names and without an end of their own.
//!
//! Nothing but `data:` lines may come: the official SDK takes any other line for a broken answer, comments too (google-genai 3.4).

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::{Usage, error_body, write_event};
use serde_json::{Value, json};

use super::compose::{Composer, usage};
use super::reply_out::{id, model};
use crate::context::Context;
use crate::json;
use crate::reply::{Event, Failure, Finish, Head};
use crate::translator::WriteStream;

#[derive(Clone)]
pub(crate) struct Writer {
    context: Arc<Context>,
    composer: Composer,
    /// What a chunk of parts ends with.
    tail: String,
    head: Head,
    usage: Option<Usage>,
}

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            composer: Composer::new(context),
            tail: tail(context, &Head::default()),
            head: Head::default(),
            usage: None,
        }
    }

    /// A chunk of parts: what a stream is made of, so that of its frame no tree is made.
    fn parts(&self, parts: &[Value], out: &mut Vec<u8>) {
        out.extend_from_slice(br#"data: {"candidates":[{"content":{"parts":"#);
        json::write_list(parts, out);
        out.extend_from_slice(br#","role":"model"},"index":0}],"#);
        out.extend_from_slice(self.tail.as_bytes());
        out.extend_from_slice(b"\n\n");
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        let mut parts = Vec::new();
        self.composer.flush(&mut parts);
        // The official SDKs forget an exchange of which a chunk has no part (google-genai 3.4, `chats.py`).
        if parts.is_empty() {
            parts.push(json!({"text": ""}));
        }
        let chunk = json!({
            "candidates": [self.composer.last(parts, finish)],
            "usageMetadata": usage(self.usage),
            "modelVersion": model(&self.context, &self.head),
            "responseId": id(&self.context, &self.head),
        });
        json::write_event(None, &chunk, out);
    }
}

fn tail(context: &Context, head: &Head) -> String {
    let (model, id) = (Value::from(model(context, head)), Value::from(id(context, head)));
    format!(r#""modelVersion":{model},"responseId":{id}}}"#)
}

fn fail(failure: &Failure, out: &mut Vec<u8>) {
    let (status, kind, message) = (failure.status, &failure.kind, &failure.message);
    let body = error_body(Protocol::Gemini, status, kind, message, "", None);
    write_event(out, None, &String::from_utf8_lossy(&body));
}

impl WriteStream for Writer {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn WriteStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Start(head) => {
                self.tail = tail(&self.context, head);
                self.head = head.clone();
            }
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => self.finish(finish, out),
            Event::Error(failure) => fail(failure, out),
            event => {
                let mut parts = Vec::new();
                self.composer.event(event, &mut parts);
                if !parts.is_empty() {
                    self.parts(&parts, out);
                }
            }
        }
    }

    /// An empty line means nothing to anybody.
    fn ping(&mut self, out: &mut Vec<u8>) {
        out.push(b'\n');
    }

    fn dropped(&mut self, path: &str, _out: &mut Vec<u8>) {
        self.composer.note(path);
    }

    /// The vendor's SDK stumbles over comments; to its clients the absent counts say it.
    fn uncounted(&mut self, _out: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests;
