//! A stream of Responses as events.

use std::sync::Arc;

use hermes_wire::SseEvent;
use serde_json::Value;

use super::assembly::{Assembly, Speech, Track};
use crate::context::Context;
use crate::read::{given, said, text, whole};
use crate::reply::Event;
use crate::translator::ReadStream;

#[derive(Clone)]
pub(crate) struct Reader {
    assembly: Assembly,
}

impl Reader {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self {
            assembly: Assembly::new(context),
        }
    }
}

impl ReadStream for Reader {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn ReadStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>) {
        // `[DONE]`, which OpenRouter sends, and whatever else is no JSON says nothing.
        let Ok(value) = serde_json::from_str::<Value>(&event.data) else {
            return;
        };
        let kind = said(&value, "type")
            .or(event.event.as_deref())
            .unwrap_or_default();
        self.take(kind, &value);
        out.append(&mut self.assembly.out.events);
    }
}

impl Reader {
    fn take(&mut self, kind: &str, value: &Value) {
        let response = value.get("response").unwrap_or(&Value::Null);
        match kind {
            "response.created" | "response.in_progress" | "response.queued" => self.assembly.start(response),
            "response.completed" | "response.done" => self.assembly.conclude(response, "completed"),
            "response.incomplete" => self.assembly.conclude(response, "incomplete"),
            "response.failed" | "response.cancelled" => {
                let error = response.get("error").unwrap_or(&Value::Null);
                self.assembly.start(response);
                self.assembly.usage(response);
                self.assembly.fail(error, response);
            }
            "error" => self.assembly.fail(given(value, "error").unwrap_or(value), value),
            "response.output_item.added" => {
                if let Some(item) = value.get("item") {
                    let index = whole(value, "output_index");
                    self.assembly
                        .added(index.unwrap_or_else(|| self.assembly.next()), item);
                }
            }
            "response.output_item.done" => {
                if let Some(item) = value.get("item") {
                    self.assembly.done(self.index(value), item);
                }
            }
            // An error without a type, as servers in between write it.
            "" if given(value, "error").is_some() => {
                self.assembly.fail(&value["error"], value);
            }
            "" if given(value, "detail").is_some() => {
                self.assembly.fail(&value["detail"], value);
            }
            kind => self.part(kind, value),
        }
    }

    /// The item that an event speaks of.
    fn index(&self, value: &Value) -> u64 {
        whole(value, "output_index").unwrap_or_else(|| self.assembly.newest())
    }

    fn part(&mut self, kind: &str, value: &Value) {
        match kind {
            "response.output_text.delta"
            | "response.output_text.done"
            | "response.output_text.annotation.added"
            | "response.refusal.delta"
            | "response.refusal.done"
            | "response.content_part.done" => self.message(kind, value),
            "response.reasoning_text.delta"
            | "response.reasoning_text.done"
            | "response.reasoning_summary_text.delta"
            | "response.reasoning_summary_text.done"
            | "response.reasoning_summary_part.done" => self.reasoning(kind, value),
            "response.function_call_arguments.delta" => self.arguments(value, "delta", false),
            "response.function_call_arguments.done" => self.arguments(value, "arguments", false),
            "response.custom_tool_call_input.delta" => self.arguments(value, "delta", true),
            "response.custom_tool_call_input.done" => self.arguments(value, "input", true),
            // Steps of hosted tools, whose items are named as left out, and keep-alives.
            _ => {}
        }
    }

    fn message(&mut self, kind: &str, value: &Value) {
        if text(&value["part"], "type") == Some("reasoning_text") {
            return;
        }
        let index = self.index(value);
        let part = whole(value, "content_index").unwrap_or(0);
        let own = |field| text(value, field).unwrap_or_default();
        let Some((message, out)) = self.assembly.message(index) else {
            return;
        };
        match kind {
            "response.output_text.delta" => {
                message.more(part, Speech::Text, own("delta"), out);
                message.likelihoods(part, value, out);
            }
            "response.output_text.done" => message.whole(part, Speech::Text, own("text"), out),
            "response.refusal.delta" => message.more(part, Speech::Refusal, own("delta"), out),
            "response.refusal.done" => message.whole(part, Speech::Refusal, own("refusal"), out),
            "response.output_text.annotation.added" => {
                if let Some(annotation) = given(value, "annotation") {
                    message.source(part, annotation, out);
                }
            }
            _ => {
                if let Some(done) = given(value, "part") {
                    message.part_done(part, done, out);
                }
            }
        }
    }

    fn reasoning(&mut self, kind: &str, value: &Value) {
        let index = self.index(value);
        let (track, field) = if kind.starts_with("response.reasoning_text") {
            (Track::Content, "content_index")
        } else {
            (Track::Summary, "summary_index")
        };
        let part = whole(value, field).unwrap_or(0);
        let Some((reasoning, out)) = self.assembly.reasoning(index) else {
            return;
        };
        if let Some(delta) = text(value, "delta") {
            reasoning.more(track, part, delta, out);
        } else {
            let whole = text(value, "text").or_else(|| text(&value["part"], "text"));
            reasoning.whole(track, part, whole.unwrap_or_default(), out);
        }
    }

    fn arguments(&mut self, value: &Value, field: &str, custom: bool) {
        let index = self.index(value);
        let arguments = text(value, field).unwrap_or_default();
        let Some((call, out)) = self.assembly.call(index, custom) else {
            return;
        };
        if field == "delta" {
            call.more(arguments, out);
        } else {
            call.whole(arguments, out);
        }
    }
}
