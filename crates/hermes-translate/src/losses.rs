//! What an answer says that its client's protocol has no place for.

use hermes_core::Protocol;

use crate::context::Context;
use crate::reply::{Block, Citation, Event, Finish, Reason};

/// Names what is lost of an event. It goes before the event, since nothing follows the end of an answer.
pub(crate) fn note(context: &Context, event: &Event, out: &mut Vec<Event>) {
    let client = context.client;
    if client == context.upstream {
        return;
    }
    match event {
        Event::Open { block, .. } => out.extend(of_call(client, block)),
        Event::Citation { citation, .. } => of_source(client, citation, out),
        Event::Finish(finish) => out.extend(of_end(client, finish)),
        _ => {}
    }
}

fn lost(what: &str) -> Event {
    Event::Dropped(what.to_owned())
}

fn of_call(client: Protocol, block: &Block) -> Option<Event> {
    let namespace = match block {
        Block::Call { namespace, .. } => namespace.as_ref(),
        _ => None,
    };
    (namespace.is_some() && client != Protocol::Responses).then(|| lost("namespace"))
}

fn of_source(client: Protocol, citation: &Citation, out: &mut Vec<Event>) {
    match client {
        // Their sources are of their own kinds, or pages. In Chat Completions others stand beside the official fields, where few look.
        Protocol::Responses | Protocol::ChatCompletions if citation.url.is_none() => {
            out.push(lost("citations"));
        }
        Protocol::Responses if citation.quote.is_some() => out.push(lost("citations.quote")),
        Protocol::Gemini if citation.url.is_some() && citation.quote.is_some() => {
            out.push(lost("citations.quote"));
        }
        // A page is for all of its text.
        Protocol::AnthropicMessages if citation.url.is_some() && citation.range.is_some() => {
            out.push(lost("citations.range"));
        }
        _ => {}
    }
}

fn of_end(client: Protocol, finish: &Finish) -> Option<Event> {
    match client {
        // Where vLLM tells it in Chat Completions, the official SDKs lose it when they put a stream together.
        Protocol::Responses | Protocol::ChatCompletions if finish.stop_sequence.is_some() => {
            Some(lost("stop_sequence"))
        }
        Protocol::ChatCompletions | Protocol::Responses if finish.reason == Reason::Pause => {
            Some(lost("stop_reason"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
