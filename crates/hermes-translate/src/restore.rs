//! Calls of tools as the client knows them: names, namespaces, ids, and free text that travelled as JSON.
//!
//! Streams of Chat Completions know calls of functions only: the official type of their pieces has no other, and SDKs stumble over one.
//! So free text goes as that to clients that offered a tool for it, and as a function's arguments to others.

use std::collections::HashMap;

use hermes_core::Protocol;
use serde_json::Value;

use crate::context::Context;
use crate::reply::{Block, Event, Head};

/// Longest id or name of a model that an answer has, bytes.
const NAME_LIMIT: usize = 1024;

/// Gives calls back the names that their client gave the tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Restore {
    calls: u32,
    /// Calls of free-form tools that travel as JSON, with their arguments so far.
    wrapped: HashMap<u32, String>,
    /// Calls with free text whose client knows no such tool, with their text so far.
    unasked: HashMap<u32, String>,
}

impl Restore {
    /// Passes an event on as the client knows it.
    pub(crate) fn push(&mut self, context: &Context, event: Event, out: &mut Vec<Event>) {
        match event {
            Event::Start(head) => out.push(Event::Start(Head {
                id: short(head.id),
                model: short(head.model),
                created: head.created,
            })),
            Event::Open { key, block } => {
                let block = self.open(context, key, block);
                out.push(Event::Open { key, block });
            }
            Event::Text { key, text } => {
                let held = self.wrapped.get_mut(&key).or_else(|| self.unasked.get_mut(&key));
                match held {
                    Some(held) => held.push_str(&text),
                    None => out.push(Event::Text { key, text }),
                }
            }
            Event::Close { key } => {
                let wrapped = self.wrapped.remove(&key).map(|text| free_text(&text));
                let unasked = self.unasked.remove(&key);
                let unasked = unasked.map(|input| serde_json::json!({ "input": input }).to_string());
                if let Some(text) = wrapped.or(unasked) {
                    out.push(Event::Text { key, text });
                }
                out.push(Event::Close { key });
            }
            other => out.push(other),
        }
    }

    /// A call under the name that its client knows, with an id in any case.
    fn open(&mut self, context: &Context, key: u32, block: Block) -> Block {
        let Block::Call {
            id,
            name,
            custom,
            namespace,
        } = block
        else {
            return block;
        };
        let original = context.names.original(&name);
        self.calls += 1;
        if original.custom && !custom {
            self.wrapped.insert(key, String::new());
        }
        let unasked = custom && !original.custom && context.client == Protocol::ChatCompletions;
        if unasked {
            self.unasked.insert(key, String::new());
        }
        Block::Call {
            id: if id.is_empty() {
                context.id("call_", self.calls)
            } else {
                id
            },
            name: original.name,
            custom: (custom && !unasked) || original.custom,
            namespace: namespace.or(original.namespace),
        }
    }
}

/// A name that may stand in each event of a stream; a longer one is none.
fn short(name: Option<String>) -> Option<String> {
    name.filter(|name| name.len() <= NAME_LIMIT)
}

/// The `input` of arguments that were made for a free-form tool; all of it where the model did not keep to that.
fn free_text(arguments: &str) -> String {
    let value: Option<Value> = crate::json::parse(arguments.as_bytes()).ok();
    let input = value.as_ref().and_then(|value| value.get("input")?.as_str());
    input.unwrap_or(arguments).to_owned()
}

#[cfg(test)]
mod tests;
