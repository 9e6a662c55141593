//! A whole answer on its way down.

use std::sync::Arc;

use hermes_wire::Usage;

use super::flow::Flow;
use super::{read_reply, write_reply, writer};
use crate::context::Context;
use crate::json::{self, JsonError};
use crate::reply::{Failure, Reply};

/// A translated answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The body for the client.
    pub body: Vec<u8>,
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
    let reply = reply_of(context, body)?;
    Ok(written(context, &reply))
}

/// Translates a whole answer for a client that wants a stream.
///
/// # Errors
/// As for [`reply`].
pub fn reply_as_stream(context: &Arc<Context>, body: &[u8]) -> Result<Written, Failure> {
    let reply = reply_of(context, body)?;
    let mut writer = writer(context);
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    Ok(Written {
        body: out,
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
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
    // Names, stop texts and the order of blocks are handled in one place, for streams and whole answers alike.
    let mut flow = Flow::new(context);
    let mut events = Vec::new();
    for event in reply.events() {
        flow.push(event, &mut events);
    }
    Reply::of(events)
}

pub(super) fn written(context: &Context, reply: &Reply) -> Written {
    Written {
        body: write_reply(context, reply).to_string().into_bytes(),
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
    }
}
