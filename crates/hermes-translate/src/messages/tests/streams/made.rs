//! Streams that are written from the answers of other protocols.

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::Usage;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::json;

use crate::context::Context;
use crate::messages::tests::{OWN, context, order};
use crate::messages::{Writer, write_reply};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Event, Finish, Head, Reason, Reply, Whole};
use crate::translator::WriteStream;

/// The stream that these events make for a client of this protocol.
fn written(context: &Arc<Context>, events: &[Event]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(context);
    for event in events {
        writer.event(event, &mut out);
    }
    out
}

fn many() -> Reply {
    let call = |id: &str, custom| Block::Call {
        id: id.to_owned(),
        name: "n".to_owned(),
        custom,
        namespace: None,
    };
    let proved = |text: &str, kind| Whole {
        proof: Some(Proof::minted(&Issuer::new("x"), kind, "p")),
        ..Whole::new(Block::Thinking, text)
    };
    let mut cited = Whole::new(Block::Text, "so");
    cited.citations.push(Citation {
        url: Some("https://a.example".to_owned()),
        title: None,
        quote: None,
        range: None,
        value: json!({}),
    });
    Reply {
        blocks: vec![
            proved("", ProofKind::Thought),
            proved("h", ProofKind::Encrypted),
            proved("", ProofKind::Signature),
            Whole::new(Block::Thinking, "t"),
            Whole::new(Block::Thinking, ""),
            Whole::new(Block::Text, ""),
            cited,
            Whole::new(call("a", false), "{\"a\": [1]}"),
            Whole::new(call("b", true), "line\n\"quoted\" \\ \u{1f600}"),
            Whole::new(call("c", false), ""),
            Whole::new(Block::Refusal, "no"),
        ],
        ..Reply::default()
    }
}

#[rstest]
#[case::shown(true)]
#[case::hidden(false)]
fn a_written_stream_tells_the_same_as_a_written_answer(#[case] wants_thoughts: bool) {
    let mut context = (*context(OWN, Protocol::Responses)).clone();
    context.wants_thoughts = wants_thoughts;
    let context = Arc::new(context);
    let reply = many();
    let streamed = order::message(&written(&context, &reply.events())).unwrap();
    let mut whole = write_reply(&context, &reply);
    whole["usage"] = streamed["usage"].clone();
    assert_eq!(streamed, whole);
    assert_eq!(whole["stop_reason"], "refusal");
    let thoughts = whole.to_string().contains("\"thinking\":\"h\"");
    assert_eq!(thoughts, wants_thoughts);
}

#[test]
fn the_beginning_tells_the_tokens_that_are_known() {
    let context = context(OWN, Protocol::ChatCompletions);
    let usage = Usage {
        input: 7,
        ..Usage::default()
    };
    let head = Head {
        id: Some("chatcmpl".to_owned()),
        model: Some("m".to_owned()),
        created: None,
    };
    let finish = Event::Finish(Finish::of(Reason::End));
    let out = written(
        &context,
        &[Event::Start(head.clone()), Event::Usage(usage), finish.clone()],
    );
    let events = order::events(&out);
    assert_eq!(events[0].1["message"]["usage"]["input_tokens"], 7);
    assert_eq!(events[0].1["message"]["id"], "msg_0a1b");
    let out = written(&context, &[Event::Start(head), finish]);
    assert_eq!(order::events(&out)[0].1["message"]["usage"]["input_tokens"], 0);
}

#[test]
fn signs_of_life_come_after_the_beginning() {
    let context = context(OWN, Protocol::ChatCompletions);
    let mut writer = Writer::new(&context);
    let mut out = Vec::new();
    writer.event(&Event::Start(Head::default()), &mut out);
    assert_eq!(out, b"");
    writer.ping(&mut out);
    let names: Vec<String> = order::events(&out).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["message_start", "ping"]);
    writer.event(&Event::Finish(Finish::default()), &mut out);
    assert!(order::message(&out).is_ok());
}
