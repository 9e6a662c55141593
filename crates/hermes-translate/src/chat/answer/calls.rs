//! Calls of tools, in fragments that may alternate.

use serde_json::Value;

use crate::chat::details;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::read;
use crate::reply::{Block, Event};

/// The number of a call in the form that OpenAI gave up, which has none.
const OLD: u64 = u64::MAX;

/// A call, as far as it is known.
#[derive(Clone, Default)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    custom: bool,
    /// Arguments that came before the block could be opened.
    held: String,
    /// Gemini's signature, which goes before the call.
    signature: Option<String>,
    key: Option<u32>,
    closed: bool,
}

/// All calls of an answer.
#[derive(Clone, Default)]
pub(super) struct Calls {
    list: Vec<Call>,
}

/// Whether a call in the old form is more than a placeholder.
pub(super) fn is_call(call: &Value) -> bool {
    read::said(call, "name").is_some() || read::said(call, "arguments").is_some()
}

impl Calls {
    /// Whether there is any call that can be told of.
    pub(super) fn any(&self) -> bool {
        self.list.iter().any(|call| call.key.is_some())
    }

    /// Takes a fragment.
    pub(super) fn take(&mut self, value: &Value, keys: &mut u32, issuer: &Issuer, out: &mut Vec<Event>) {
        let function = value.get("function");
        let named = function.is_some_and(|inner| read::said(inner, "name").is_some());
        let is_custom = read::text(value, "type") == Some("custom");
        // Some upstreams send an empty object of each kind.
        let custom = value.get("custom").filter(|inner| {
            is_custom
                || (!named && (read::said(inner, "name").is_some() || read::said(inner, "input").is_some()))
        });
        let inner = custom.or(function).unwrap_or(value);
        let id = read::text(value, "id").unwrap_or_default();
        let name = read::text(inner, "name").unwrap_or_default();
        let place = self.place(read::whole(value, "index"), id, name);
        let call = &mut self.list[place];
        call.custom |= custom.is_some();
        if call.id.is_empty() {
            id.clone_into(&mut call.id);
        }
        if call.signature.is_none() {
            call.signature = details::thought_signature(value).map(str::to_owned);
        }
        let field = if custom.is_some() { "input" } else { "arguments" };
        call.add(name, inner.get(field), keys, issuer, out);
    }

    /// Takes a fragment of the call in the old form.
    pub(super) fn take_old(&mut self, value: &Value, keys: &mut u32, issuer: &Issuer, out: &mut Vec<Event>) {
        let place = self.place(Some(OLD), "", "");
        let name = read::text(value, "name").unwrap_or_default();
        self.list[place].add(name, value.get("arguments"), keys, issuer, out);
    }

    /// The call that a fragment belongs to. Without a number an id or a name begins a call; a number that comes again with another id
    /// does too, since some upstreams give all calls the same one.
    fn place(&mut self, index: Option<u64>, id: &str, name: &str) -> usize {
        let same_id = |call: &Call| id.is_empty() || call.id.is_empty() || call.id == id;
        let found = match index {
            Some(_) => {
                let found = self.list.iter().rposition(|call| call.index == index);
                found.filter(|place| same_id(&self.list[*place]) || name.is_empty())
            }
            None if !id.is_empty() => self.list.iter().rposition(|call| call.id == id),
            None if !name.is_empty() => None,
            None => self.list.len().checked_sub(1),
        };
        found.unwrap_or_else(|| {
            self.list.push(Call {
                index,
                ..Call::default()
            });
            self.list.len() - 1
        })
    }

    /// Opens what still waits, and closes all.
    pub(super) fn finish(&mut self, keys: &mut u32, issuer: &Issuer, out: &mut Vec<Event>) {
        for call in &mut self.list {
            call.open(keys, issuer, out);
            if let Some(key) = call.key.filter(|_| !call.closed) {
                call.closed = true;
                out.push(Event::Close { key });
            }
        }
    }

    /// Where calls stood that never got a name.
    pub(super) fn nameless(&self) -> Vec<String> {
        let calls = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, call)| call.key.is_none());
        calls
            .map(|(number, _)| format!("choices[0].message.tool_calls[{number}]"))
            .collect()
    }
}

impl Call {
    fn add(
        &mut self,
        name: &str,
        arguments: Option<&Value>,
        keys: &mut u32,
        issuer: &Issuer,
        out: &mut Vec<Event>,
    ) {
        if self.key.is_none() && self.name != name {
            self.name.push_str(name);
        }
        let arguments = match arguments {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        match self.key {
            Some(key) if !arguments.is_empty() => out.push(Event::Text { key, text: arguments }),
            Some(_) => {}
            None => {
                self.held.push_str(&arguments);
                // An id may still come as long as no arguments have.
                if !self.id.is_empty() || !self.held.is_empty() {
                    self.open(keys, issuer, out);
                }
            }
        }
    }

    fn open(&mut self, keys: &mut u32, issuer: &Issuer, out: &mut Vec<Event>) {
        if self.key.is_some() || self.name.is_empty() {
            return;
        }
        let mut next = || {
            let key = *keys;
            *keys += 1;
            key
        };
        if let Some(data) = self.signature.take() {
            let key = next();
            let proof = Proof::minted(issuer, ProofKind::Thought, data);
            let block = Block::Thinking;
            out.push(Event::Open { key, block });
            out.push(Event::Proof { key, proof });
            out.push(Event::Close { key });
        }
        let key = next();
        self.key = Some(key);
        let block = Block::Call {
            id: self.id.clone(),
            name: self.name.clone(),
            custom: self.custom,
            namespace: None,
        };
        out.push(Event::Open { key, block });
        let text = std::mem::take(&mut self.held);
        if !text.is_empty() {
            out.push(Event::Text { key, text });
        }
    }
}
