//! Texts and thoughts, which come in pieces without marks between them, and the signatures among them.

use super::{CANDIDATE, Reader};
use crate::proof::Proof;
use crate::reply::{Block, Event};

/// How much of a block's text is kept to find sources in it, bytes.
const KEPT: usize = 1 << 20;

/// The block of text or thoughts that is open.
#[derive(Clone, Default)]
pub(super) struct Texts {
    open: Option<(u32, Block)>,
    /// The text so far of an open block of text.
    text: String,
    /// Whether more came than is kept.
    cut: bool,
    /// A signature on an empty text. More of the text's sources may still come, so it waits for what follows.
    tail: Option<Proof>,
}

impl Reader {
    /// More of a text or of thoughts. A signature begins a new block.
    pub(super) fn write(&mut self, block: Block, text: &str, proof: Option<Proof>, out: &mut Vec<Event>) {
        if text.is_empty() && block == Block::Text {
            if proof.is_some() {
                self.pass_tail(out);
                self.texts.tail = proof;
            }
            return;
        }
        self.pass_tail(out);
        let goes_on = self.texts.open.as_ref().is_some_and(|(_, open)| *open == block);
        if !goes_on || proof.is_some() {
            self.close(out);
            self.sign(proof, out);
            if text.is_empty() {
                return;
            }
            let key = self.key();
            out.push(Event::Open {
                key,
                block: block.clone(),
            });
            self.texts.open = Some((key, block));
        }
        if let Some((key, block)) = &self.texts.open
            && !text.is_empty()
        {
            let (key, text) = (*key, text.to_owned());
            if *block == Block::Text {
                self.texts.keep(&text);
            }
            out.push(Event::Text { key, text });
        }
    }

    /// Closes what is open before something else comes.
    pub(super) fn clear(&mut self, out: &mut Vec<Event>) {
        self.pass_tail(out);
        self.close(out);
    }

    /// A signature of the block that comes next.
    pub(super) fn sign(&mut self, proof: Option<Proof>, out: &mut Vec<Event>) {
        let Some(proof) = proof else { return };
        let key = self.key();
        let block = Block::Thinking;
        out.push(Event::Open { key, block });
        out.push(Event::Proof { key, proof });
        out.push(Event::Close { key });
    }

    /// The end of the answer.
    pub(super) fn last(&mut self, out: &mut Vec<Event>) {
        self.close(out);
        let tail = self.texts.tail.take();
        self.sign(tail, out);
        if self.sources.is_waiting() {
            out.push(Event::Dropped(format!("{CANDIDATE}.groundingMetadata")));
        }
    }

    /// A signature on an empty text that is not the last: the text is what it stands on, so it comes too.
    fn pass_tail(&mut self, out: &mut Vec<Event>) {
        if let Some(proof) = self.texts.tail.take() {
            self.close(out);
            self.sign(Some(proof), out);
            let (key, block) = (self.key(), Block::Text);
            out.push(Event::Open { key, block });
            out.push(Event::Close { key });
        }
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        if let Some((key, block)) = self.texts.open.take() {
            let text = std::mem::take(&mut self.texts.text);
            let cut = std::mem::take(&mut self.texts.cut);
            if block == Block::Text {
                match self.sources.of((!cut).then_some(text.as_str())) {
                    Some(found) => {
                        let found = found.into_iter();
                        out.extend(found.map(|citation| Event::Citation { key, citation }));
                    }
                    None => out.push(Event::Dropped(format!("{CANDIDATE}.groundingMetadata"))),
                }
            }
            out.push(Event::Close { key });
        }
    }
}

impl Texts {
    fn keep(&mut self, text: &str) {
        if self.cut || self.text.len() + text.len() > KEPT {
            self.cut = true;
            self.text = String::new();
        } else {
            self.text.push_str(text);
        }
    }
}
