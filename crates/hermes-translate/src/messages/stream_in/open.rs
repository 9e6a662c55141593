use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::context::Context;
use crate::messages::{citations, reply_in};
use crate::proof::{Proof, ProofKind};
use crate::read::{given, list, said, text};
use crate::reply::{Block, Event};

/// The blocks of a message, by the index that the upstream gives them.
#[derive(Clone)]
pub(super) struct Blocks {
    context: Arc<Context>,
    open: BTreeMap<u64, Open>,
    next: u32,
    called: bool,
    any: bool,
}

/// A block that is open.
#[derive(Clone)]
struct Open {
    /// None for a block that only this protocol has.
    key: Option<u32>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Text,
    Thinking,
    Call {
        /// The input that the block began with, until a fragment comes.
        whole: Option<String>,
    },
    Foreign,
}

impl Blocks {
    pub(super) fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            open: BTreeMap::new(),
            next: 0,
            called: false,
            any: false,
        }
    }

    /// Whether a block has come.
    pub(super) fn any(&self) -> bool {
        self.any
    }

    /// Whether a tool was called.
    pub(super) fn called(&self) -> bool {
        self.called
    }

    pub(super) fn start(&mut self, index: u64, block: &Value, out: &mut Vec<Event>) {
        self.stop(index, out);
        self.any = true;
        let Some(what) = reply_in::kind(block) else {
            out.push(Event::Dropped(format!("content[{index}]")));
            let kind = Kind::Foreign;
            self.open.insert(index, Open { key: None, kind });
            return;
        };
        let whole = reply_in::input(block);
        let key = self.open(index, what, Some(whole), out);
        let text = reply_in::beginning(block).to_owned();
        if !text.is_empty() {
            out.push(Event::Text { key, text });
        }
        for citation in list(block, "citations").iter().map(citations::read) {
            out.push(Event::Citation { key, citation });
        }
        let proof = reply_in::proof(&self.context, block);
        out.extend(proof.map(|proof| Event::Proof { key, proof }));
    }

    fn open(&mut self, index: u64, block: Block, whole: Option<String>, out: &mut Vec<Event>) -> u32 {
        let key = self.next;
        self.next += 1;
        let kind = match &block {
            Block::Text | Block::Refusal => Kind::Text,
            Block::Thinking => Kind::Thinking,
            Block::Call { .. } => {
                self.called = true;
                Kind::Call { whole }
            }
        };
        out.push(Event::Open { key, block });
        let key_of_open = Some(key);
        self.open.insert(
            index,
            Open {
                key: key_of_open,
                kind,
            },
        );
        key
    }

    pub(super) fn delta(&mut self, index: u64, delta: &Value, out: &mut Vec<Event>) {
        match text(delta, "type").unwrap_or_default() {
            "text_delta" => self.words(index, Block::Text, said(delta, "text"), out),
            "thinking_delta" => self.words(index, Block::Thinking, said(delta, "thinking"), out),
            "signature_delta" => {
                if let Some(signature) = said(delta, "signature")
                    && let Some(key) = self.key_of(index, &Block::Thinking, out)
                {
                    let proof = Proof::minted(&self.context.issuer, ProofKind::Signature, signature);
                    out.push(Event::Proof { key, proof });
                }
            }
            "citations_delta" => {
                if let Some(citation) = given(delta, "citation")
                    && let Some(key) = self.key_of(index, &Block::Text, out)
                {
                    let citation = citations::read(citation);
                    out.push(Event::Citation { key, citation });
                }
            }
            "input_json_delta" => self.fragment(index, delta, out),
            _ => {
                if !matches!(
                    self.open.get(&index),
                    Some(Open {
                        kind: Kind::Foreign,
                        ..
                    })
                ) {
                    out.push(Event::Dropped(format!("content[{index}]")));
                }
            }
        }
    }

    fn words(&mut self, index: u64, block: Block, text: Option<&str>, out: &mut Vec<Event>) {
        let Some(text) = text.map(str::to_owned) else {
            return;
        };
        if let Some(key) = self.key_of(index, &block, out) {
            out.push(Event::Text { key, text });
        }
    }

    /// The block that a delta of text or thoughts is for. Some upstreams announce no block, or another one.
    fn key_of(&mut self, index: u64, block: &Block, out: &mut Vec<Event>) -> Option<u32> {
        if let Some(open) = self.open.get(&index) {
            match (&open.kind, block) {
                (Kind::Text, Block::Text) | (Kind::Thinking, Block::Thinking) => return open.key,
                (Kind::Foreign, _) => return None,
                _ => self.stop(index, out),
            }
        }
        self.any = true;
        Some(self.open(index, block.clone(), None, out))
    }

    fn fragment(&mut self, index: u64, delta: &Value, out: &mut Vec<Event>) {
        let Some(text) = said(delta, "partial_json").map(str::to_owned) else {
            return;
        };
        match self.open.get_mut(&index) {
            Some(Open {
                key: Some(key),
                kind: Kind::Call { whole },
            }) => {
                *whole = None;
                out.push(Event::Text { key: *key, text });
            }
            Some(Open {
                kind: Kind::Foreign, ..
            }) => {}
            // Arguments of a call that nobody announced.
            _ => out.push(Event::Dropped(format!("content[{index}]"))),
        }
    }

    pub(super) fn stop(&mut self, index: u64, out: &mut Vec<Event>) {
        let Some(open) = self.open.remove(&index) else {
            return;
        };
        let Some(key) = open.key else { return };
        if let Kind::Call { whole: Some(text) } = open.kind {
            out.push(Event::Text { key, text });
        }
        out.push(Event::Close { key });
    }

    pub(super) fn stop_all(&mut self, out: &mut Vec<Event>) {
        while let Some(index) = self.open.keys().next().copied() {
            self.stop(index, out);
        }
    }
}
