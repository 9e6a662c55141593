use serde_json::Value;

use super::stream_out::Answer;
use crate::context::Context;
use crate::reply::Reply;

/// Writes a whole answer: the one that the stream of the same events ends with.
pub(crate) fn write_reply(context: &Context, reply: &Reply) -> Value {
    let mut answer = Answer::default();
    let mut stream = Vec::new();
    for event in reply.events() {
        answer.event(context, &event, &mut stream);
        stream.clear();
    }
    answer.last().unwrap_or_default()
}
