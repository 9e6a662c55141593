//! Gemini's whole answer: the same as a stream of one chunk.

use serde_json::Value;

use super::stream_in::Reader;
use crate::context::Context;
use crate::reply::{Failure, Reply};
use crate::translator::ReadStream as _;

pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    let (mut reader, mut events) = (Reader::of(context), Vec::new());
    reader.chunk(body, &mut events);
    // A whole answer is complete even where it does not say why it ended.
    if !reader.finished() && !reader.failed() && body.get("candidates").is_some() {
        reader.complete();
    }
    reader.end(&mut events);
    Reply::of(events)
}

#[cfg(test)]
mod tests;
