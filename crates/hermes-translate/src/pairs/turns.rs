//! Conversations of several turns: what comes back to an upstream is what it said, and what goes to another has none of its proofs.

mod client;

use client::Client;
use hermes_catalog::Quirks;
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::Value;

use super::{context, pairs};
use crate::context::Stamp;
use crate::ids::Ids;
use crate::prompt::{PartKind, Prompt};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Reply, Whole};
use crate::target::Target;
use crate::translator::{self, Translated};

/// How the ids of an upstream's calls look.
#[derive(Clone, Copy)]
enum IdForm {
    Plain,
    Colons,
    Missing,
}

impl IdForm {
    fn id(self, number: usize) -> String {
        match self {
            Self::Plain => format!("call_abc{number}"),
            Self::Colons => format!("functions.look:{number}"),
            Self::Missing => String::new(),
        }
    }
}

/// What is followed through a conversation.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Proof(String),
    Call(String, String),
    Result(String),
}

fn target(protocol: Protocol, issuer: &str) -> Target {
    Target {
        protocol,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new(issuer),
        quirks: Quirks {
            thoughts_field: (protocol == Protocol::ChatCompletions).then(|| "reasoning_details".to_owned()),
            ..Quirks::default()
        },
    }
}

/// Letters that are base64 as well: Gemini's clients demand that.
fn data(turn: usize) -> String {
    format!("cHJvb2Z{turn}L29mL3Rob3VnaHRz")
}

/// A thought with a proof as this protocol's upstreams mint it; nobody's, since it goes out as it is.
fn thoughts(upstream: Protocol, turn: usize) -> Vec<Whole> {
    let proved = |text: &str, kind| Whole {
        proof: Some(Proof {
            issuer: None,
            kind,
            data: data(turn),
        }),
        ..Whole::new(Block::Thinking, text)
    };
    let text = format!("thought {turn}");
    match upstream {
        Protocol::AnthropicMessages if turn == 2 => vec![proved("", ProofKind::Redacted)],
        Protocol::AnthropicMessages | Protocol::ChatCompletions => vec![proved(&text, ProofKind::Signature)],
        Protocol::Responses => vec![proved(&text, ProofKind::Encrypted)],
        Protocol::Gemini => vec![proved("", ProofKind::Thought)],
    }
}

/// An answer with thoughts and so many calls; a text where there are none, so that something carries the proof.
fn answer(upstream: Protocol, turn: usize, calls: usize, form: IdForm) -> Reply {
    let mut blocks = thoughts(upstream, turn);
    if calls == 0 {
        blocks.push(Whole::new(Block::Text, format!("text {turn}")));
    }
    for number in 0..calls {
        let block = Block::Call {
            id: form.id(turn * 10 + number),
            name: ["look", "find"][number % 2].to_owned(),
            custom: false,
            namespace: None,
        };
        blocks.push(Whole::new(
            block,
            format!("{{\"turn\":{turn},\"number\":{number}}}"),
        ));
    }
    Reply {
        blocks,
        ..Reply::default()
    }
}

/// The answer as the upstream gives it, whole or as a stream, in the client's words.
fn told(upstream: Protocol, up: &Translated, reply: &Reply, turn: usize) -> Value {
    let own = context(upstream, upstream);
    let mut here = up.context.clone();
    here.stamp.id = format!("stamp{turn}");
    let here = std::sync::Arc::new(here);
    let body = translator::write_reply(&own, reply.clone());
    let written = if turn.is_multiple_of(2) {
        translator::reply(&here, &body).unwrap()
    } else {
        let stream = translator::replayed(&here, &body).unwrap();
        return client::folded(here.client, &stream);
    };
    serde_json::from_slice(&written.body).unwrap()
}

fn steps(prompt: &Prompt) -> Vec<Step> {
    let parts = prompt.turns.iter().flat_map(|turn| &turn.parts);
    let steps = parts.filter_map(|part| match &part.kind {
        PartKind::Thinking { proof, .. } => proof.as_ref().map(|proof| Step::Proof(proof.data.clone())),
        PartKind::Call(call) => Some(Step::Call(call.id.clone(), call.arguments.clone())),
        PartKind::Result(result) => Some(Step::Result(result.id.clone())),
        _ => None,
    });
    steps.collect()
}

/// What an upstream is sent, in the common form.
fn sent(client: &Client, target: &Target) -> (Prompt, Value, Translated) {
    let up = translator::request(client.protocol, &client.body, target, false, Stamp::default()).unwrap();
    let mut body: Value = serde_json::from_slice(&up.body).unwrap();
    if target.protocol == Protocol::Gemini {
        body["model"] = "model".into();
    }
    (
        translator::read_request(target.protocol, &body).unwrap(),
        body,
        up,
    )
}

/// The conversation of a request as it was written.
fn history(protocol: Protocol, body: &Value) -> Vec<Value> {
    let field = match protocol {
        Protocol::AnthropicMessages | Protocol::ChatCompletions => "messages",
        Protocol::Responses => "input",
        Protocol::Gemini => "contents",
    };
    body[field].as_array().cloned().unwrap()
}

/// What the upstream said so far, as it has to come back: with the ids that the client was given, as they fit.
#[derive(Default)]
struct Said {
    steps: Vec<Step>,
    ids: Ids,
}

impl Said {
    fn add(&mut self, reply: &Reply, given: &[String]) {
        let mut given = given.iter();
        let mut results = Vec::new();
        for whole in &reply.blocks {
            self.steps
                .extend(whole.proof.iter().map(|proof| Step::Proof(proof.data.clone())));
            if let Block::Call { name, .. } = &whole.block {
                let id = self.ids.call(given.next().unwrap(), name);
                self.steps.push(Step::Call(id.clone(), whole.text.clone()));
                results.push(Step::Result(id));
            }
        }
        self.steps.append(&mut results);
    }

    fn without_proofs(&self) -> Vec<Step> {
        let steps = self.steps.iter();
        steps
            .filter(|step| !matches!(step, Step::Proof(_)))
            .cloned()
            .collect()
    }
}

/// Nothing of any proof may be in what goes to somebody else.
fn check_elsewhere(client: &Client, said: &Said, name: &str) {
    for protocol in Protocol::ALL {
        let (prompt, body, _) = sent(client, &target(protocol, "other"));
        if protocol != client.protocol {
            assert_eq!(steps(&prompt), said.without_proofs(), "{name}, then {protocol:?}");
        }
        assert!(!body.to_string().contains("cHJvb2Z"), "{name}, then {protocol:?}");
        assert!(
            !Proof::is_in(body.to_string().as_bytes()),
            "{name}, then {protocol:?}"
        );
    }
}

#[rstest]
#[case::plain(IdForm::Plain)]
#[case::colons(IdForm::Colons)]
#[case::missing(IdForm::Missing)]
fn proofs_ids_and_order_are_kept_through_many_turns(#[case] form: IdForm) {
    for (upstream, protocol) in pairs() {
        let name = format!("{upstream:?} > {protocol:?}");
        let here = target(upstream, "upstream");
        let mut client = Client::new(protocol);
        let (mut said, mut before) = (Said::default(), Vec::new());
        for (turn, calls) in [1, 2, 0, 3, 1, 0].into_iter().enumerate() {
            let (prompt, body, up) = sent(&client, &here);
            assert_eq!(steps(&prompt), said.steps, "{name}, turn {turn}");
            let now = history(upstream, &body);
            // What was sent once is sent again as it was, or the upstream's cache of it is worth nothing.
            assert_eq!(now.get(..before.len()), Some(&before[..]), "{name}, turn {turn}");
            before = now;
            let reply = answer(upstream, turn, calls, form);
            let told = told(upstream, &up, &reply, turn);
            let given = client.take(&told);
            said.add(&reply, &given);
            check_elsewhere(&client, &said, &name);
        }
    }
}
