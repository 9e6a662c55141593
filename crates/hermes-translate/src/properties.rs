//! What holds for every pair of protocols, on arbitrary requests and answers.

use std::sync::Arc;

use hermes_core::Protocol;
use proptest::prelude::*;
use serde_json::Value;

use crate::context::{Context, Stamp};
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::reply::{Block, Failure, Reply};
use crate::translator::{self, Translator};

#[path = "../tests/support/mod.rs"]
pub(crate) mod support;

use support::{Heard, asked, context, heard, target};

/// The protocols whose readers and writers are there.
const PROTOCOLS: [Protocol; 4] = Protocol::ALL;

fn pairs() -> impl Strategy<Value = (Protocol, Protocol)> {
    let one = || prop::sample::select(PROTOCOLS.to_vec());
    (one(), one())
}

/// An answer as an upstream of a protocol gives it.
fn given(protocol: Protocol, reply: &Reply) -> Vec<u8> {
    translator::write_reply(&context(protocol, protocol), reply.clone())
}

fn streamed(protocol: Protocol, reply: &Reply) -> Vec<u8> {
    let (mut writer, mut out) = (translator::writer(&context(protocol, protocol)), Vec::new());
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    out
}

/// What a client of a protocol reads.
fn read(protocol: Protocol, body: &[u8]) -> Result<Reply, Failure> {
    let value: Value = serde_json::from_slice(body).unwrap();
    translator::read_reply(&context(protocol, protocol), &value)
}

fn translated(context: &Arc<Context>, stream: &[u8], size: usize) -> Vec<u8> {
    let (mut translator, mut out) = (Translator::new(context), Vec::new());
    for bytes in stream.chunks(size) {
        translator.push(bytes);
        while translator.write(&mut out) {}
    }
    translator.finish();
    while translator.write(&mut out) {}
    out
}

/// What a client that folds its stream reads.
fn folded(protocol: Protocol, stream: &[u8]) -> Result<Reply, Failure> {
    let mut collector = crate::Collector::new(&context(protocol, protocol));
    collector.push(stream);
    read(protocol, &collector.finish()?.body)
}

/// A request as a client of a protocol sends it, with what stands in the path.
fn sent(protocol: Protocol, prompt: &Prompt) -> Value {
    let names = Names::new(&prompt.tools, true);
    let mut dropped = Dropped::new(true);
    let mut body = translator::write_request(prompt, &target(protocol), &names, &mut dropped).unwrap();
    if protocol == Protocol::Gemini {
        body["model"] = "model".into();
    }
    body
}

/// What is heard beside words of a refusal, which some protocols make up where none came.
fn without_refusal(mut heard: Heard) -> Heard {
    heard.refusal.clear();
    heard
}

/// Whether some of its thoughts are proved and others are not. A stream of Chat Completions cannot tell where one ends then.
fn mixes_proofs(reply: &Reply) -> bool {
    let thoughts = || reply.blocks.iter().filter(|one| one.block == Block::Thinking);
    thoughts().any(|one| one.proof.is_some()) && thoughts().any(|one| one.proof.is_none())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_answer_says_the_same_to_every_client(
        (client, upstream) in pairs(),
        reply in support::plain_reply(),
        size in 1_usize..200,
    ) {
        let context = context(client, upstream);
        let heard = |reply: &Reply| without_refusal(heard(reply));
        let expected = heard(&reply);
        let whole = given(upstream, &reply);
        let written = translator::reply(&context, &whole).unwrap();
        prop_assert_eq!(&heard(&read(client, &written.body).unwrap()), &expected);
        let replayed = translator::replayed(&context, &whole).unwrap();
        prop_assert_eq!(&heard(&folded(client, &replayed).unwrap()), &expected);
        let stream = translated(&context, &streamed(upstream, &reply), size);
        prop_assert_eq!(&heard(&folded(client, &stream).unwrap()), &expected);
    }

    #[test]
    fn any_answer_can_be_told_and_read(reply in support::reply(), (client, _) in pairs()) {
        let mixed = mixes_proofs(&reply);
        let heard = |reply: Reply| {
            let mut heard = heard(&reply);
            if mixed {
                heard.thoughts.clear();
            }
            heard
        };
        let whole = read(client, &given(client, &reply)).map(heard);
        let stream = folded(client, &streamed(client, &reply)).map(heard);
        prop_assert_eq!(whole, stream);
    }

    #[test]
    fn a_request_says_the_same_to_every_upstream((client, upstream) in pairs(), prompt in support::plain_prompt()) {
        let expected = asked(&prompt);
        let body = sent(client, &prompt);
        let stamp = Stamp::default();
        let up = translator::request(client, &body, &target(upstream), false, stamp.clone()).unwrap();
        let mut there: Value = serde_json::from_slice(&up.body).unwrap();
        if upstream == Protocol::Gemini {
            there["model"] = "model".into();
        }
        prop_assert_eq!(&asked(&translator::read_request(upstream, &there).unwrap()), &expected);
        let back = translator::request(upstream, &there, &target(client), false, stamp).unwrap();
        let mut back: Value = serde_json::from_slice(&back.body).unwrap();
        if client == Protocol::Gemini {
            back["model"] = "model".into();
        }
        prop_assert_eq!(&asked(&translator::read_request(client, &back).unwrap()), &expected);
    }
}
