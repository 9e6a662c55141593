//! A client's whole answer.

use serde_json::{Map, Value};

use super::details;
use super::pieces::{self, Source};
use crate::context::Context;
use crate::proof::{Proof, ProofKind};
use crate::reply::{Block, Reason, Reply, Whole};

/// Writes a whole answer.
pub(crate) fn write_reply(context: &Context, reply: &Reply) -> Value {
    let mut message = Message::default();
    for block in &reply.blocks {
        message.add(context, block);
    }
    message.sign();
    let calls = !message.calls.is_empty();
    if reply.finish.reason == Reason::Refusal && message.refusal.as_ref().is_none_or(String::is_empty) {
        message.refusal.clone_from(&reply.finish.explanation);
    }
    let reason = pieces::reason(&reply.finish, calls);
    let mut choice = pieces::choice("message", message.finish(), Some(reason));
    pieces::put_stop(&mut choice, &reply.finish);
    let mut body = pieces::head(context, &reply.head, "chat.completion");
    body.insert("choices".to_owned(), vec![Value::Object(choice)].into());
    body.insert("usage".to_owned(), pieces::usage(reply.usage));
    body.into()
}

/// The message, which has one place for all texts, one for all thoughts, and one for all calls.
#[derive(Default)]
struct Message {
    text: Option<String>,
    refusal: Option<String>,
    thoughts: String,
    details: Vec<Value>,
    annotations: Vec<Value>,
    citations: Vec<Value>,
    calls: Vec<Value>,
    /// Gemini's signature of what follows.
    signature: Option<Proof>,
}

impl Message {
    fn add(&mut self, context: &Context, whole: &Whole) {
        match &whole.block {
            Block::Text => {
                self.sign();
                let text = self.text.get_or_insert_default();
                let before = text.chars().count() as u64;
                text.push_str(&whole.text);
                self.cite(whole, before);
            }
            Block::Refusal => {
                self.sign();
                self.refusal.get_or_insert_default().push_str(&whole.text);
            }
            Block::Thinking => {
                self.sign();
                self.think(context, whole);
            }
            Block::Call { id, name, custom, .. } => {
                let signature = self.signature.take();
                let call = pieces::call(id, name, *custom, &whole.text, signature.as_ref());
                self.calls.push(call.into());
            }
        }
    }

    fn think(&mut self, context: &Context, whole: &Whole) {
        let text = if context.wants_thoughts { &whole.text } else { "" };
        self.thoughts.push_str(text);
        match &whole.proof {
            Some(proof) if proof.kind != ProofKind::Thought => {
                let place = self.details.len() as u64;
                self.details.push(pieces::proved(place, text, proof));
                return;
            }
            // It goes on a call that follows, or stands for itself.
            signature => self.signature.clone_from(signature),
        }
        if !text.is_empty() {
            let place = self.details.len() as u64;
            self.details.extend(pieces::unproved(place, text));
        }
    }

    /// A signature that no call followed goes among the details.
    fn sign(&mut self) {
        if let Some(proof) = self.signature.take() {
            let place = self.details.len() as u64;
            self.details.push(pieces::proved(place, "", &proof));
        }
    }

    fn cite(&mut self, whole: &Whole, before: u64) {
        for citation in &whole.citations {
            match pieces::source(citation, before) {
                Source::Annotation(value) => self.annotations.push(value),
                Source::Other(value) => self.citations.push(value),
            }
        }
    }

    /// Details are worth something only with a proof among them; readers take them for all of the thoughts then.
    fn forget_plain_details(&mut self) {
        let proved = |entry: &Value| details::read(entry).proof.is_some();
        if !self.details.iter().any(proved) {
            self.details.clear();
        }
    }

    fn finish(mut self) -> Map<String, Value> {
        self.forget_plain_details();
        let without = if self.calls.is_empty() && self.refusal.is_none() {
            "".into()
        } else {
            Value::Null
        };
        let mut message = Map::new();
        message.insert("role".to_owned(), "assistant".into());
        message.insert("content".to_owned(), self.text.map_or(without, Value::from));
        message.insert("refusal".to_owned(), self.refusal.into());
        if !self.thoughts.is_empty() {
            message.insert("reasoning_content".to_owned(), self.thoughts.into());
        }
        let lists = [
            ("reasoning_details", self.details),
            ("annotations", self.annotations),
            ("citations", self.citations),
            ("tool_calls", self.calls),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                message.insert(name.to_owned(), list.into());
            }
        }
        message
    }
}

#[cfg(test)]
mod tests;
