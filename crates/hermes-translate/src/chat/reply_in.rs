use serde_json::Value;

use crate::context::Context;
use crate::reply::{Failure, Reply};

pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    let _ = (context, body);
    Ok(Reply::default())
}
