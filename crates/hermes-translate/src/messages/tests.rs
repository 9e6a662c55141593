mod cases;
mod fuzz;
mod mapping;
pub(crate) mod order;
mod reading;
mod replies;
mod requests;
mod streams;

use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use serde_json::Value;

use super::read_request;
use crate::context::{Context, Stamp};
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::proof::Issuer;
use crate::target::Target;
use crate::unsupported::Unsupported;

const OWN: Protocol = Protocol::AnthropicMessages;

fn target(quirks: Quirks) -> Target {
    Target {
        protocol: OWN,
        model: "model".to_owned(),
        name: "The Provider".to_owned(),
        issuer: Issuer::new("anthropic"),
        quirks,
    }
}

fn context(client: Protocol, upstream: Protocol) -> Arc<Context> {
    Arc::new(Context {
        client,
        upstream,
        model: "model".to_owned(),
        issuer: Issuer::new("anthropic"),
        names: Names::default(),
        stream: true,
        wants_usage: true,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: serde_json::Map::new(),
        stamp: Stamp {
            id: "0a1b".to_owned(),
            now: 1_800_000_000,
        },
    })
}

/// A request as it is written for an upstream, and what was left out of it.
fn written(prompt: &Prompt, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    let names = Names::new(&prompt.tools, false);
    let mut dropped = Dropped::default();
    let body = super::write_request(prompt, &target(quirks), &names, &mut dropped)?;
    Ok((body, dropped.paths().to_vec()))
}

/// A request of this protocol, read and written again.
fn again(body: &Value, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    written(&read_request(body)?, quirks)
}
