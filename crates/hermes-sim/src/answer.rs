//! What the simulated server sends back.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// One answer: a status, headers and a body in parts.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) parts: Vec<Part>,
    pub(crate) delay: Duration,
    pub(crate) drop_at_once: bool,
}

/// One part of a body.
#[derive(Clone, Debug)]
pub enum Part {
    /// These bytes, in one write.
    Bytes(Bytes),
    /// Silence.
    Pause(Duration),
    /// This many zero bytes.
    Flood(u64),
    /// The connection is cut here.
    Cut,
    /// Nothing more ever comes.
    Hang,
}

impl Answer {
    /// An answer with this status and no body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            parts: Vec::new(),
            delay: Duration::ZERO,
            drop_at_once: false,
        }
    }

    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status)
            .header("content-type", "application/json")
            .text(&body.to_string())
    }

    /// A page.
    pub fn html(status: u16, body: &str) -> Self {
        Self::status(status)
            .header("content-type", "text/html; charset=utf-8")
            .text(body)
    }

    /// An event stream whose events are sent one by one.
    pub fn events(events: impl IntoIterator<Item = String>) -> Self {
        let answer = Self::status(200).header("content-type", "text/event-stream; charset=utf-8");
        events
            .into_iter()
            .fold(answer, |answer, event| answer.part(Part::Bytes(event.into())))
    }

    /// The connection is closed before anything is sent.
    pub fn dropped() -> Self {
        Self {
            drop_at_once: true,
            ..Self::status(500)
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds text to the body.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.part(Part::Bytes(Bytes::copy_from_slice(text.as_bytes())))
    }

    /// Adds a part to the body.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Waits before the head is sent.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}
