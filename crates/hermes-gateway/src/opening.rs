//! The beginning of a stream of events, held back until it is clear whether it is an answer.

use std::collections::VecDeque;

use bytes::Bytes;
use hermes_core::Protocol;
use hermes_http::ReplyBody;
use hermes_wire::{Opening, OpeningWatcher};
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
        let data = match timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "upstream answer broke off before it began");
                held.rest = Rest::Cut;
                return held;
            }
            Ok(None) => {
                held.error = told(watcher.finish());
                held.rest = Rest::Ended;
                return held;
            }
            Err(_) if held.frames.is_empty() => {
                held.rest = Rest::Silent;
                return held;
            }
            Err(_) => return held,
        };
        if data.is_empty() {
            continue;
        }
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

fn told(shown: Opening) -> Option<Vec<u8>> {
    match shown {
        Opening::Error(body) => Some(body),
        Opening::Content | Opening::Undecided => None,
    }
}
