//! Every recorded request toward every other protocol and back.

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use serde_json::Value;

use super::{pairs, recorded};
use crate::context::Stamp;
use crate::proof::{Issuer, Proof};
use crate::target::Target;
use crate::translator;

fn target(protocol: Protocol) -> Target {
    Target {
        protocol,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("upstream"),
        quirks: Quirks::default(),
    }
}

/// A request in another protocol, unless something of it has no place there.
fn sent(from: Protocol, to: Protocol, body: &Value) -> Option<Value> {
    let up = translator::request(from, body, &target(to), true, Stamp::default()).ok()?;
    let mut body: Value = serde_json::from_slice(&up.body).unwrap();
    if to == Protocol::Gemini {
        body["model"] = "model".into();
    }
    Some(body)
}

#[test]
fn translating_again_and_again_does_not_grow() {
    for (client, upstream) in pairs() {
        for (name, body) in recorded::requests(client) {
            let round = |body: &Value| sent(upstream, client, &sent(client, upstream, body)?);
            let Some(first) = round(&body) else { continue };
            let mut last = first.clone();
            for _ in 0..3 {
                let Some(next) = round(&last) else { break };
                last = next;
            }
            assert_eq!(last, first, "{client:?} > {upstream:?} {name}");
        }
    }
}

#[test]
fn no_wrapped_proof_goes_to_an_upstream() {
    for (client, upstream) in pairs() {
        for (_, body) in recorded::requests(client) {
            if let Some(there) = sent(client, upstream, &body) {
                assert!(!Proof::is_in(there.to_string().as_bytes()));
            }
        }
    }
}
