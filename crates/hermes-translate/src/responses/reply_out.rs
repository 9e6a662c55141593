use super::stream_out::Answer;
use crate::context::Context;
use crate::reply::Reply;

/// Writes a whole answer as JSON: the one that the stream of the same events ends with.
pub(crate) fn write_reply(context: &Context, reply: Reply) -> Vec<u8> {
    let mut answer = Answer::default();
    let mut stream = Vec::new();
    for event in reply.into_events() {
        stream.clear();
        answer.event(context, &event, &mut stream);
    }
    let place = answer.last().unwrap_or_default();
    stream.truncate(place.end);
    stream.drain(..place.start);
    stream
}
