//! Every recorded answer toward every other protocol: what the client reads is what the upstream said, minus what was declared.

use std::sync::Arc;

use hermes_core::Protocol;
use serde_json::Value;

use super::view::{View, view};
use super::{context, pairs, recorded};
use crate::context::Context;
use crate::reply::{Failure, Reply};
use crate::translator::{self, Collector, Translator};

/// What came of the cases of a pair.
#[derive(Default)]
struct Counts {
    equal: usize,
    declared: usize,
    failures: usize,
    undeclared: Vec<String>,
}

/// An answer on its two ways.
struct Told {
    /// What the upstream said.
    said: Result<Reply, Failure>,
    /// What the client reads.
    heard: Result<Reply, Failure>,
}

fn read(client: Protocol, body: &[u8]) -> Result<Reply, Failure> {
    let value: Value = serde_json::from_slice(body).unwrap();
    translator::read_reply(&context(client, client), &value)
}

/// What a client that folds its stream reads.
pub(super) fn folded(protocol: Protocol, stream: &[u8]) -> Result<Reply, Failure> {
    let mut collector = Collector::new(&context(protocol, protocol));
    collector.push(stream);
    collector.reply()
}

pub(super) fn translated(context: &Arc<Context>, stream: &[u8]) -> Vec<u8> {
    let (mut translator, mut out) = (Translator::new(context), Vec::new());
    translator.push(stream);
    while translator.write(&mut out) {}
    translator.finish();
    while translator.write(&mut out) {}
    out
}

pub(super) fn said(context: &Arc<Context>, stream: &[u8]) -> Result<Reply, Failure> {
    let mut collector = Collector::new(context);
    collector.push(stream);
    collector.reply()
}

/// A whole answer as whole and as a stream, a stream as a stream and as a whole.
fn ways(upstream: Protocol, client: Protocol) -> Vec<(String, Told)> {
    let context = context(upstream, client);
    let mut out = Vec::new();
    for (name, body) in recorded::wholes(upstream) {
        let body = body.to_string().into_bytes();
        let whole = translator::reply(&context, &body).and_then(|one| read(client, &one.body));
        let stream = translator::replayed(&context, &body);
        for (way, heard) in [
            ("whole", whole),
            ("replayed", stream.and_then(|one| folded(client, &one))),
        ] {
            let said = translator::reply_of(&context, &body);
            out.push((format!("{name} {way}"), Told { said, heard }));
        }
    }
    for (name, stream) in recorded::streams(upstream) {
        let stream = stream.as_bytes();
        let mut collector = Collector::new(&context);
        collector.push(stream);
        let gathered = collector.finish().and_then(|one| read(client, &one.body));
        let streamed = folded(client, &translated(&context, stream));
        for (way, heard) in [("stream", streamed), ("gathered", gathered)] {
            let said = said(&context, stream);
            out.push((format!("{name} {way}"), Told { said, heard }));
        }
    }
    out
}

/// Names what differs, without what was declared.
fn difference(said: &Reply, heard: &Reply, client: Protocol) -> Option<String> {
    let (mut said_view, mut heard_view) = (view(said, client), view(heard, client));
    forgive(&mut said_view, &mut heard_view, said, client);
    (said_view != heard_view).then(|| format!("\n  said  {said_view:?}\n  heard {heard_view:?}"))
}

/// Makes alike what the protocol has no place for and what was declared for it.
fn forgive(said: &mut View, heard: &mut View, original: &Reply, client: Protocol) {
    let declared = |what: &str| original.dropped.iter().any(|path| path == what);
    if declared("citations") {
        said.places = heard.places;
    }
    if declared("namespace") {
        said.forget_namespaces();
    }
    if declared("stop_sequence") && heard.stop.is_none() {
        said.stop = None;
    }
    if client == Protocol::Gemini {
        // These it tells in words.
        heard.stop.clone_from(&said.stop);
        let told = heard
            .refusal
            .split_once(" Left out: ")
            .map(|(told, _)| told.to_owned());
        heard.refusal = told.unwrap_or_else(|| heard.refusal.clone());
        // The same place is told once.
        said.places = said.places.min(heard.places.max(1));
        if said.refusal.is_empty() {
            heard.refusal.clear();
        }
    }
}

fn count(upstream: Protocol, client: Protocol) -> Counts {
    let mut counts = Counts::default();
    for (name, told) in ways(upstream, client) {
        match (told.said, told.heard) {
            (Ok(said), Ok(heard)) => match difference(&said, &heard, client) {
                None if said.dropped.is_empty() => counts.equal += 1,
                None => counts.declared += 1,
                Some(difference) => counts.undeclared.push(format!("{name} {difference}")),
            },
            (Err(said), Err(heard)) if said.message == heard.message => counts.failures += 1,
            (said, heard) => {
                let (said, heard) = (said.err(), heard.err());
                counts
                    .undeclared
                    .push(format!("{name}: said {said:?}, heard {heard:?}"));
            }
        }
    }
    counts
}

#[test]
fn what_clients_hear_is_what_upstreams_said() {
    println!("upstream > client: equal / declared / undeclared (failures told)");
    let mut undeclared = Vec::new();
    for (upstream, client) in pairs() {
        let counts = count(upstream, client);
        println!(
            "{upstream:?} > {client:?}: {} / {} / {} ({})",
            counts.equal,
            counts.declared,
            counts.undeclared.len(),
            counts.failures
        );
        let found = counts.undeclared.into_iter();
        undeclared.extend(found.map(|one| format!("{upstream:?} > {client:?} {one}")));
    }
    assert!(undeclared.is_empty(), "{}", undeclared.join("\n"));
}

#[test]
fn a_stream_says_what_the_whole_says() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, body) in recorded::wholes(upstream) {
            let body = body.to_string().into_bytes();
            let Ok(written) = translator::reply(&context, &body) else {
                continue;
            };
            let whole = read(client, &written.body).map(|one| view(&one, client));
            let stream = translator::replayed(&context, &body).unwrap();
            let stream = folded(client, &stream).map(|one| view(&one, client));
            assert_eq!(stream, whole, "{upstream:?} > {client:?} {name}");
        }
    }
}
