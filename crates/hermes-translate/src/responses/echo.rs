use hermes_core::Protocol;
use serde_json::{Map, Value};

/// The fields of a request that an answer in Responses repeats; nothing for other clients.
pub(crate) fn echo(client: Protocol, body: &Value) -> Map<String, Value> {
    let _ = (client, body);
    Map::new()
}
