//! A whole answer on its way down.

use std::sync::Arc;

use hermes_wire::Usage;

use super::flow::Flow;
use super::replay::Replay;
use super::{read_reply, write_reply};
use crate::context::Context;
use crate::json::{self, JsonError};
use crate::reply::{Failure, Reply};

/// A translated answer: its whole body, or what gives it in pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<B = Vec<u8>> {
    /// The body for the client.
    pub body: B,
    /// What was left out of the answer, for a header; none when nothing was.
    pub dropped: Option<String>,
    /// Tokens.
    pub usage: Option<Usage>,
}

/// Translates a whole answer.
///
/// # Errors
/// The failure that the answer is, or that it cannot be read.
pub fn reply(context: &Arc<Context>, body: &[u8]) -> Result<Written, Failure> {
    Ok(written(context, reply_of(context, body)?))
}

/// Translates a whole answer for a client that wants a stream.
///
/// # Errors
/// As for [`reply`].
pub fn reply_as_stream(context: &Arc<Context>, body: &[u8]) -> Result<Written<Replay>, Failure> {
    let reply = reply_of(context, body)?;
    Ok(Written {
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
        body: Replay::new(context, reply),
    })
}

pub(crate) fn reply_of(context: &Arc<Context>, body: &[u8]) -> Result<Reply, Failure> {
    let value = json::parse(body).map_err(|error| match error {
        JsonError::TooMany => Failure::too_large(),
        JsonError::Malformed(_) => Failure {
            status: 502,
            kind: "upstream_unreadable".to_owned(),
            message: "the provider's answer is not JSON".to_owned(),
        },
    })?;
    let reply = read_reply(context, &value)?;
    drop(value);
    // Names, stop texts and the order of blocks are handled in one place, for streams and whole answers alike.
    let mut flow = Flow::new(context, false);
    let mut events = Vec::new();
    for event in reply.into_events() {
        flow.push(event, &mut events);
    }
    Reply::of(events)
}

pub(super) fn written(context: &Context, reply: Reply) -> Written {
    Written {
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
        body: write_reply(context, reply),
    }
}

/// The stream of a whole answer, all of it at once.
#[cfg(test)]
pub(crate) fn replayed(context: &Arc<Context>, body: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut written = reply_as_stream(context, body)?;
    let mut out = Vec::new();
    while written.body.write(&mut out) {}
    Ok(out)
}
