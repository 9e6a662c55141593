//! An upstream's whole answer.

use serde_json::Value;

use super::answer::{Answer, failure_of};
use crate::context::Context;
use crate::read;
use crate::reply::{Failure, Reply};
use crate::serial::Serial;

/// Reads a whole answer.
///
/// # Errors
/// The failure that it is.
pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    if let Some(failure) = failure_of(body) {
        return Err(failure);
    }
    if read::list(body, "choices").is_empty() {
        return Err(Failure {
            status: 502,
            kind: "upstream_unreadable".to_owned(),
            message: "the provider's answer holds no choices".to_owned(),
        });
    }
    let mut answer = Answer::new(&context.issuer);
    let mut events = Vec::new();
    answer.chunk(body, &mut events);
    answer.done(&mut events);
    let mut serial = Serial::default();
    let mut ordered = Vec::new();
    for event in events {
        serial.push(event, &mut ordered);
    }
    Reply::of(ordered)
}
