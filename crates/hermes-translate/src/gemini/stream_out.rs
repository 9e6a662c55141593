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
use crate::reply::{Event, Failure, Finish, Head};
use crate::translator::WriteStream;

pub(crate) struct Writer {
    context: Arc<Context>,
    composer: Composer,
    head: Head,
    usage: Option<Usage>,
}

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            composer: Composer::new(context),
            head: Head::default(),
            usage: None,
        }
    }

    fn chunk(&self, candidate: Value, out: &mut Vec<u8>, usage: Option<Value>) {
        let mut chunk = json!({"candidates": [candidate]});
        if let Some(usage) = usage {
            chunk["usageMetadata"] = usage;
        }
        chunk["modelVersion"] = model(&self.context, &self.head).into();
        chunk["responseId"] = id(&self.context, &self.head).into();
        write_event(out, None, &chunk.to_string());
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        let mut parts = Vec::new();
        self.composer.flush(&mut parts);
        // The official SDKs forget an exchange of which a chunk has no part (google-genai 3.4, `chats.py`).
        if parts.is_empty() {
            parts.push(json!({"text": ""}));
        }
        let candidate = self.composer.last(parts, finish);
        self.chunk(candidate, out, Some(usage(self.usage)));
    }
}

fn fail(failure: &Failure, out: &mut Vec<u8>) {
    let (status, kind, message) = (failure.status, &failure.kind, &failure.message);
    let body = error_body(Protocol::Gemini, status, kind, message, "", None);
    write_event(out, None, &String::from_utf8_lossy(&body));
}

impl WriteStream for Writer {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Start(head) => self.head = head.clone(),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => self.finish(finish, out),
            Event::Error(failure) => fail(failure, out),
            event => {
                let mut parts = Vec::new();
                self.composer.event(event, &mut parts);
                if !parts.is_empty() {
                    let candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
                    self.chunk(candidate, out, None);
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
}

#[cfg(test)]
mod tests;
