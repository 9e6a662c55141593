use serde_json::Value;

use super::Outlet;
use crate::proof::{Proof, ProofKind};
use crate::read::said;
use crate::reply::{Block, Event};
use crate::responses::items::{BREAK, joined};
use crate::sent::Sent;

/// Thoughts. They come in the open, summed up, or both; what comes first is passed on.
#[derive(Clone)]
pub(in crate::responses) struct Reasoning {
    index: u64,
    key: Option<u32>,
    track: Option<Track>,
    /// The part of the track that was passed on last.
    part: u64,
    sent: Sent,
    closed: bool,
}

/// Where thoughts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::responses) enum Track {
    Content,
    Summary,
}

impl Track {
    fn field(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Summary => "summary",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Content => Self::Summary,
            Self::Summary => Self::Content,
        }
    }
}

impl Reasoning {
    pub(super) fn new(index: u64) -> Self {
        Self {
            index,
            key: None,
            track: None,
            part: 0,
            sent: Sent::default(),
            closed: false,
        }
    }

    fn key(&mut self, out: &mut Outlet) -> u32 {
        if let Some(key) = self.key {
            return key;
        }
        let key = out.key();
        self.key = Some(key);
        let block = Block::Thinking;
        out.events.push(Event::Open { key, block });
        key
    }

    fn pass(&mut self, text: &str, out: &mut Outlet) {
        if text.is_empty() || self.closed {
            return;
        }
        let key = self.key(out);
        self.sent.add(text);
        out.text(key, text);
    }

    /// More of a part of a track.
    pub(in crate::responses) fn more(&mut self, track: Track, part: u64, text: &str, out: &mut Outlet) {
        if text.is_empty() {
            return;
        }
        if *self.track.get_or_insert(track) != track {
            return;
        }
        if part != self.part && !self.sent.is_empty() {
            self.pass(BREAK, out);
        }
        self.part = part;
        self.pass(text, out);
    }

    /// All the text of a part, of which nothing may have come before.
    pub(in crate::responses) fn whole(&mut self, track: Track, part: u64, text: &str, out: &mut Outlet) {
        let new = self.sent.is_empty() || (self.track == Some(track) && part > self.part);
        if new {
            self.more(track, part, text, out);
        }
    }

    pub(super) fn done(&mut self, item: &Value, out: &mut Outlet) {
        let content = joined(item, Track::Content.field());
        let track = *self.track.get_or_insert(if content.is_empty() {
            Track::Summary
        } else {
            Track::Content
        });
        let all = joined(item, track.field());
        if self.sent.contradicts(&all) {
            out.drop(format!("output[{}].{}", self.index, track.field()));
        }
        let missing = self.sent.missing(&all).to_owned();
        self.pass(&missing, out);
        let other = joined(item, track.other().field());
        if !other.is_empty() && other != all {
            let field = track.other().field();
            out.drop(format!("output[{}].{field}", self.index));
        }
        if let Some(data) = said(item, "encrypted_content")
            && !self.closed
        {
            let key = self.key(out);
            let proof = Proof::minted(&out.context.issuer, ProofKind::Encrypted, data);
            out.events.push(Event::Proof { key, proof });
        }
        if let Some(key) = self.key
            && !self.closed
        {
            out.events.push(Event::Close { key });
        }
        self.closed = true;
    }
}
