//! What an answer may say at most.
//!
//! Text may be long; what is short by nature, such as a name or a source, is written several times over, so it has a bound of its own.

use hermes_wire::EVENT_LIMIT;
use serde_json::Value;

use crate::reply::{Block, Citation, Event, Failure, Finish};
use crate::serial;

/// Most that an answer may say where all of it is kept, bytes: far more than any model says, and than one event holds.
const KEPT_LIMIT: usize = 2 * EVENT_LIMIT;

/// Most that all sources of an answer may take, bytes.
pub(crate) const SOURCES_LIMIT: usize = 2 << 20;

/// Longest name, id, explanation or stop text, bytes. Some upstreams put proofs into the ids of calls.
const SHORT_LIMIT: usize = 64 << 10;

/// Keeps the events of an answer within the bounds.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// How much more the answer may say; without a bound where it is not kept.
    text: Option<usize>,
    sources: usize,
}

impl Bounds {
    /// `kept` says that the whole answer is kept.
    pub(crate) fn new(kept: bool) -> Self {
        Self {
            text: kept.then_some(KEPT_LIMIT),
            sources: SOURCES_LIMIT,
        }
    }

    /// The event, or what becomes of one that is too large.
    pub(crate) fn fit(&mut self, event: Event) -> Event {
        if let Some(room) = self.text {
            self.text = room.checked_sub(serial::size(&event));
            if self.text.is_none() {
                self.text = Some(0);
                return Event::Error(Failure::too_long());
            }
        }
        match event {
            Event::Citation { ref citation, .. } => match self.sources.checked_sub(size(citation)) {
                None => Event::Dropped("citations".to_owned()),
                Some(rest) => {
                    self.sources = rest;
                    event
                }
            },
            Event::Open {
                block: Block::Call { ref id, ref name, .. },
                ..
            } if id.len().max(name.len()) > SHORT_LIMIT => Event::Error(Failure::too_long()),
            Event::Finish(finish) => Event::Finish(Finish {
                stop_sequence: finish.stop_sequence.map(short),
                explanation: finish.explanation.map(short),
                ..finish
            }),
            Event::Error(failure) => Event::Error(Failure {
                kind: short(failure.kind),
                message: short(failure.message),
                ..failure
            }),
            event => event,
        }
    }
}

/// The beginning of a text that is too long.
pub(crate) fn short(mut text: String) -> String {
    if text.len() > SHORT_LIMIT {
        text.truncate(text.floor_char_boundary(SHORT_LIMIT));
        text.shrink_to_fit();
    }
    text
}

/// What a source takes, about, bytes.
fn size(citation: &Citation) -> usize {
    let texts = [&citation.url, &citation.title, &citation.quote];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    texts + texts_in(&citation.value)
}

/// What the texts in a value take, and its parts, about, bytes.
pub(crate) fn texts_in(value: &Value) -> usize {
    const PART: usize = 32;
    match value {
        Value::String(text) => PART + text.len(),
        Value::Array(list) => PART + list.iter().map(texts_in).sum::<usize>(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| name.len() + texts_in(value));
            PART + fields.sum::<usize>()
        }
        Value::Number(number) => PART + number.as_str().len(),
        Value::Null | Value::Bool(_) => PART,
    }
}

#[cfg(test)]
mod tests;
