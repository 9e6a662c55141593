//! Arbitrary requests and answers in the common form, for the tests of this crate and for those inside it.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(
    clippy::default_trait_access,
    reason = "the type has no name outside of its crate"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use hermes_core::Protocol;
use hermes_translate::prompt::{
    Part, PartKind, Prompt, Role, Sampling, Tool, ToolCall, ToolKind, ToolResult, Turn,
};
use hermes_translate::reply::{Block, Citation, Finish, Head, Reason, Reply, Whole};
use hermes_translate::{Context, Issuer, Proof, ProofKind, Stamp, Target};
use hermes_wire::Usage;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// An answer from one protocol to another.
pub(crate) fn context(client: Protocol, upstream: Protocol) -> Arc<Context> {
    Arc::new(Context {
        client,
        upstream,
        model: "model".to_owned(),
        issuer: Issuer::new("upstream"),
        names: Default::default(),
        stream: true,
        wants_usage: true,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: Map::new(),
        stamp: Stamp {
            id: "0123456789".to_owned(),
            now: 1_700_000_000,
        },
    })
}

/// An upstream that keeps to its protocol.
pub(crate) fn target(protocol: Protocol) -> Target {
    Target {
        protocol,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("upstream"),
        quirks: Default::default(),
    }
}

/// Words that no protocol takes for anything else.
pub(crate) fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9 äß€😀\"\\\\\n]{0,20}[a-z]"
}

/// Any text, empty ones too.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => words(), 1 => ".{0,12}"]
}

/// Arguments of a call: an object as JSON text.
pub(crate) fn arguments() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        words().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(json!([1, {"a": null}])),
    ];
    vec(("[a-z]{1,5}", leaf), 0..4)
        .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>()).to_string())
}

pub(crate) fn usage() -> impl Strategy<Value = Usage> {
    let count = || 0_u64..1_000_000;
    (count(), count(), count(), count(), count()).prop_map(
        |(input, cache_read, cache_write, output, thoughts)| Usage {
            input,
            cache_read,
            cache_write,
            output,
            reasoning: thoughts.min(output),
        },
    )
}

pub(crate) fn proof() -> impl Strategy<Value = Proof> {
    let kinds = [
        ProofKind::Signature,
        ProofKind::Redacted,
        ProofKind::Encrypted,
        ProofKind::Thought,
    ];
    ("[A-Za-z0-9+/]{8}", select(kinds.to_vec()))
        .prop_map(|(data, kind)| Proof::minted(&Issuer::new("upstream"), kind, data))
}

pub(crate) fn finish() -> impl Strategy<Value = Finish> {
    let reasons = [
        Reason::End,
        Reason::StopSequence,
        Reason::ToolUse,
        Reason::MaxTokens,
        Reason::ContextFull,
        Reason::Refusal,
        Reason::Pause,
    ];
    (select(reasons.to_vec()), words()).prop_map(|(reason, words)| Finish {
        reason,
        stop_sequence: (reason == Reason::StopSequence).then(|| words.clone()),
        explanation: (reason == Reason::Refusal).then_some(words),
    })
}

fn citation() -> impl Strategy<Value = Citation> {
    (
        option::of(words()),
        option::of(words()),
        option::of((0_u64..4, 4_u64..9)),
    )
        .prop_map(|(url, title, range)| Citation {
            url,
            title,
            quote: None,
            range,
            value: json!({"a": 1}),
        })
}

fn call() -> impl Strategy<Value = Whole> {
    ("[a-z]{1,8}", arguments()).prop_map(|(name, arguments)| {
        let block = Block::Call {
            id: String::new(),
            name,
            custom: false,
            namespace: None,
        };
        Whole::new(block, arguments)
    })
}

fn numbered(mut blocks: Vec<Whole>) -> Vec<Whole> {
    for (number, whole) in blocks.iter_mut().enumerate() {
        if let Block::Call { id, .. } = &mut whole.block {
            *id = format!("call_{number}");
        }
    }
    blocks
}

fn block() -> impl Strategy<Value = Whole> {
    let plain = (
        select(vec![Block::Text, Block::Refusal]),
        text(),
        vec(citation(), 0..3),
    );
    let plain = plain.prop_map(|(block, text, citations)| Whole {
        citations: if block == Block::Text {
            citations
        } else {
            Vec::new()
        },
        ..Whole::new(block, text)
    });
    let thoughts = (text(), option::of(proof())).prop_map(|(text, proof)| Whole {
        proof,
        ..Whole::new(Block::Thinking, text)
    });
    prop_oneof![plain, thoughts, call()]
}

/// Any answer that the common form can hold.
pub(crate) fn reply() -> impl Strategy<Value = Reply> {
    let head = (
        option::of(words()),
        option::of(words()),
        option::of(0_u64..2_000_000_000),
    );
    let dropped = vec("[a-z]{1,4}\\[[0-9]\\]", 0..2).prop_map(|paths| {
        let paths: BTreeSet<String> = paths.into_iter().collect();
        paths.into_iter().collect()
    });
    let blocks = vec(block(), 0..6).prop_map(numbered);
    (head, blocks, finish(), option::of(usage()), dropped).prop_map(
        |(head, blocks, finish, usage, dropped)| Reply {
            head: Head {
                id: head.0,
                model: head.1,
                created: head.2,
            },
            blocks,
            finish,
            usage,
            dropped,
        },
    )
}

/// An answer that every protocol can tell: thoughts first, then a text, then calls.
pub(crate) fn plain_reply() -> impl Strategy<Value = Reply> {
    let thoughts = option::of(words()).prop_map(|text| text.map(|text| Whole::new(Block::Thinking, text)));
    let said = option::of(words()).prop_map(|text| text.map(|text| Whole::new(Block::Text, text)));
    (thoughts, said, vec(call(), 0..3), finish(), usage()).prop_map(
        |(thoughts, said, calls, finish, usage)| Reply {
            blocks: numbered(thoughts.into_iter().chain(said).chain(calls).collect()),
            finish: Finish {
                explanation: None,
                ..finish
            },
            usage: Some(usage),
            ..Reply::default()
        },
    )
}

/// What a person and a program hear of an answer, whatever protocol it came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) thoughts: String,
    pub(crate) refusal: String,
    pub(crate) calls: Vec<(String, String, Value)>,
    pub(crate) reason: Reason,
    pub(crate) total: u64,
    pub(crate) output: u64,
}

/// What is heard of an answer.
pub(crate) fn heard(reply: &Reply) -> Heard {
    let mut heard = Heard {
        text: String::new(),
        thoughts: String::new(),
        refusal: String::new(),
        calls: Vec::new(),
        reason: reply.finish.reason,
        total: reply.usage.unwrap_or_default().total(),
        output: reply.usage.unwrap_or_default().output,
    };
    for whole in &reply.blocks {
        match &whole.block {
            Block::Text => heard.text.push_str(&whole.text),
            Block::Refusal => heard.refusal.push_str(&whole.text),
            Block::Thinking => heard.thoughts.push_str(&whole.text),
            Block::Call { id, name, .. } => {
                let arguments = serde_json::from_str(&whole.text).unwrap_or(Value::Null);
                heard.calls.push((id.clone(), name.clone(), arguments));
            }
        }
    }
    if let Some(explanation) = &reply.finish.explanation
        && heard.refusal.is_empty()
    {
        heard.refusal.clone_from(explanation);
    }
    heard.reason = match heard.reason {
        Reason::MaxTokens | Reason::ContextFull => Reason::MaxTokens,
        Reason::Refusal => Reason::Refusal,
        _ if heard.calls.is_empty() => Reason::End,
        _ => Reason::ToolUse,
    };
    heard
}

fn tool() -> impl Strategy<Value = Tool> {
    ("[a-z]{1,8}", words(), "[a-z]{1,5}").prop_map(|(name, description, field)| Tool {
        kind: ToolKind::Function {
            schema: json!({"type": "object", "properties": {field: {"type": "string"}}}),
            strict: None,
        },
        name,
        description: Some(description),
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: String::new(),
    })
}

fn turn(role: Role, kinds: Vec<PartKind>) -> Turn {
    Turn {
        role,
        parts: kinds.into_iter().map(|kind| Part::new(kind, "")).collect(),
        at: String::new(),
    }
}

/// One exchange: the user asks, the model answers with or without calls, and their results come.
fn exchange(question: String, answer: String, calls: Vec<(String, String)>, first: usize) -> Vec<Turn> {
    let id = |number: usize| format!("call_{}", first * 10 + number);
    let mut said = vec![PartKind::Text(answer)];
    let mut results = Vec::new();
    for (number, (name, arguments)) in calls.into_iter().enumerate() {
        results.push(PartKind::Result(ToolResult {
            id: id(number),
            name: Some(name.clone()),
            parts: vec![Part::new(PartKind::Text(format!("result of {name}")), "")],
            is_error: false,
            custom: false,
        }));
        said.push(PartKind::Call(ToolCall {
            id: id(number),
            name,
            arguments,
            custom: false,
            namespace: None,
        }));
    }
    let mut turns = vec![
        turn(Role::User, vec![PartKind::Text(question)]),
        turn(Role::Assistant, said),
    ];
    if !results.is_empty() {
        turns.push(turn(Role::User, results));
    }
    turns
}

/// A request that every protocol can tell.
pub(crate) fn plain_prompt() -> impl Strategy<Value = Prompt> {
    let calls = vec(("[a-z]{1,8}", arguments()), 0..3);
    let exchanges = vec((words(), words(), calls), 0..3);
    // Messages demands a limit.
    let sampling = (16_u64..4096, option::of(0_u32..10));
    (
        option::of(words()),
        exchanges,
        words(),
        vec(tool(), 0..3),
        sampling,
    )
        .prop_map(|(system, exchanges, last, tools, (max_tokens, tenths))| {
            let system = system.map(|text| turn(Role::System, vec![PartKind::Text(text)]));
            let mut turns: Vec<Turn> = system.into_iter().collect();
            for (number, (question, answer, calls)) in exchanges.into_iter().enumerate() {
                turns.extend(exchange(question, answer, calls, number));
            }
            turns.push(turn(Role::User, vec![PartKind::Text(last)]));
            let mut names = BTreeSet::new();
            let tools = tools
                .into_iter()
                .filter(|tool| names.insert(tool.name.clone()))
                .collect();
            Prompt {
                model: "model".to_owned(),
                turns,
                tools,
                sampling: Sampling {
                    max_tokens: Some(max_tokens),
                    temperature: tenths.and_then(|tenths| format!("0.{tenths}").parse().ok()),
                    ..Sampling::default()
                },
                ..Prompt::default()
            }
        })
}

/// What a request says, whatever protocol it came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) said: Vec<(Role, String)>,
    pub(crate) tools: Vec<(String, Option<String>, Value)>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) temperature: Option<String>,
}

/// What a request says. Instructions are one however they are named, and a field that a protocol demands is left to its tests.
pub(crate) fn asked(prompt: &Prompt) -> Asked {
    let mut said: Vec<(Role, String)> = Vec::new();
    for turn in &prompt.turns {
        let role = if turn.role == Role::Developer {
            Role::System
        } else {
            turn.role
        };
        said.extend(turn.parts.iter().map(|part| (role, told(part))));
    }
    let tools = prompt.tools.iter().map(|tool| {
        let schema = match &tool.kind {
            ToolKind::Function { schema, .. } => schema.clone(),
            _ => Value::Null,
        };
        (tool.name.clone(), tool.description.clone(), schema)
    });
    Asked {
        said,
        tools: tools.collect(),
        max_tokens: prompt.sampling.max_tokens,
        temperature: prompt.sampling.temperature.as_ref().map(ToString::to_string),
    }
}

fn told(part: &Part) -> String {
    match &part.kind {
        PartKind::Text(text) => text.clone(),
        PartKind::Call(call) => {
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or(Value::Null);
            format!("call {} {} {arguments}", call.id, call.name)
        }
        PartKind::Result(result) => {
            let texts: Vec<String> = result.parts.iter().map(told).collect();
            format!("result {} {}", result.id, texts.join("\n"))
        }
        other => format!("{other:?}"),
    }
}
