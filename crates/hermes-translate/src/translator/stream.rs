//! A stream on its way down.

use std::collections::VecDeque;
use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::Usage;

use super::source::Source;
use super::{PORTION, WriteStream, writer};
use crate::context::Context;
use crate::reply::{Event, Failure};

/// Translates a stream on its way down. Memory is bounded by one event and by what waits for its turn.
///
/// What comes is taken with [`push`](Self::push), [`finish`](Self::finish) and [`fail`](Self::fail); what is due to the client is
/// given by [`write`](Self::write), a portion at a time, until there is no more of it.
pub struct Translator {
    source: Source,
    /// What is not written yet.
    due: VecDeque<Event>,
    writer: Box<dyn WriteStream>,
    dropped: Vec<String>,
}

impl Translator {
    /// A translator for one answer.
    pub fn new(context: &Arc<Context>) -> Self {
        Self {
            // Clients of Responses are told all of it once more at the end.
            source: Source::new(context, context.client == Protocol::Responses),
            due: VecDeque::new(),
            writer: writer(context),
            dropped: Vec::new(),
        }
    }

    /// The same translator once more, to try what may come next.
    #[cfg(test)]
    pub(crate) fn copy(&self) -> Self {
        Self {
            source: self.source.copy(),
            due: self.due.clone(),
            writer: self.writer.copy(),
            dropped: self.dropped.clone(),
        }
    }

    /// Takes the next bytes of the upstream.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut events = Vec::new();
        self.source.push(bytes, &mut events);
        self.due.extend(events);
    }

    /// The upstream ended. An answer that is not complete ends with an error.
    pub fn finish(&mut self) {
        let mut events = Vec::new();
        self.source.finish(&mut events);
        self.due.extend(events);
    }

    /// Ends the answer with an error of ours, unless it has ended.
    pub fn fail(&mut self, failure: Failure) {
        let mut events = Vec::new();
        self.source.flow.push(Event::Error(failure), &mut events);
        self.due.extend(events);
    }

    /// Appends the next portion of what is due; says whether more of it is due.
    pub fn write(&mut self, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        while let Some(event) = self.due.pop_front() {
            self.event(event, out);
            if out.len() - before >= PORTION {
                return !self.due.is_empty();
            }
        }
        false
    }

    /// Appends something that means nothing, to show that the answer is alive.
    pub fn ping(&mut self, out: &mut Vec<u8>) {
        if !self.source.flow.ended() {
            self.writer.ping(out);
        }
    }

    /// Whether the client was given the end of the answer, well or not.
    pub fn ended(&self) -> bool {
        self.source.flow.ended() && self.due.is_empty()
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

    fn event(&mut self, event: Event, out: &mut Vec<u8>) {
        if let Event::Dropped(path) = event {
            if !self.dropped.contains(&path) {
                let path: String = path.chars().filter(|one| !one.is_control()).collect();
                self.writer.dropped(&path, out);
                self.dropped.push(path);
            }
            return;
        }
        if matches!(event, Event::Finish(_)) && self.source.flow.usage.is_none() {
            self.writer.uncounted(out);
        }
        self.writer.event(&event, out);
    }
}
