use std::collections::BTreeMap;

use hermes_core::Protocol;
use serde_json::Value;

use super::Outlet;
use crate::read::{list, said, text, whole};
use crate::reply::{Block, Citation, Event};
use crate::sent::Sent;

/// What the model says. Each of its parts becomes a block once it says something.
#[derive(Clone)]
pub(in crate::responses) struct Message {
    index: u64,
    parts: BTreeMap<u64, Part>,
}

#[derive(Clone, Default)]
struct Part {
    key: Option<u32>,
    sent: Sent,
    citations: usize,
    closed: bool,
}

/// What a part of a message is.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::responses) enum Speech {
    Text,
    Refusal,
}

impl Part {
    fn key(&mut self, speech: Speech, out: &mut Outlet) -> u32 {
        if let Some(key) = self.key {
            return key;
        }
        let key = out.key();
        self.key = Some(key);
        let block = match speech {
            Speech::Text => Block::Text,
            Speech::Refusal => Block::Refusal,
        };
        out.events.push(Event::Open { key, block });
        key
    }

    fn more(&mut self, speech: Speech, text: &str, out: &mut Outlet) {
        if text.is_empty() || self.closed {
            return;
        }
        let key = self.key(speech, out);
        self.sent.add(text);
        out.text(key, text);
        if speech == Speech::Refusal {
            out.refusal.get_or_insert_default().push_str(text);
        }
    }
}

impl Message {
    pub(super) fn new(index: u64) -> Self {
        Self {
            index,
            parts: BTreeMap::new(),
        }
    }

    /// More of a part.
    pub(in crate::responses) fn more(&mut self, part: u64, speech: Speech, text: &str, out: &mut Outlet) {
        self.parts.entry(part).or_default().more(speech, text, out);
    }

    /// All the text of a part. What was passed on of it stands, also where the whole says something else.
    pub(in crate::responses) fn whole(&mut self, part: u64, speech: Speech, text: &str, out: &mut Outlet) {
        let index = self.index;
        let state = self.parts.entry(part).or_default();
        if state.sent.contradicts(text) {
            out.drop(format!("output[{index}].content[{part}].text"));
        }
        let missing = state.sent.missing(text).to_owned();
        state.more(speech, &missing, out);
    }

    /// A source of a part; the place of one that has no address is named, since no other protocol can tell of it.
    pub(in crate::responses) fn source(&mut self, part: u64, annotation: &Value, out: &mut Outlet) {
        let state = self.parts.entry(part).or_default();
        let number = state.citations;
        state.citations += 1;
        let citation = citation(annotation);
        if citation.url.is_none() && out.context.client != Protocol::Responses {
            let index = self.index;
            out.drop(format!("output[{index}].content[{part}].annotations[{number}]"));
        }
        if state.closed {
            return;
        }
        let key = state.key(Speech::Text, out);
        out.events.push(Event::Citation { key, citation });
    }

    /// A part is complete.
    pub(in crate::responses) fn part_done(&mut self, part: u64, value: &Value, out: &mut Outlet) {
        match text(value, "type") {
            Some("refusal") => {
                self.whole(
                    part,
                    Speech::Refusal,
                    text(value, "refusal").unwrap_or_default(),
                    out,
                );
            }
            Some("output_text" | "text") => {
                self.whole(part, Speech::Text, text(value, "text").unwrap_or_default(), out);
            }
            // A text under a name of tomorrow is a text still.
            _ if said(value, "text").is_some() => {
                self.whole(part, Speech::Text, text(value, "text").unwrap_or_default(), out);
            }
            _ => {
                let index = self.index;
                out.drop(format!("output[{index}].content[{part}]"));
            }
        }
        let known = self.parts.entry(part).or_default().citations;
        for annotation in list(value, "annotations").iter().skip(known) {
            self.source(part, annotation, out);
        }
        self.likelihoods(part, value, out);
        let state = self.parts.entry(part).or_default();
        if let Some(key) = state.key
            && !state.closed
        {
            out.events.push(Event::Close { key });
        }
        state.closed = true;
    }

    /// Likelihoods of tokens have no place in the common form.
    pub(in crate::responses) fn likelihoods(&mut self, part: u64, value: &Value, out: &mut Outlet) {
        if !list(value, "logprobs").is_empty() {
            let index = self.index;
            out.drop(format!("output[{index}].content[{part}].logprobs"));
        }
    }

    pub(super) fn done(&mut self, item: &Value, out: &mut Outlet) {
        if said(item, "phase").is_some() {
            out.drop(format!("output[{}].phase", self.index));
        }
        match item.get("content") {
            Some(Value::String(text)) => self.whole(0, Speech::Text, text, out),
            _ => {
                for (part, value) in (0..).zip(list(item, "content")) {
                    self.part_done(part, value, out);
                }
            }
        }
        for part in self.parts.values_mut() {
            if let Some(key) = part.key
                && !part.closed
            {
                part.closed = true;
                out.events.push(Event::Close { key });
            }
        }
    }
}

fn citation(annotation: &Value) -> Citation {
    let owned = |field| said(annotation, field).map(str::to_owned);
    let range = whole(annotation, "start_index").zip(whole(annotation, "end_index"));
    Citation {
        url: owned("url"),
        title: owned("title"),
        quote: owned("quote"),
        range,
        value: annotation.clone(),
    }
}
