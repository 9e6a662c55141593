use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::Usage;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::write_reply;
use crate::chat::Writer;
use crate::chat::tests::{context, gathered};
use crate::context::Context;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Finish, Head, Reason, Reply, Whole};
use crate::translator::WriteStream;

fn from_messages() -> Arc<Context> {
    let mut context = context().as_ref().clone();
    context.upstream = Protocol::AnthropicMessages;
    Arc::new(context)
}

fn reply(blocks: Vec<Whole>, finish: Finish) -> Reply {
    Reply {
        head: Head::default(),
        blocks,
        finish,
        usage: None,
        dropped: Vec::new(),
    }
}

fn call(id: &str) -> Block {
    Block::Call {
        id: id.to_owned(),
        name: "f".to_owned(),
        custom: false,
        namespace: None,
    }
}

fn proved(kind: ProofKind, text: &str) -> Whole {
    let issuer = Issuer::new("anthropic");
    let mut whole = Whole::new(Block::Thinking, text);
    whole.proof = Some(Proof::minted(&issuer, kind, "s"));
    whole
}

fn message(reply: &Reply) -> Value {
    write_reply(&from_messages(), reply)["choices"][0]["message"].clone()
}

#[rstest]
#[case(Reason::End, false, "stop")]
#[case(Reason::End, true, "tool_calls")]
#[case(Reason::StopSequence, false, "stop")]
#[case(Reason::ToolUse, true, "tool_calls")]
#[case(Reason::MaxTokens, true, "length")]
#[case(Reason::ContextFull, false, "length")]
#[case(Reason::Refusal, false, "content_filter")]
#[case(Reason::Pause, false, "stop")]
fn reasons(#[case] reason: Reason, #[case] calls: bool, #[case] word: &str) {
    let mut blocks = vec![Whole::new(Block::Text, "a")];
    if calls {
        blocks.push(Whole::new(call("c"), "{}"));
    }
    let reply = reply(blocks, Finish::of(reason));
    let whole = write_reply(&from_messages(), &reply);
    assert_eq!(whole["choices"][0]["finish_reason"], word);
    assert_eq!(
        gathered(&streamed(&reply)).unwrap()["choices"][0]["finish_reason"],
        word
    );
}

fn streamed(reply: &Reply) -> Vec<u8> {
    let mut writer = Writer::new(&from_messages());
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    out
}

#[rstest]
#[case::alone(Vec::new())]
#[case::beside_a_refusal_without_words(vec![Whole::new(Block::Refusal, "")])]
fn an_explanation_is_the_refusal(#[case] blocks: Vec<Whole>) {
    let finish = Finish {
        reason: Reason::Refusal,
        stop_sequence: None,
        explanation: Some("no".to_owned()),
    };
    let reply = reply(blocks, finish);
    assert_eq!(message(&reply)["refusal"], "no");
    assert_eq!(
        gathered(&streamed(&reply)).unwrap()["choices"][0]["message"]["refusal"],
        "no"
    );
}

#[test]
fn usage_in_the_protocols_form() {
    let mut reply = reply(vec![Whole::new(Block::Text, "a")], Finish::default());
    reply.usage = Some(Usage {
        input: 1,
        cache_read: 20,
        cache_write: 300,
        output: 4000,
        reasoning: 50,
    });
    let usage = write_reply(&from_messages(), &reply)["usage"].clone();
    assert_eq!(usage["prompt_tokens"], 321);
    assert_eq!(usage["completion_tokens"], 4000);
    assert_eq!(usage["total_tokens"], 4321);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 20);
    assert_eq!(usage["prompt_tokens_details"]["cache_write_tokens"], 300);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 50);
    assert_eq!(gathered(&streamed(&reply)).unwrap()["usage"], usage);
}

#[rstest]
#[case::signature(ProofKind::Signature, "a", "signature", "hz1.anthropic.sig.cw")]
#[case::redacted(ProofKind::Redacted, "", "data", "hz1.anthropic.redacted.cw")]
#[case::encrypted(ProofKind::Encrypted, "", "data", "hz1.anthropic.enc.cw")]
#[case::thought(ProofKind::Thought, "", "signature", "hz1.anthropic.gem.cw")]
fn proofs_go_along(#[case] kind: ProofKind, #[case] text: &str, #[case] field: &str, #[case] wrapped: &str) {
    let blocks = vec![proved(kind, text), Whole::new(Block::Text, "b")];
    let reply = reply(blocks, Finish::default());
    let message = message(&reply);
    assert_eq!(message["reasoning_details"][0][field], wrapped);
    if !text.is_empty() {
        assert_eq!(message["reasoning_content"], text);
        assert_eq!(message["reasoning_details"][0]["text"], text);
    }
    let stream = gathered(&streamed(&reply)).unwrap();
    assert_eq!(
        stream["choices"][0]["message"]["reasoning_details"],
        message["reasoning_details"]
    );
}

#[test]
fn a_signature_before_a_call_goes_with_it() {
    let blocks = vec![proved(ProofKind::Thought, ""), Whole::new(call("c"), "{}")];
    let reply = reply(blocks, Finish::default());
    let message = message(&reply);
    assert_eq!(
        message["tool_calls"][0],
        json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"},
            "extra_content": {"google": {"thought_signature": "hz1.anthropic.gem.cw"}}})
    );
    assert!(message.get("reasoning_details").is_none());
    let stream = String::from_utf8(streamed(&reply)).unwrap();
    assert_eq!(stream.matches("hz1.anthropic.gem.cw").count(), 1);
    assert!(stream.contains("extra_content"));
}

#[test]
fn sources_from_the_web_are_annotations_and_others_stay_beside() {
    let mut block = Whole::new(Block::Text, "abc");
    block.citations = vec![
        Citation {
            url: Some("u".to_owned()),
            title: None,
            quote: None,
            range: Some((0, 2)),
            value: json!({}),
        },
        Citation {
            url: None,
            title: None,
            quote: None,
            range: None,
            value: json!({"type": "char_location"}),
        },
    ];
    let message = message(&reply(vec![block], Finish::default()));
    let inner = json!({"url": "u", "title": "", "start_index": 0, "end_index": 2});
    assert_eq!(
        message["annotations"],
        json!([{"type": "url_citation", "url_citation": inner}])
    );
    assert_eq!(message["citations"], json!([{"type": "char_location"}]));
}

#[test]
fn hidden_thoughts_stay_hidden_but_for_their_proofs() {
    let mut context = from_messages().as_ref().clone();
    context.wants_thoughts = false;
    let reply = reply(vec![proved(ProofKind::Signature, "secret")], Finish::default());
    let written = write_reply(&context, &reply).to_string();
    assert!(!written.contains("secret") && written.contains("hz1.anthropic.sig"));
    let mut writer = Writer::new(&Arc::new(context));
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    let stream = String::from_utf8(out).unwrap();
    assert!(!stream.contains("secret") && stream.contains("hz1.anthropic.sig"));
}

#[test]
fn ids_of_other_protocols_are_not_passed_on() {
    let mut reply = reply(Vec::new(), Finish::default());
    reply.head = Head {
        id: Some("msg_1".to_owned()),
        model: Some("claude".to_owned()),
        created: None,
    };
    let written = write_reply(&from_messages(), &reply);
    assert_eq!(written["id"], "chatcmpl-x");
    assert_eq!(written["model"], "claude");
    assert_eq!(written["created"], 5);
    assert_eq!(written["object"], "chat.completion");
    assert_eq!(written["choices"][0]["message"]["content"], "");
    assert_eq!(write_reply(&context(), &reply)["id"], "msg_1");
}

#[test]
fn places_are_counted_from_the_beginning_of_the_text() {
    let cited = |words: &str| {
        let mut whole = Whole::new(Block::Text, words);
        whole.citations.push(Citation {
            url: Some("https://a".to_owned()),
            title: None,
            quote: None,
            range: Some((1, 3)),
            value: Value::Null,
        });
        whole
    };
    let reply = reply(vec![cited("Größe"), cited("Länge")], Finish::default());
    let stream = gathered(&streamed(&reply)).unwrap();
    for message in [message(&reply), stream["choices"][0]["message"].clone()] {
        let place = |number: usize| {
            let inner = &message["annotations"][number]["url_citation"];
            (inner["start_index"].as_u64(), inner["end_index"].as_u64())
        };
        assert_eq!(place(0), (Some(1), Some(3)));
        assert_eq!(place(1), (Some(6), Some(8)), "{message}");
    }
}
