//! An upstream's stream.

use std::sync::Arc;

use hermes_wire::SseEvent;
use serde_json::Value;

use super::answer::{Answer, cut_or_garbled, failure_of};
use crate::context::Context;
use crate::reply::Event;
use crate::translator::ReadStream;

/// Reads the chunks of a stream. The answer is over at `[DONE]`, or where the stream ends after a reason: usage comes after the reason.
#[derive(Clone)]
pub(crate) struct Reader {
    answer: Answer,
}

impl Reader {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            answer: Answer::new(&context.issuer),
        }
    }
}

impl ReadStream for Reader {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn ReadStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>) {
        let data = event.data.trim();
        if self.answer.ended() || data.is_empty() {
            return;
        }
        if data == "[DONE]" {
            return self.answer.done(out);
        }
        match serde_json::from_str::<Value>(data) {
            Ok(mut chunk) => {
                let named = event.event.as_deref() == Some("error");
                if named && failure_of(&chunk).is_none() {
                    chunk = serde_json::json!({ "error": chunk });
                }
                self.answer.chunk(&chunk, out);
            }
            // Nothing but usage comes after the reason; it is no loss.
            Err(_) if self.answer.has_reason() => {}
            Err(error) => self.answer.fail(cut_or_garbled(&error), out),
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        if self.answer.has_reason() {
            self.answer.done(out);
        }
    }
}

#[cfg(test)]
mod tests;
