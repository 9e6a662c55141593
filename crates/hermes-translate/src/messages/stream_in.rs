mod open;

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::{SseEvent, usage_of};
use open::Blocks;
use serde_json::{Map, Value};

use super::{failure, reasons, reply_in};
use crate::context::Context;
use crate::read::{given, said, whole};
use crate::reply::{Event, Failure, Head};
use crate::translator::ReadStream;

/// What is said of the end of a message.
const END: [&str; 5] = [
    "stop_reason",
    "stop_sequence",
    "stop_details",
    "container",
    "context_management",
];

/// Reads a stream of Messages.
#[derive(Clone)]
pub(crate) struct Reader {
    blocks: Blocks,
    /// The id of the message that is open.
    started: Option<String>,
    /// Tokens as told so far; later values win.
    usage: Map<String, Value>,
    /// The end as told so far.
    finish: Map<String, Value>,
    ended: bool,
}

impl Reader {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            blocks: Blocks::new(context),
            started: None,
            usage: Map::new(),
            finish: Map::new(),
            ended: false,
        }
    }

    fn read(&mut self, kind: &str, data: &Value, out: &mut Vec<Event>) {
        match kind {
            "message_start" => self.start(data, out),
            "content_block_start" => {
                self.ensure_started(out);
                self.blocks.start(
                    index(data),
                    data.get("content_block").unwrap_or(&Value::Null),
                    out,
                );
            }
            "content_block_delta" => {
                self.ensure_started(out);
                self.blocks
                    .delta(index(data), data.get("delta").unwrap_or(&Value::Null), out);
            }
            "content_block_stop" => self.blocks.stop(index(data), out),
            "message_delta" => {
                self.ensure_started(out);
                self.end_comes(data, out);
            }
            "message_stop" => {
                self.ensure_started(out);
                self.finish(out);
            }
            // Pings, and whatever later versions of the protocol add.
            _ => {}
        }
    }

    fn start(&mut self, data: &Value, out: &mut Vec<Event>) {
        let message = data.get("message").unwrap_or(&Value::Null);
        let head = reply_in::head(message);
        let id = head.id.clone().unwrap_or_default();
        if let Some(before) = &self.started {
            // Some gateways repeat the beginning. Another message in the middle is a second try of somebody between, whose thoughts and
            // calls would be mixed with those of the first (vercel/ai#18331).
            if *before != id && self.blocks.any() {
                self.fail(
                    failure::unreadable("another message begins inside the first"),
                    out,
                );
            }
            return;
        }
        self.started = Some(id);
        out.push(Event::Start(head));
        self.end_comes_from(message);
        self.usage(message, out);
        let content = message.get("content").and_then(Value::as_array);
        for (index, block) in (0_u64..).zip(content.into_iter().flatten()) {
            self.blocks.start(index, block, out);
            self.blocks.stop(index, out);
        }
    }

    fn ensure_started(&mut self, out: &mut Vec<Event>) {
        if self.started.is_none() {
            self.started = Some(String::new());
            out.push(Event::Start(Head::default()));
        }
    }

    fn usage(&mut self, holder: &Value, out: &mut Vec<Event>) {
        let told = given(holder, "usage").and_then(Value::as_object);
        let Some(told) = told else { return };
        let told = told.iter().filter(|(_, value)| !value.is_null());
        self.usage
            .extend(told.map(|(name, value)| (name.clone(), value.clone())));
        let usage = usage_of(Protocol::AnthropicMessages, &self.usage.clone().into());
        out.extend(usage.map(Event::Usage));
    }

    fn end_comes(&mut self, data: &Value, out: &mut Vec<Event>) {
        self.end_comes_from(data);
        self.end_comes_from(data.get("delta").unwrap_or(&Value::Null));
        self.usage(data, out);
    }

    /// Notes what is said of the end; later values win.
    fn end_comes_from(&mut self, holder: &Value) {
        for field in END {
            if let Some(value) = given(holder, field) {
                self.finish.insert(field.to_owned(), value.clone());
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Event>) {
        self.blocks.stop_all(out);
        let told = Value::Object(std::mem::take(&mut self.finish));
        out.extend(reply_in::left_out(&told).into_iter().map(Event::Dropped));
        out.push(Event::Finish(reasons::read(&told, self.blocks.called())));
        self.ended = true;
    }

    /// What is not JSON is a loss where an event of the message should be; words of somebody between are none.
    fn unreadable(&mut self, name: &str, data: &str, out: &mut Vec<Event>) {
        if name == "error" {
            self.fail(failure::told(data), out);
        } else if data.starts_with('{') || name.starts_with("message_") || name.starts_with("content_") {
            self.fail(failure::unreadable("an event of the stream is not JSON"), out);
        }
    }

    fn fail(&mut self, failure: Failure, out: &mut Vec<Event>) {
        out.push(Event::Error(failure));
        self.ended = true;
    }
}

impl ReadStream for Reader {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn ReadStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>) {
        let data = event.data.trim();
        if self.ended || data.is_empty() || data == "[DONE]" {
            return;
        }
        let name = event.event.as_deref().unwrap_or_default();
        let Ok(data) = serde_json::from_str::<Value>(data) else {
            self.unreadable(name, data, out);
            return;
        };
        let failure = match name {
            "error" => failure::read(&data).or_else(|| failure::read(&error(&data))),
            _ => failure::read(&data),
        };
        match failure {
            Some(failure) => self.fail(failure, out),
            None => self.read(said(&data, "type").unwrap_or(name), &data, out),
        }
    }
}

/// The data of an error event that does not say that it is one.
fn error(data: &Value) -> Value {
    serde_json::json!({"type": "error", "error": data})
}

fn index(data: &Value) -> u64 {
    whole(data, "index").unwrap_or(0)
}
