use hermes_core::Protocol;
use hermes_wire::Usage;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use crate::context::Context;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Event, Failure, Finish, Head, Reason, Reply, Whole};
use crate::responses::Writer;
use crate::responses::tests::{self, context, events};
use crate::translator::WriteStream;

fn of_messages() -> Context {
    (*context(Protocol::Responses, Protocol::AnthropicMessages)).clone()
}

fn reply(blocks: Vec<Whole>, reason: Reason) -> Reply {
    Reply {
        head: Head {
            id: Some("msg_upstream".to_owned()),
            model: Some("theirs".to_owned()),
            created: None,
        },
        blocks,
        finish: Finish::of(reason),
        ..Reply::default()
    }
}

fn says() -> Whole {
    Whole::new(Block::Text, "hi")
}

fn call(custom: bool, text: &str) -> Whole {
    let block = Block::Call {
        id: "toolu_1".to_owned(),
        name: "f".to_owned(),
        custom,
        namespace: custom.then(|| "ns".to_owned()),
    };
    Whole::new(block, text)
}

#[rstest]
#[case::end(Reason::End, says(), "completed", Value::Null)]
#[case::stop(Reason::StopSequence, says(), "completed", Value::Null)]
#[case::tool(Reason::ToolUse, call(false, "{}"), "completed", Value::Null)]
#[case::limit(Reason::MaxTokens, says(), "incomplete", json!({"reason": "max_output_tokens"}))]
#[case::full(Reason::ContextFull, says(), "incomplete", json!({"reason": "max_output_tokens"}))]
#[case::refused(Reason::Refusal, says(), "incomplete", json!({"reason": "content_filter"}))]
#[case::refusal(Reason::Refusal, Whole::new(Block::Refusal, "no"), "completed", Value::Null)]
#[case::pause(Reason::Pause, says(), "completed", Value::Null)]
fn why_it_stopped(#[case] reason: Reason, #[case] block: Whole, #[case] status: &str, #[case] why: Value) {
    let written = tests::written(&of_messages(), &reply(vec![block], reason));
    assert_eq!(
        (&written["status"], &written["incomplete_details"]),
        (&json!(status), &why)
    );
    if written["output"][0]["type"] == "message" {
        assert_eq!(written["output"][0]["status"], status);
    }
}

#[test]
fn an_explained_refusal_is_said_by_the_model() {
    let mut answer = reply(vec![says()], Reason::Refusal);
    answer.finish.explanation = Some("against the rules".to_owned());
    let written = tests::written(&of_messages(), &answer);
    assert_eq!(written["status"], "completed");
    assert_eq!(
        written["output"][0]["content"][1],
        json!({"type": "refusal", "refusal": "against the rules"})
    );
}

#[rstest]
#[case(None, [0, 0, 0, 0, 0, 0])]
#[case(Some(Usage { input: 5, cache_read: 3, cache_write: 2, output: 7, reasoning: 4 }), [10, 3, 2, 7, 4, 17])]
fn usage(#[case] counts: Option<Usage>, #[case] expected: [u64; 6]) {
    let mut answer = reply(vec![says()], Reason::End);
    answer.usage = counts;
    let written = tests::written(&of_messages(), &answer);
    let [input, read, write, output, reasoning, total] = expected;
    assert_eq!(
        written["usage"],
        json!({
            "input_tokens": input,
            "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": write},
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": total,
        })
    );
}

#[test]
fn items_carry_what_the_client_sends_back() {
    let proof = Proof::minted(&Issuer::new("anthropic"), ProofKind::Signature, "sig");
    let thoughts = Whole {
        proof: Some(proof.clone()),
        ..Whole::new(Block::Thinking, "hm")
    };
    let blocks = vec![thoughts, says(), says(), call(false, ""), call(true, "free")];
    let written = tests::written(&of_messages(), &reply(blocks, Reason::ToolUse));
    let text = json!({"type": "output_text", "annotations": [], "logprobs": [], "text": "hi"});
    assert_eq!(
        written["output"],
        json!([
            {"id": "rs_abc01", "type": "reasoning", "status": "completed",
                "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": proof.wrapped()},
            {"id": "msg_abc02", "type": "message", "status": "completed", "role": "assistant", "content": [text, text]},
            {"type": "function_call", "status": "completed", "id": "fc_abc03", "call_id": "toolu_1", "name": "f",
                "arguments": "{}"},
            {"type": "custom_tool_call", "status": "completed", "id": "ctc_abc04", "call_id": "toolu_1", "name": "f",
                "namespace": "ns", "input": "free"},
        ])
    );
    assert_eq!(
        (&written["id"], &written["model"]),
        (&json!("resp_abc"), &json!("asked"))
    );
    assert_eq!(written["created_at"], 1_700_000_000);
}

#[test]
fn thoughts_that_nobody_wants_to_see_keep_their_proof() {
    let mut hidden = of_messages();
    hidden.wants_thoughts = false;
    let thoughts = Whole {
        proof: Some(Proof::minted(&Issuer::new("a"), ProofKind::Signature, "s")),
        ..Whole::new(Block::Thinking, "secret")
    };
    let written = tests::written(&hidden, &reply(vec![thoughts], Reason::End));
    assert_eq!(written["output"][0]["summary"], json!([]));
    assert!(written["output"][0]["encrypted_content"].is_string());
}

#[rstest]
#[case::with_a_place(Some((1, 2)), Some("T"), json!([1, 2, "T"]))]
#[case::for_all_of_it(None, None, json!([0, 2, "https://a"]))]
fn sources(#[case] range: Option<(u64, u64)>, #[case] title: Option<&str>, #[case] expected: Value) {
    let mut block = says();
    block.citations = vec![
        Citation {
            url: Some("https://a".to_owned()),
            title: title.map(str::to_owned),
            quote: None,
            range,
            value: Value::Null,
        },
        Citation {
            url: None,
            title: None,
            quote: None,
            range: None,
            value: json!({"type": "char_location"}),
        },
    ];
    let written = tests::written(&of_messages(), &reply(vec![block], Reason::End));
    assert_eq!(
        written["output"][0]["content"][0]["annotations"],
        json!([{"type": "url_citation", "url": "https://a", "title": expected[2],
            "start_index": expected[0], "end_index": expected[1]}])
    );
}

#[rstest]
#[case("insufficient_quota", 429, "insufficient_quota")]
#[case("upstream_cut", 502, "server_error")]
#[case("pool_exhausted", 429, "rate_limit_exceeded")]
#[case("bad_thing", 400, "invalid_prompt")]
fn failures(#[case] kind: &str, #[case] status: u16, #[case] code: &str) {
    let mut writer = Writer::new(&context(Protocol::Responses, Protocol::Gemini));
    let mut out = Vec::new();
    let failure = Failure {
        status,
        kind: kind.to_owned(),
        message: "m".to_owned(),
    };
    writer.event(&Event::Start(Head::default()), &mut out);
    writer.event(&Event::Error(failure), &mut out);
    let all = events(&out);
    assert_eq!(all[2]["error"]["code"], kind);
    assert_eq!(all[3]["response"]["error"], json!({"code": code, "message": "m"}));
}
