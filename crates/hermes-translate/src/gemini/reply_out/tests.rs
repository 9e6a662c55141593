use std::sync::Arc;

use hermes_wire::Usage;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::write_reply;
use crate::context::Context;
use crate::gemini::proofs;
use crate::gemini::tests::support::context;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Finish, Reason, Reply, Whole};

fn thoughts(text: &str, kind: ProofKind) -> Whole {
    Whole {
        proof: Some(Proof::minted(&Issuer::new("anthropic"), kind, "p")),
        ..Whole::new(Block::Thinking, text)
    }
}

fn proof(kind: ProofKind) -> String {
    proofs::written(&Proof::minted(&Issuer::new("anthropic"), kind, "p"))
}

fn call(name: &str, arguments: &str, custom: bool) -> Whole {
    let block = Block::Call {
        id: "1".to_owned(),
        name: name.to_owned(),
        custom,
        namespace: None,
    };
    Whole::new(block, arguments)
}

fn of(blocks: Vec<Whole>, finish: Finish) -> Reply {
    Reply {
        blocks,
        finish,
        ..Reply::default()
    }
}

fn parts(context: &Context, blocks: Vec<Whole>) -> Value {
    write_reply(context, &of(blocks, Finish::default()))["candidates"][0]["content"]["parts"].clone()
}

#[rstest]
#[case(Reason::End, "STOP")]
#[case(Reason::StopSequence, "STOP")]
#[case(Reason::ToolUse, "STOP")]
#[case(Reason::Pause, "STOP")]
#[case(Reason::MaxTokens, "MAX_TOKENS")]
#[case(Reason::ContextFull, "MAX_TOKENS")]
#[case(Reason::Refusal, "SAFETY")]
fn reasons(#[case] reason: Reason, #[case] expected: &str) {
    let written = write_reply(&context(), &of(Vec::new(), Finish::of(reason)));
    assert_eq!(written["candidates"][0]["finishReason"], expected);
    assert_eq!(
        written["candidates"][0]["content"],
        json!({"parts": [{"text": ""}], "role": "model"})
    );
}

#[test]
fn what_a_reason_has_no_word_for_is_said() {
    let finish = Finish {
        stop_sequence: Some("END".to_owned()),
        ..Finish::of(Reason::StopSequence)
    };
    let written = write_reply(&context(), &of(Vec::new(), finish));
    assert_eq!(
        written["candidates"][0]["finishMessage"],
        "The stop sequence \"END\" was met."
    );
}

#[rstest]
#[case::all(
    Usage { input: 5, cache_read: 3, cache_write: 2, output: 9, reasoning: 4 },
    json!({"promptTokenCount": 10, "cachedContentTokenCount": 3, "candidatesTokenCount": 5, "thoughtsTokenCount": 4, "totalTokenCount": 19}),
)]
#[case::none(Usage::default(), json!({"promptTokenCount": 0, "candidatesTokenCount": 0, "totalTokenCount": 0}))]
fn tokens(#[case] usage: Usage, #[case] expected: Value) {
    let reply = Reply {
        usage: Some(usage),
        ..Reply::default()
    };
    assert_eq!(write_reply(&context(), &reply)["usageMetadata"], expected);
}

#[test]
fn proofs_stand_where_clients_keep_them() {
    use ProofKind::{Encrypted, Redacted, Signature};
    let call = || call("f", "{}", false);
    let function = json!({"id": "1", "name": "f", "args": {}});
    assert_eq!(
        parts(&context(), vec![thoughts("t", Signature), call()]),
        json!([{"text": "t", "thought": true, "thoughtSignature": proof(Signature)}, {"functionCall": function}]),
    );
    assert_eq!(
        parts(&context(), vec![thoughts("t", Encrypted), call()]),
        json!([{"text": "t", "thought": true}, {"functionCall": function, "thoughtSignature": proof(Encrypted)}]),
    );
    assert_eq!(
        parts(
            &context(),
            vec![thoughts("", Redacted), thoughts("", Redacted), call()]
        ),
        json!([
            {"text": "", "thought": true, "thoughtSignature": proof(Redacted)},
            {"functionCall": function, "thoughtSignature": proof(Redacted)},
        ]),
    );
    assert_eq!(
        parts(&context(), vec![thoughts("", Encrypted)]),
        json!([{"text": "", "thought": true, "thoughtSignature": proof(Encrypted)}]),
    );
}

#[test]
fn thoughts_are_hidden_from_who_asked_for_none() {
    let mut context = (*context()).clone();
    context.wants_thoughts = false;
    let blocks = vec![thoughts("t", ProofKind::Encrypted), Whole::new(Block::Text, "a")];
    let expected = json!([{"text": "a", "thoughtSignature": proof(ProofKind::Encrypted)}]);
    assert_eq!(parts(&Arc::new(context), blocks), expected);
}

#[rstest]
#[case::free_text(call("f", "print(1)", true), json!([{"functionCall": {"id": "1", "name": "f", "args": {"input": "print(1)"}}}]), "STOP")]
#[case::no_arguments(call("f", "", false), json!([{"functionCall": {"id": "1", "name": "f", "args": {}}}]), "STOP")]
#[case::cut(call("f", "{\"a", false), json!([{"text": ""}]), "MALFORMED_FUNCTION_CALL")]
#[case::no_object(call("f", "[1]", false), json!([{"text": ""}]), "MALFORMED_FUNCTION_CALL")]
fn calls(#[case] block: Whole, #[case] expected: Value, #[case] reason: &str) {
    let written = write_reply(&context(), &of(vec![block.clone()], Finish::of(Reason::ToolUse)));
    assert_eq!(written["candidates"][0]["content"]["parts"], expected);
    assert_eq!(written["candidates"][0]["finishReason"], reason);
    if reason != "STOP" {
        let message = written["candidates"][0]["finishMessage"].as_str().unwrap();
        assert!(message.contains(&block.text), "{message}");
    }
}

#[test]
fn sources_count_bytes() {
    let citation = |url: Option<&str>, quote: &str, range| Citation {
        url: url.map(str::to_owned),
        title: Some("T".to_owned()),
        quote: Some(quote.to_owned()),
        range,
        value: Value::Null,
    };
    let text = Whole {
        citations: vec![
            citation(Some("https://a"), "größe", Some((2, 7))),
            citation(None, "q", Some((2, 7))),
            citation(Some("https://b"), "", None),
        ],
        ..Whole::new(Block::Text, "a größe b")
    };
    let blocks = vec![Whole::new(Block::Thinking, "t"), text];
    let written = write_reply(&context(), &of(blocks, Finish::default()));
    let expected = json!({
        "groundingChunks": [
            {"web": {"uri": "https://a", "title": "T"}},
            {"retrievedContext": {"title": "T", "text": "q"}},
            {"web": {"uri": "https://b", "title": "T"}},
        ],
        "groundingSupports": [{
            "segment": {"partIndex": 1, "startIndex": 2, "endIndex": 9, "text": "größe"},
            "groundingChunkIndices": [0, 1],
        }],
    });
    assert_eq!(written["candidates"][0]["groundingMetadata"], expected);
}
