//! Between the events of an answer and the whole of it.

use crate::reply::{Event, Failure, Reply, Whole};

impl Reply {
    /// The answer that ordered events make up.
    ///
    /// # Errors
    /// The failure that the answer ended with, or its missing end.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Result<Self, Failure> {
        let mut reply = Self::default();
        let mut finished = false;
        for event in events {
            match event {
                Event::Start(head) => reply.head = head,
                Event::Open { block, .. } => reply.blocks.push(Whole::new(block, "")),
                Event::Text { text, .. } => reply.last(|block| block.more(text)),
                Event::Proof { proof, .. } => reply.last(|block| block.proof = Some(proof)),
                Event::Citation { citation, .. } => reply.last(|block| block.citations.push(citation)),
                Event::Close { .. } => {}
                Event::Dropped(path) => reply.note(path),
                Event::Usage(usage) => reply.usage = Some(usage),
                Event::Finish(finish) => {
                    reply.finish = finish;
                    finished = true;
                }
                Event::Error(failure) => return Err(failure),
            }
        }
        if finished { Ok(reply) } else { Err(Failure::cut()) }
    }

    /// The events of a stream that makes up this answer.
    pub fn events(&self) -> Vec<Event> {
        self.clone().into_events()
    }

    /// The same, without a copy.
    pub fn into_events(self) -> Vec<Event> {
        let mut events = vec![Event::Start(self.head)];
        for (key, whole) in (0_u32..).zip(self.blocks) {
            events.push(Event::Open {
                key,
                block: whole.block,
            });
            if !whole.text.is_empty() {
                events.push(Event::Text {
                    key,
                    text: whole.text,
                });
            }
            let citations = whole.citations.into_iter();
            events.extend(citations.map(|citation| Event::Citation { key, citation }));
            events.extend(whole.proof.map(|proof| Event::Proof { key, proof }));
            events.push(Event::Close { key });
        }
        events.extend(self.dropped.into_iter().map(Event::Dropped));
        events.extend(self.usage.map(Event::Usage));
        events.push(Event::Finish(self.finish));
        events
    }

    /// Notes that something was left out.
    pub(crate) fn note(&mut self, path: String) {
        if !self.dropped.contains(&path) {
            self.dropped.push(path);
        }
    }

    fn last(&mut self, change: impl FnOnce(&mut Whole)) {
        if let Some(block) = self.blocks.last_mut() {
            change(block);
        }
    }
}

impl Whole {
    /// A whole text is taken as it is, not copied.
    fn more(&mut self, text: String) {
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.push_str(&text);
        }
    }
}

impl Failure {
    /// The answer ended before it was complete.
    pub fn cut() -> Self {
        Self {
            status: 502,
            kind: "upstream_cut".to_owned(),
            message: "the provider's answer ended before it was complete".to_owned(),
        }
    }

    /// The answer says more than can be kept of it.
    pub(crate) fn too_long() -> Self {
        Self {
            status: 502,
            kind: "answer_too_large".to_owned(),
            message: "the provider's answer is too large to be translated".to_owned(),
        }
    }

    /// The answer, or an event of it, has too many values.
    pub(crate) fn too_large() -> Self {
        Self {
            status: 502,
            kind: "answer_too_large".to_owned(),
            message: "the provider's answer is made of more values than can be translated".to_owned(),
        }
    }
}
