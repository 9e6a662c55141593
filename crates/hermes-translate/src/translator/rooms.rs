//! Which room reads and writes what.

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::SseEvent;
use serde_json::Value;

use crate::context::Context;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::reply::{Event, Failure, Reply};
use crate::target::Target;
use crate::unsupported::Unsupported;
use crate::{chat, gemini, json, messages, responses};

/// Reads an upstream's stream.
pub(crate) trait ReadStream: Send {
    /// Takes an event.
    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>);

    /// The upstream ended: whatever has to be concluded from that, such as an answer that is complete without saying so.
    fn end(&mut self, _out: &mut Vec<Event>) {}

    /// The same reader once more, to try what may come next.
    #[cfg(test)]
    fn copy(&self) -> Box<dyn ReadStream>;
}

/// Writes a client's stream. Events come in order, with one open block at a time.
pub(crate) trait WriteStream: Send {
    /// Writes what an event means.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// Writes something that means nothing, to show that the answer is alive.
    fn ping(&mut self, out: &mut Vec<u8>);

    /// Tells that something was left out when no header can tell of it any more.
    fn dropped(&mut self, path: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(format!(": x-hermes-dropped {path}\n\n").as_bytes());
    }

    /// Tells that the upstream told no counts of tokens.
    fn uncounted(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b": x-hermes-usage missing\n\n");
    }

    /// The same writer once more, to try what may come next.
    #[cfg(test)]
    fn copy(&self) -> Box<dyn WriteStream>;
}

/// Reads a request.
///
/// # Errors
/// What the request asks for cannot be read, or has no place in the common form.
pub(crate) fn read_request(client: Protocol, body: &Value) -> Result<Prompt, Unsupported> {
    match client {
        Protocol::AnthropicMessages => messages::read_request(body),
        Protocol::ChatCompletions => chat::read_request(body),
        Protocol::Responses => responses::read_request(body),
        Protocol::Gemini => gemini::read_request(body),
    }
}

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    match target.protocol {
        Protocol::AnthropicMessages => messages::write_request(prompt, target, names, dropped),
        Protocol::ChatCompletions => chat::write_request(prompt, target, names, dropped),
        Protocol::Responses => responses::write_request(prompt, target, names, dropped),
        Protocol::Gemini => gemini::write_request(prompt, target, names, dropped),
    }
}

pub(super) fn reader(context: &Arc<Context>) -> Box<dyn ReadStream> {
    match context.upstream {
        Protocol::AnthropicMessages => Box::new(messages::Reader::new(context)),
        Protocol::ChatCompletions => Box::new(chat::Reader::new(context)),
        Protocol::Responses => Box::new(responses::Reader::new(context)),
        Protocol::Gemini => Box::new(gemini::Reader::new(context)),
    }
}

pub(crate) fn writer(context: &Arc<Context>) -> Box<dyn WriteStream> {
    match context.client {
        Protocol::AnthropicMessages => Box::new(messages::Writer::new(context)),
        Protocol::ChatCompletions => Box::new(chat::Writer::new(context)),
        Protocol::Responses => Box::new(responses::Writer::new(context)),
        Protocol::Gemini => Box::new(gemini::Writer::new(context)),
    }
}

/// Reads the whole answer of an upstream. A body that holds an error is a failure, whatever its status was.
pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    match context.upstream {
        Protocol::AnthropicMessages => messages::read_reply(context, body),
        Protocol::ChatCompletions => chat::read_reply(context, body),
        Protocol::Responses => responses::read_reply(context, body),
        Protocol::Gemini => gemini::read_reply(context, body),
    }
}

/// Writes a whole answer as JSON.
pub(crate) fn write_reply(context: &Context, reply: Reply) -> Vec<u8> {
    let answer = match context.client {
        Protocol::Responses => return responses::write_reply(context, reply),
        Protocol::AnthropicMessages => messages::write_reply(context, &reply),
        Protocol::ChatCompletions => chat::write_reply(context, &reply),
        Protocol::Gemini => gemini::write_reply(context, &reply),
    };
    drop(reply);
    json::written(&answer)
}
