//! A stream that becomes a whole answer.

use std::sync::Arc;

use super::source::Source;
use super::whole::{Written, written};
use crate::context::Context;
use crate::reply::{Event, Failure, Reply};

/// Gathers an upstream's stream for a client that wants a whole answer.
pub struct Collector {
    context: Arc<Context>,
    source: Source,
    events: Vec<Event>,
}

impl Collector {
    /// A collector for one answer.
    pub fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            source: Source::new(context, true),
            events: Vec::new(),
        }
    }

    /// Takes the next bytes of the upstream.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut events = Vec::new();
        self.source.push(bytes, &mut events);
        for event in events {
            self.gather(event);
        }
    }

    /// Joins texts as they come, so that a long answer does not become a long list.
    fn gather(&mut self, event: Event) {
        if let Event::Text { text: more, .. } = &event
            && let Some(Event::Text { text, .. }) = self.events.last_mut()
        {
            text.push_str(more);
            return;
        }
        self.events.push(event);
    }

    /// The data of the upstream's event that failed it.
    pub fn error_data(&self) -> Option<&str> {
        self.source.error_data.as_deref()
    }

    /// The whole answer.
    ///
    /// # Errors
    /// The failure that it ended with.
    pub fn finish(self) -> Result<Written, Failure> {
        let context = Arc::clone(&self.context);
        Ok(written(&context, self.reply()?))
    }

    /// The same in the common form.
    pub(crate) fn reply(mut self) -> Result<Reply, Failure> {
        let mut events = Vec::new();
        self.source.finish(&mut events);
        for event in events {
            self.gather(event);
        }
        Reply::of(self.events)
    }
}
