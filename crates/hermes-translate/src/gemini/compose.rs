//! The events of an answer into the parts of Gemini's, which are the same in a stream and in a whole answer.

mod finish;
mod sources;

use serde_json::{Map, Value, json};

use self::sources::Sources;
use super::proofs;
use crate::context::Context;
use crate::proof::{Proof, ProofKind};
use crate::read;
use crate::reply::{Block, Event, Finish};

pub(super) use self::finish::usage;

/// An answer as it is composed.
#[derive(Clone)]
pub(super) struct Composer {
    shows_thoughts: bool,
    open: Option<Open>,
    /// A proof that waits for the part it belongs to.
    waiting: Option<Proof>,
    sources: Sources,
    /// How many parts the answer has, a text in pieces counting once.
    count: usize,
    malformed: Option<String>,
    dropped: Vec<String>,
}

/// The block that is open.
#[derive(Clone)]
struct Open {
    block: Block,
    /// The arguments of a call.
    arguments: String,
    proof: Option<Proof>,
    /// Whether a part was made of it.
    written: bool,
}

impl Composer {
    pub(super) fn new(context: &Context) -> Self {
        Self {
            shows_thoughts: context.wants_thoughts,
            open: None,
            waiting: None,
            sources: Sources::default(),
            count: 0,
            malformed: None,
            dropped: Vec::new(),
        }
    }

    /// Notes what was left out, for the message at the end.
    pub(super) fn note(&mut self, path: &str) {
        self.dropped.push(path.to_owned());
    }

    /// Takes an event of a block and gives the parts that are due.
    pub(super) fn event(&mut self, event: &Event, out: &mut Vec<Value>) {
        match event {
            Event::Open { block, .. } => {
                self.open = Some(Open {
                    block: block.clone(),
                    arguments: String::new(),
                    proof: None,
                    written: false,
                });
            }
            Event::Text { text, .. } => self.text(text, out),
            Event::Proof { proof, .. } => {
                if let Some(open) = &mut self.open {
                    open.proof = Some(proof.clone());
                }
            }
            Event::Citation { citation, .. } => self.sources.add(citation),
            Event::Close { .. } => self.close(out),
            Event::Start(_) | Event::Dropped(_) | Event::Usage(_) | Event::Finish(_) | Event::Error(_) => {}
        }
    }

    fn text(&mut self, text: &str, out: &mut Vec<Value>) {
        let Some(open) = &mut self.open else { return };
        let part = match open.block {
            _ if text.is_empty() => return,
            Block::Call { .. } => {
                open.arguments.push_str(text);
                return;
            }
            Block::Thinking if !self.shows_thoughts => return,
            Block::Thinking => json!({"text": text, "thought": true}),
            Block::Text | Block::Refusal => {
                self.sources.text(text);
                json!({"text": text})
            }
        };
        let first = !std::mem::replace(&mut open.written, true);
        self.count += usize::from(first);
        let part = self.signed(part);
        out.push(part);
    }

    fn close(&mut self, out: &mut Vec<Value>) {
        let Some(open) = self.open.take() else { return };
        match &open.block {
            Block::Thinking => self.thoughts(open, out),
            Block::Call { id, name, custom, .. } => {
                if let Some(call) = self.call(id, name, *custom, &open.arguments) {
                    self.count += 1;
                    let call = self.signed(call);
                    out.push(call);
                }
            }
            // A signature that stands on an empty text stays there.
            Block::Text | Block::Refusal if !open.written => self.flush(out),
            Block::Text | Block::Refusal => self.sources.close(self.count - 1),
        }
    }

    /// A signature of a text stands with that text; any other proof on the part that follows, since there clients keep it best.
    fn thoughts(&mut self, open: Open, out: &mut Vec<Value>) {
        let Some(proof) = open.proof else { return };
        if proof.kind == ProofKind::Signature && open.written {
            out.push(json!({"text": "", "thought": true, "thoughtSignature": proofs::written(&proof)}));
            return;
        }
        self.flush(out);
        self.waiting = Some(proof);
    }

    fn call(&mut self, id: &str, name: &str, custom: bool, arguments: &str) -> Option<Value> {
        let args = if custom {
            Some(json!({"input": arguments}))
        } else {
            read::arguments(arguments).filter(Value::is_object)
        };
        let Some(args) = args else {
            self.malformed = Some(format!("Malformed function call: {name}({arguments})"));
            return None;
        };
        let mut fields = Map::new();
        if !id.is_empty() {
            fields.insert("id".to_owned(), id.into());
        }
        fields.insert("name".to_owned(), name.into());
        fields.insert("args".to_owned(), args);
        Some(json!({"functionCall": fields}))
    }

    fn signed(&mut self, mut part: Value) -> Value {
        if let Some(proof) = self.waiting.take() {
            part["thoughtSignature"] = proofs::written(&proof).into();
        }
        part
    }

    /// A proof that finds no part stands on an empty one.
    pub(super) fn flush(&mut self, out: &mut Vec<Value>) {
        if let Some(proof) = &self.waiting {
            let own = proof.kind == ProofKind::Thought;
            let part = if own {
                json!({"text": ""})
            } else {
                json!({"text": "", "thought": true})
            };
            let part = self.signed(part);
            self.count += 1;
            out.push(part);
        }
    }

    /// The candidate that ends the answer, with its last parts.
    pub(super) fn last(&mut self, parts: Vec<Value>, finish: &Finish) -> Value {
        finish::candidate(self, parts, finish)
    }
}
