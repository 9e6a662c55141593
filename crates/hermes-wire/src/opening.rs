use hermes_core::Protocol;
use serde_json::Value;

use crate::remote::ERROR_BODY_LIMIT;
use crate::watch::leading_type;
use crate::{SseDecoder, SseEvent};

/// What the beginning of a stream of events has shown so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing that an answer is made of: comments, pings, and events that only announce one.
    Undecided,
    /// The first part of an answer, or something that is not known and so must not be held back.
    Content,
    /// An error in place of an answer: the data of its event, at most [`ERROR_BODY_LIMIT`] bytes.
    Error(Vec<u8>),
}

/// Tells whether a stream begins with an answer or with an error, however its bytes are cut.
///
/// Announcements are the protocol's own first events. Anything else decides, so that an unknown kind of stream is never held
/// back for long. After a decision it is of no more use.
#[derive(Debug)]
pub struct OpeningWatcher {
    protocol: Protocol,
    decoder: SseDecoder,
}

impl OpeningWatcher {
    /// A watcher for one answer. An event larger than `limit` bytes counts as content.
    pub fn new(protocol: Protocol, limit: usize) -> Self {
        Self {
            protocol,
            decoder: SseDecoder::new(limit),
        }
    }

    /// Looks at the next bytes, up to the event that decides.
    pub fn push(&mut self, bytes: &[u8]) -> Opening {
        let protocol = self.protocol;
        let shown = self.decoder.push(bytes).map(|event| match event {
            Ok(event) => shown(protocol, event),
            Err(_) => Opening::Content,
        });
        let mut deciding = shown.filter(|shown| *shown != Opening::Undecided);
        deciding.next().unwrap_or(Opening::Undecided)
    }

    /// What the stream has shown when it ends here; a last event without its blank line counts.
    pub fn finish(self) -> Opening {
        match self.decoder.finish() {
            Some(Ok(event)) => shown(self.protocol, event),
            Some(Err(_)) => Opening::Content,
            None => Opening::Undecided,
        }
    }
}

fn shown(protocol: Protocol, event: SseEvent) -> Opening {
    let name = match &event.event {
        Some(name) => Some(name.as_str()),
        None => leading_type(event.data.as_bytes()).and_then(|name| std::str::from_utf8(name).ok()),
    };
    match (protocol, name) {
        (_, Some("error")) | (Protocol::Responses, Some("response.failed")) => error(event.data),
        (Protocol::ChatCompletions, _) => chat(event.data),
        (Protocol::Gemini, _) if parsed(&event.data).is_none_or(|data| !has_error(&data)) => Opening::Content,
        (Protocol::Gemini, _) => error(event.data),
        (Protocol::AnthropicMessages, Some(name)) => messages(name, &event.data),
        (Protocol::Responses, Some(name)) => responses(name, &event.data),
        (_, None) if parsed(&event.data).is_some_and(|data| has_error(&data)) => error(event.data),
        (_, None) => Opening::Content,
    }
}

fn error(data: String) -> Opening {
    let mut body = data.into_bytes();
    body.truncate(ERROR_BODY_LIMIT);
    Opening::Error(body)
}

fn parsed(data: &str) -> Option<Value> {
    serde_json::from_str(data).ok()
}

fn has_error(data: &Value) -> bool {
    match data.get("error") {
        Some(Value::String(text)) => !text.is_empty(),
        Some(value) => value.is_object(),
        None => false,
    }
}

/// A block of text or thinking begins empty; any other block already says something when it begins.
fn messages(name: &str, data: &str) -> Opening {
    let announces = match name {
        "ping" | "message_start" => true,
        "content_block_start" => parsed(data).is_some_and(|data| {
            let block = &data["content_block"];
            matches!(block["type"].as_str(), Some("text" | "thinking"))
                && is_blank(&block["text"])
                && is_blank(&block["thinking"])
        }),
        _ => false,
    };
    decide(announces)
}

/// Events of Responses that announce an answer; the ChatGPT back end tells among them how much of a plan is used.
const ANNOUNCING: [&str; 5] = [
    "response.created",
    "response.queued",
    "response.in_progress",
    "keepalive",
    "codex.rate_limits",
];

/// A message and a reasoning item begin empty; a call names its tool when it begins.
fn responses(name: &str, data: &str) -> Opening {
    let announces = match name {
        "response.content_part.added" | "response.reasoning_summary_part.added" => {
            parsed(data).is_some_and(|data| is_blank(&data["part"]["text"]))
        }
        "response.output_item.added" => parsed(data).is_some_and(|data| {
            let item = &data["item"];
            matches!(item["type"].as_str(), Some("message" | "reasoning"))
                && is_blank(&item["content"])
                && is_blank(&item["summary"])
        }),
        _ => ANNOUNCING.contains(&name),
    };
    decide(announces)
}

/// The first chunk often names the role only, or holds no choice at all.
fn chat(data: String) -> Opening {
    let Some(chunk) = parsed(&data) else {
        return Opening::Content;
    };
    let choices = chunk.get("choices").and_then(Value::as_array);
    let choices = choices.map(Vec::as_slice).unwrap_or_default();
    if choices.iter().any(says) {
        return Opening::Content;
    }
    if has_error(&chunk) {
        return error(data);
    }
    let finished = choices.iter().any(|choice| !is_blank(&choice["finish_reason"]));
    decide(chunk.get("choices").is_some() && !finished)
}

fn says(choice: &Value) -> bool {
    let delta = choice["delta"].as_object().into_iter().flatten();
    let mut parts = delta.filter(|(name, _)| *name != "role");
    parts.any(|(_, value)| !is_blank(value)) || !is_blank(&choice["text"])
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn decide(announces: bool) -> Opening {
    if announces {
        Opening::Undecided
    } else {
        Opening::Content
    }
}

#[cfg(test)]
mod tests;
