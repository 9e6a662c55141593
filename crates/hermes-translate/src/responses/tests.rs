//! What the parts of this room hold together: recorded traffic through both of its halves.

mod arbitrary;
mod odd;
pub(crate) mod order;
mod recorded;
mod requests;

use std::path::PathBuf;
use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use super::echo::echo;
use crate::context::{Context, Stamp};
use crate::names::Names;
use crate::proof::Issuer;
use crate::reply::Reply;
use crate::responses::write_reply;
use crate::target::Target;

/// A context of an answer between two ends.
pub(super) fn context(client: Protocol, upstream: Protocol) -> Arc<Context> {
    Arc::new(Context {
        client,
        upstream,
        model: "asked".to_owned(),
        issuer: Issuer::new("openai"),
        names: Names::default(),
        stream: true,
        wants_usage: false,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: echo(
            Protocol::Responses,
            &json!({"tools": [{"type": "function", "name": "f"}]}),
        ),
        stamp: Stamp {
            id: "abc".to_owned(),
            now: 1_700_000_000,
        },
    })
}

pub(super) fn own() -> Arc<Context> {
    context(Protocol::Responses, Protocol::Responses)
}

pub(super) fn target(quirks: Quirks) -> Target {
    Target {
        protocol: Protocol::Responses,
        model: "sent".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("openai"),
        quirks,
    }
}

/// The recorded files with an ending, by case.
pub(super) fn recordings(ending: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recorded/openai-responses");
    let mut found: Vec<(String, String)> = fs_err::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((name, fs_err::read_to_string(&path).unwrap()))
        })
        .collect();
    found.sort();
    assert!(found.len() > 40, "recordings are missing");
    found
}

/// The `body` of a recorded file, if it has one.
pub(super) fn body(text: &str) -> Option<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file.get("body").filter(|body| body.is_object()).cloned()
}

/// A whole answer as it is written.
pub(super) fn written(context: &Context, reply: &Reply) -> Value {
    serde_json::from_slice(&write_reply(context, reply.clone())).unwrap()
}

/// The events of a stream as JSON, without comments.
pub(super) fn events(stream: &[u8]) -> Vec<Map<String, Value>> {
    let mut decoder = hermes_wire::SseDecoder::default();
    let mut events: Vec<_> = decoder.push(stream).map(Result::unwrap).collect();
    events.extend(decoder.finish().map(Result::unwrap));
    events
        .into_iter()
        .filter_map(|event| serde_json::from_str::<Value>(&event.data).ok())
        .map(|value| value.as_object().unwrap().clone())
        .collect()
}
