use std::sync::Arc;

use serde_json::Value;

use super::assembly::Assembly;
use super::failure::of_body;
use crate::context::Context;
use crate::read::{list, text};
use crate::reply::{Failure, Reply};

/// Reads a whole answer as the stream that would have made it.
pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    if let Some(failure) = of_body(body) {
        return Err(failure);
    }
    if !body.get("output").is_some_and(Value::is_array) {
        return Err(Failure {
            status: 502,
            kind: "upstream_unreadable".to_owned(),
            message: "the provider's answer holds no output".to_owned(),
        });
    }
    let mut assembly = Assembly::new(&Arc::new(context.clone()));
    assembly.start(body);
    for (index, item) in (0..).zip(list(body, "output")) {
        assembly.done(index, item);
    }
    assembly.conclude(body, text(body, "status").unwrap_or("completed"));
    Reply::of(assembly.out.events)
}
