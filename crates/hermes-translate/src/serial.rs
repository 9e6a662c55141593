//! One block after the other, whatever an upstream interleaves.

use std::collections::VecDeque;

use crate::reply::{Event, Failure};

/// How much of later blocks is kept while an earlier one is open, bytes.
const WAITING_LIMIT: usize = 16 << 20;

/// Puts the events of an answer into an order with one open block at a time, and numbers the blocks from 0.
///
/// A block that begins while another is open waits until that one closes. What is open at the end is closed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Serial {
    open: Option<(u32, u32)>,
    next: u32,
    waiting: VecDeque<Waiting>,
    held: usize,
    ended: bool,
}

#[derive(Clone, Debug)]
struct Waiting {
    key: u32,
    events: Vec<Event>,
    closed: bool,
}

impl Serial {
    /// Takes an event and gives those that are due. After the end nothing is due.
    pub(crate) fn push(&mut self, event: Event, out: &mut Vec<Event>) {
        if self.ended {
            return;
        }
        match event {
            Event::Open { key, .. } if self.open.is_some() => {
                self.waiting.push_back(Waiting {
                    key,
                    events: vec![event],
                    closed: false,
                });
            }
            Event::Open { key, block } => {
                self.open = Some((key, self.next));
                out.push(Event::Open {
                    key: self.next,
                    block,
                });
                self.next += 1;
            }
            Event::Text { key, ref text } if text.is_empty() && self.knows(key) => {}
            Event::Text { key, .. }
            | Event::Proof { key, .. }
            | Event::Citation { key, .. }
            | Event::Close { key } => self.inside(key, event, out),
            Event::Finish(_) => {
                self.close_all(out);
                out.push(event);
                self.ended = true;
            }
            Event::Error(_) => {
                out.push(event);
                self.ended = true;
            }
            Event::Start(_) | Event::Dropped(_) | Event::Usage(_) => out.push(event),
        }
    }

    /// Whether the answer has ended, well or not.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    fn knows(&self, key: u32) -> bool {
        self.open.is_some_and(|(open, _)| open == key) || self.waiting.iter().any(|one| one.key == key)
    }

    /// An event of a block that is open, waits, or is not known and so left alone.
    fn inside(&mut self, key: u32, event: Event, out: &mut Vec<Event>) {
        if let Some((open, number)) = self.open
            && open == key
        {
            let closes = matches!(event, Event::Close { .. });
            out.push(with_key(event, number));
            if closes {
                self.open = None;
                self.promote(out);
            }
            return;
        }
        let Some(waiting) = self.waiting.iter_mut().find(|one| one.key == key) else {
            return;
        };
        match event {
            Event::Close { .. } => waiting.closed = true,
            event => {
                self.held += size(&event);
                waiting.events.push(event);
            }
        }
        if self.held > WAITING_LIMIT {
            self.ended = true;
            out.push(Event::Error(Failure {
                status: 502,
                kind: "answer_too_large".to_owned(),
                message: "the provider mixes parts of its answer that are too large to be put in order"
                    .to_owned(),
            }));
        }
    }

    fn promote(&mut self, out: &mut Vec<Event>) {
        while self.open.is_none()
            && let Some(waiting) = self.waiting.pop_front()
        {
            let number = self.next;
            self.next += 1;
            for event in waiting.events {
                self.held = self.held.saturating_sub(size(&event));
                out.push(with_key(event, number));
            }
            if waiting.closed {
                out.push(Event::Close { key: number });
            } else {
                self.open = Some((waiting.key, number));
            }
        }
    }

    fn close_all(&mut self, out: &mut Vec<Event>) {
        while let Some((_, number)) = self.open.take() {
            out.push(Event::Close { key: number });
            self.promote(out);
        }
    }
}

/// What an event takes where it is kept, about, bytes.
pub(crate) fn size(event: &Event) -> usize {
    match event {
        Event::Text { text, .. } => text.len(),
        Event::Proof { proof, .. } => proof.data.len(),
        _ => 64,
    }
}

fn with_key(event: Event, number: u32) -> Event {
    match event {
        Event::Open { block, .. } => Event::Open { key: number, block },
        Event::Text { text, .. } => Event::Text { key: number, text },
        Event::Proof { proof, .. } => Event::Proof { key: number, proof },
        Event::Citation { citation, .. } => Event::Citation {
            key: number,
            citation,
        },
        Event::Close { .. } => Event::Close { key: number },
        other => other,
    }
}

#[cfg(test)]
mod tests;
