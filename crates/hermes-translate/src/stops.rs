//! Stop texts for upstreams that know none: the answer is cut where one begins.

use crate::reply::{Block, Event, Finish, Reason};

/// Watches the texts of an answer for stop texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stops {
    texts: Vec<String>,
    /// The text block that is open.
    block: Option<u32>,
    /// The end of its text, which may be the beginning of a stop text.
    tail: String,
    cut: Option<String>,
}

impl Stops {
    /// A watch for these texts; none of them lets everything pass.
    pub(crate) fn new(texts: &[String]) -> Self {
        Self {
            texts: texts.iter().filter(|text| !text.is_empty()).cloned().collect(),
            ..Self::default()
        }
    }

    /// Passes an event on, or what is left of it.
    pub(crate) fn push(&mut self, event: Event, out: &mut Vec<Event>) {
        if self.texts.is_empty() {
            out.push(event);
            return;
        }
        match event {
            Event::Finish(finish) => out.push(self.finished(finish)),
            Event::Usage(_) | Event::Error(_) | Event::Dropped(_) | Event::Start(_) => out.push(event),
            _ if self.cut.is_some() => {}
            Event::Open { key, ref block } => {
                self.block = (*block == Block::Text).then_some(key);
                out.push(event);
            }
            Event::Text { key, text } if self.block == Some(key) => self.text(key, &text, out),
            Event::Close { key } if self.block == Some(key) => {
                self.flush(key, out);
                self.block = None;
                out.push(event);
            }
            event => out.push(event),
        }
    }

    fn finished(&self, finish: Finish) -> Event {
        match &self.cut {
            Some(text) => Event::Finish(Finish {
                reason: Reason::StopSequence,
                stop_sequence: Some(text.clone()),
                explanation: None,
            }),
            None => Event::Finish(finish),
        }
    }

    fn text(&mut self, key: u32, text: &str, out: &mut Vec<Event>) {
        self.tail.push_str(text);
        let found = self
            .texts
            .iter()
            .filter_map(|stop| Some((self.tail.find(stop.as_str())?, stop)));
        if let Some((at, stop)) = found.min_by_key(|(at, _)| *at) {
            let stop = stop.clone();
            self.tail.truncate(at);
            self.flush(key, out);
            out.push(Event::Close { key });
            self.block = None;
            self.cut = Some(stop);
            return;
        }
        let keep = self.texts.iter().map(|stop| overlap(&self.tail, stop)).max();
        let rest = self.tail.split_off(self.tail.len() - keep.unwrap_or(0));
        let ready = std::mem::replace(&mut self.tail, rest);
        if !ready.is_empty() {
            out.push(Event::Text { key, text: ready });
        }
    }

    fn flush(&mut self, key: u32, out: &mut Vec<Event>) {
        let text = std::mem::take(&mut self.tail);
        if !text.is_empty() {
            out.push(Event::Text { key, text });
        }
    }
}

/// The length of the longest end of a text that is a beginning of another.
fn overlap(text: &str, stop: &str) -> usize {
    let starts = stop.char_indices().map(|(at, _)| at).skip(1);
    let mut longest = 0;
    for length in starts {
        if text.ends_with(&stop[..length]) {
            longest = length;
        }
    }
    longest
}

#[cfg(test)]
mod tests;
