//! A stream on its way down.

use std::sync::Arc;

use hermes_wire::Usage;

use super::source::Source;
use super::{WriteStream, writer};
use crate::context::Context;
use crate::reply::{Event, Failure};

/// Translates a stream on its way down. Memory is bounded by one event and by what waits for its turn.
pub struct Translator {
    source: Source,
    writer: Box<dyn WriteStream>,
    dropped: Vec<String>,
}

impl Translator {
    /// A translator for one answer.
    pub fn new(context: &Arc<Context>) -> Self {
        Self {
            source: Source::new(context),
            writer: writer(context),
            dropped: Vec::new(),
        }
    }

    /// The same translator once more, to try what may come next.
    #[cfg(test)]
    pub(crate) fn copy(&self) -> Self {
        Self {
            source: self.source.copy(),
            writer: self.writer.copy(),
            dropped: self.dropped.clone(),
        }
    }

    /// Takes the next bytes of the upstream and appends those for the client.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.push(bytes, &mut events);
        self.write(&events, out);
    }

    /// The upstream ended. An answer that is not complete ends with an error.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.finish(&mut events);
        self.write(&events, out);
    }

    /// Ends the answer with an error of ours, unless it has ended.
    pub fn fail(&mut self, failure: Failure, out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.flow.push(Event::Error(failure), &mut events);
        self.write(&events, out);
    }

    /// Appends something that means nothing, to show that the answer is alive.
    pub fn ping(&mut self, out: &mut Vec<u8>) {
        if !self.source.flow.ended() {
            self.writer.ping(out);
        }
    }

    /// Whether the answer has ended for the client, well or not.
    pub fn ended(&self) -> bool {
        self.source.flow.ended()
    }

    /// Tokens so far.
    pub fn usage(&self) -> Option<Usage> {
        self.source.flow.usage
    }

    /// Why the answer failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.source.flow.failure.as_ref()
    }

    /// The data of the upstream's event that failed it.
    pub fn error_data(&self) -> Option<&str> {
        self.source.error_data.as_deref()
    }

    fn write(&mut self, events: &[Event], out: &mut Vec<u8>) {
        for event in events {
            if let Event::Dropped(path) = event {
                if !self.dropped.contains(path) {
                    let path: String = path.chars().filter(|one| !one.is_control()).collect();
                    self.writer.dropped(&path, out);
                    self.dropped.push(path);
                }
                continue;
            }
            if matches!(event, Event::Finish(_)) && self.source.flow.usage.is_none() {
                self.writer.uncounted(out);
            }
            self.writer.event(event, out);
        }
    }
}
