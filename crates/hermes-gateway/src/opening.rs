//! The beginning of an answer, held back until it is clear whether it is one.

use std::collections::VecDeque;

use bytes::Bytes;
use hermes_core::Protocol;
use hermes_http::ReplyBody;
use hermes_wire::{Opening, OpeningWatcher, begins_as_error, is_error_answer};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use crate::limits::Limits;

/// What came of an answer's body so far, and how it goes on.
#[derive(Default)]
pub(crate) struct Held {
    /// As they came.
    pub(crate) frames: VecDeque<Bytes>,
    pub(crate) rest: Rest,
    /// The data of an error event that came in place of an answer.
    pub(crate) error: Option<Vec<u8>>,
}

impl Held {
    /// How many bytes are held.
    pub(crate) fn size(&self) -> Option<u32> {
        u32::try_from(self.frames.iter().map(Bytes::len).sum::<usize>()).ok()
    }
}

/// What follows the held bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Whatever still comes.
    #[default]
    More,
    /// Nothing: the body has ended.
    Ended,
    /// Nothing: it broke off.
    Cut,
    /// Nothing: no byte came in time.
    Silent,
}

/// Takes frames until the first content, an error in its place, the end, or a limit.
pub(crate) async fn hold(body: &mut ReplyBody, protocol: Protocol, limits: &Limits) -> Held {
    let mut held = Held::default();
    let mut watcher = OpeningWatcher::new(protocol, limits.held);
    let mut size = 0;
    let mut until = Instant::now() + limits.upstream_idle;
    loop {
        let data = match next(body, until).await {
            Ok(data) => data,
            // Whatever follows takes its time; what has come is not held any longer.
            Err(Rest::Silent) if !held.frames.is_empty() => return held,
            Err(rest) => {
                held.rest = rest;
                if rest == Rest::Ended {
                    held.error = told(watcher.finish());
                }
                return held;
            }
        };
        if held.frames.is_empty() {
            until = Instant::now() + limits.held_time;
        }
        size += data.len();
        let shown = watcher.push(&data);
        held.frames.push_back(data);
        if shown != Opening::Undecided || size >= limits.held {
            held.error = told(shown);
            return held;
        }
    }
}

/// Takes the first bytes of a whole answer, and all of it if it begins as an error does: some providers say 200 to everything.
pub(crate) async fn hold_whole(body: &mut ReplyBody, limits: &Limits) -> Held {
    let mut held = Held::default();
    let mut size = 0;
    loop {
        match next(body, Instant::now() + limits.upstream_idle).await {
            Ok(data) => {
                size += data.len();
                held.frames.push_back(data);
            }
            Err(rest) => {
                held.rest = rest;
                break;
            }
        }
        if size >= limits.held || !held.frames.front().is_some_and(|first| begins_as_error(first)) {
            return held;
        }
    }
    if held.rest == Rest::Ended {
        let whole: Vec<u8> = held.frames.iter().flatten().copied().collect();
        held.error = is_error_answer(&whole).then_some(whole);
    }
    held
}

/// The next bytes that come until then, or why none came.
async fn next(body: &mut ReplyBody, until: Instant) -> Result<Bytes, Rest> {
    loop {
        match timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(data),
                _ => {}
            },
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "upstream answer broke off before it began");
                return Err(Rest::Cut);
            }
            Ok(None) => return Err(Rest::Ended),
            Err(_) => return Err(Rest::Silent),
        }
    }
}

fn told(shown: Opening) -> Option<Vec<u8>> {
    match shown {
        Opening::Error(body) => Some(body),
        Opening::Content | Opening::Undecided => None,
    }
}
