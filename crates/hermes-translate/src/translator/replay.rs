//! A whole answer that becomes a stream.

use std::sync::Arc;
use std::vec::IntoIter;

use super::{PORTION, WriteStream, writer};
use crate::context::Context;
use crate::reply::{Event, Reply};

/// Gives a whole answer as a stream, a portion at a time.
pub struct Replay {
    writer: Box<dyn WriteStream>,
    events: IntoIter<Event>,
}

impl Replay {
    /// What was left out is told in a header, so it is not told in the stream.
    pub(super) fn new(context: &Arc<Context>, reply: Reply) -> Self {
        Self {
            writer: writer(context),
            events: reply.into_events().into_iter(),
        }
    }

    /// Appends the next portion; says whether there is more.
    pub fn write(&mut self, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        for event in self.events.by_ref() {
            self.writer.event(&event, out);
            if out.len() - before >= PORTION {
                return true;
            }
        }
        false
    }
}
