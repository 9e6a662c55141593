//! What holds between every two protocols, on recorded traffic.

mod cuts;
mod errors;
mod meaning;
mod order;
mod pieces;
mod recorded;
mod replies;
mod requests;
mod turns;
mod view;

use std::sync::Arc;

use hermes_core::Protocol;

use crate::context::{Context, Stamp};
use crate::names::Names;
use crate::proof::Issuer;

/// Every two protocols that differ, the upstream's first.
fn pairs() -> impl Iterator<Item = (Protocol, Protocol)> {
    let all = Protocol::ALL.into_iter();
    all.flat_map(|upstream| Protocol::ALL.into_iter().map(move |client| (upstream, client)))
        .filter(|(upstream, client)| upstream != client)
}

pub(crate) fn context(upstream: Protocol, client: Protocol) -> Arc<Context> {
    Arc::new(Context {
        client,
        upstream,
        model: "asked".to_owned(),
        issuer: Issuer::new("upstream"),
        names: Names::default(),
        stream: true,
        wants_usage: true,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: serde_json::Map::new(),
        stamp: Stamp {
            id: "0a1b".to_owned(),
            now: 1_700_000_000,
        },
    })
}
