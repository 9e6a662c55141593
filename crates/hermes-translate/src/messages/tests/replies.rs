//! Whole answers of this protocol, read and written back.

use hermes_core::Protocol;
use hermes_wire::usage_of;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{OWN, cases, context};
use crate::messages::{read_reply, write_reply};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::read::{list, text};
use crate::reply::{Block, Citation, Finish, Reason, Reply, Whole};

/// What of an answer has to stay the same: its content with bare proofs, why it stopped, and its tokens.
pub(super) fn canonical(answer: &Value) -> Value {
    let blocks = list(answer, "content").iter();
    json!({
        "content": blocks.filter_map(block).collect::<Vec<_>>(),
        "stop_reason": answer["stop_reason"],
        "stop_sequence": answer["stop_sequence"],
        "explanation": answer["stop_details"]["explanation"],
        "usage": format!("{:?}", usage_of(OWN, &answer["usage"])),
        "model": answer["model"],
        "id": answer["id"],
    })
}

fn block(block: &Value) -> Option<Value> {
    let bare = |field: &str| Proof::read(text(block, field).unwrap_or_default(), ProofKind::Signature).data;
    match text(block, "type")? {
        "text" => Some(json!([block["text"], list(block, "citations")])).filter(|one| one[0] != ""),
        "thinking" => Some(json!(["thinking", block["thinking"], bare("signature")])),
        "redacted_thinking" => Some(json!(["redacted", bare("data")])),
        "tool_use" => Some(json!([block["id"], block["name"], block["input"]])),
        _ => None,
    }
}

fn foreign(answer: &Value) -> Vec<String> {
    let blocks = list(answer, "content").iter().enumerate();
    let foreign = blocks.filter(|(_, one)| block(one).is_none() && one["type"] != "text");
    foreign.map(|(index, _)| format!("content[{index}]")).collect()
}

#[test]
fn recorded_answers_come_back_with_all_that_has_a_place() {
    let context = context(OWN, OWN);
    let mut seen = 0;
    for case in cases::all() {
        if case.stream.is_some() {
            continue;
        }
        let Ok(reply) = read_reply(&context, &case.answer) else {
            let counts = case.answer.get("input_tokens").is_some();
            assert!(case.status >= 400 || counts, "{}: {}", case.name, case.answer);
            continue;
        };
        let written = write_reply(&context, &reply);
        let mut expected = canonical(&case.answer);
        if case.name == "v-anthropic-programmatic-tool-calling-1" {
            // Several answers in one; calls of tools win over its end.
            expected["stop_reason"] = "tool_use".into();
        }
        assert_eq!(canonical(&written), expected, "{}", case.name);
        let lost: Vec<&String> = reply
            .dropped
            .iter()
            .filter(|path| path.starts_with("content"))
            .collect();
        assert_eq!(
            lost,
            foreign(&case.answer).iter().collect::<Vec<_>>(),
            "{}",
            case.name
        );
        seen += 1;
    }
    assert!(seen > 40, "only {seen} answers");
}

#[test]
fn recorded_errors_are_failures() {
    let context = context(OWN, OWN);
    let mut seen = 0;
    for case in cases::all().into_iter().filter(|case| case.status >= 400) {
        let failure = read_reply(&context, &case.answer).unwrap_err();
        assert_eq!(u64::from(failure.status), case.status, "{}", case.name);
        assert_eq!(
            Some(failure.message.as_str()),
            text(&case.answer["error"], "message")
        );
        seen += 1;
    }
    assert!(seen > 2);
}

#[rstest]
#[case::null(json!(null))]
#[case::list(json!([]))]
#[case::other(json!({"choices": []}))]
#[case::error(json!({"error": "no"}))]
#[case::inner(json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}))]
fn what_is_no_message_is_a_failure(#[case] body: Value) {
    let failure = read_reply(&context(OWN, OWN), &body).unwrap_err();
    assert!(!failure.message.is_empty());
    assert!(failure.status >= 500);
}

#[rstest]
#[case("invalid_request_error", 400)]
#[case("authentication_error", 401)]
#[case("billing_error", 402)]
#[case("permission_error", 403)]
#[case("not_found_error", 404)]
#[case("conflict_error", 409)]
#[case("request_too_large", 413)]
#[case("rate_limit_error", 429)]
#[case("api_error", 500)]
#[case("timeout_error", 504)]
#[case("overloaded_error", 529)]
#[case("something_new", 500)]
fn errors_keep_their_status_and_type(#[case] kind: &str, #[case] status: u16) {
    let body = json!({"type": "error", "error": {"type": kind, "message": "m"}, "request_id": "r"});
    let failure = read_reply(&context(OWN, OWN), &body).unwrap_err();
    assert_eq!(
        (failure.status, failure.kind.as_str(), failure.message.as_str()),
        (status, kind, "m")
    );
    let written = crate::messages::failure::write(&failure);
    let expected = if kind == "something_new" {
        "api_error"
    } else {
        kind
    };
    assert_eq!(written["error"]["type"], expected);
}

#[rstest]
#[case(Reason::End, "end_turn")]
#[case(Reason::StopSequence, "stop_sequence")]
#[case(Reason::ToolUse, "tool_use")]
#[case(Reason::MaxTokens, "max_tokens")]
#[case(Reason::ContextFull, "model_context_window_exceeded")]
#[case(Reason::Refusal, "refusal")]
#[case(Reason::Pause, "pause_turn")]
fn every_reason_has_its_word_both_ways(#[case] reason: Reason, #[case] word: &str) {
    let context = context(OWN, Protocol::Gemini);
    let reply = Reply {
        finish: Finish::of(reason),
        ..Reply::default()
    };
    let written = write_reply(&context, &reply);
    assert_eq!(written["stop_reason"], word);
    assert_eq!(read_reply(&context, &written).unwrap().finish.reason, reason);
}

#[rstest]
#[case::a_call_wins_over_an_end(json!("end_turn"), true, Reason::ToolUse)]
#[case::unknown(json!("compaction"), false, Reason::End)]
#[case::unknown_with_call(json!(""), true, Reason::ToolUse)]
#[case::null(json!(null), false, Reason::End)]
#[case::a_limit_stays_one(json!("max_tokens"), true, Reason::MaxTokens)]
fn reasons_are_read_with_calls_in_mind(#[case] word: Value, #[case] calls: bool, #[case] reason: Reason) {
    let call = json!({"type": "tool_use", "id": "t", "name": "n", "input": {}});
    let content = if calls { vec![call] } else { Vec::new() };
    let body = json!({"type": "message", "content": content, "stop_reason": word});
    assert_eq!(
        read_reply(&context(OWN, OWN), &body).unwrap().finish.reason,
        reason
    );
}

fn written(block: Block, text: &str, proof: Option<(&str, ProofKind)>) -> Value {
    let mut whole = Whole::new(block, text);
    whole.proof = proof.map(|(issuer, kind)| Proof::minted(&Issuer::new(issuer), kind, "p"));
    let reply = Reply {
        blocks: vec![whole],
        ..Reply::default()
    };
    write_reply(&context(OWN, Protocol::Responses), &reply)
}

fn call(custom: bool) -> Block {
    Block::Call {
        id: "call_1".to_owned(),
        name: "n".to_owned(),
        custom,
        namespace: None,
    }
}

#[rstest]
#[case::text(Block::Text, "a", None, json!([{"type": "text", "text": "a"}]))]
#[case::nothing(Block::Text, "", None, json!([]))]
#[case::thoughts(Block::Thinking, "a", None, json!([{"type": "thinking", "thinking": "a", "signature": ""}]))]
#[case::encrypted(Block::Thinking, "a", Some(("openai", ProofKind::Encrypted)), json!([{"type": "thinking", "thinking": "a", "signature": "hz1.openai.enc.cA"}]))]
#[case::only_encrypted(Block::Thinking, "", Some(("openai", ProofKind::Encrypted)), json!([{"type": "redacted_thinking", "data": "hz1.openai.enc.cA"}]))]
#[case::only_signed(Block::Thinking, "", Some(("anthropic", ProofKind::Signature)), json!([{"type": "thinking", "thinking": "", "signature": "hz1.anthropic.sig.cA"}]))]
#[case::of_gemini(Block::Thinking, "", Some(("gemini", ProofKind::Thought)), json!([{"type": "redacted_thinking", "data": "hz1.gemini.gem.cA"}]))]
#[case::call(call(false), r#"{"a": 1.50}"#, None, json!([{"type": "tool_use", "id": "call_1", "name": "n", "input": {"a": 1.5}}]))]
#[case::call_without_arguments(call(false), "", None, json!([{"type": "tool_use", "id": "call_1", "name": "n", "input": {}}]))]
#[case::cut_arguments(call(false), "{\"a\": ", None, json!([{"type": "tool_use", "id": "call_1", "name": "n", "input": {"input": "{\"a\": "}}]))]
#[case::free_text(call(true), "a", None, json!([{"type": "tool_use", "id": "call_1", "name": "n", "input": {"input": "a"}}]))]
fn blocks_are_written(
    #[case] block: Block,
    #[case] text: &str,
    #[case] proof: Option<(&str, ProofKind)>,
    #[case] expected: Value,
) {
    // Numbers compare by their text.
    let content = written(block, text, proof)["content"]
        .to_string()
        .replace("1.50", "1.5");
    assert_eq!(content, expected.to_string());
}

#[test]
fn what_the_model_declines_stands_in_the_end() {
    let written = written(Block::Refusal, "I will not.", None);
    assert_eq!(written["content"], json!([]));
    assert_eq!(written["stop_reason"], "refusal");
    assert_eq!(
        written["stop_details"],
        json!({"type": "refusal", "category": null, "explanation": "I will not."})
    );
}

#[test]
fn sources_of_others_are_pages_or_places() {
    let citation = |url: Option<&str>| Citation {
        url: url.map(str::to_owned),
        title: Some("T".to_owned()),
        quote: None,
        range: Some((2, 5)),
        value: json!({"type": "file_citation", "file_id": "f"}),
    };
    let mut whole = Whole::new(Block::Text, "text");
    whole.citations = vec![citation(Some("https://a.example")), citation(None)];
    let reply = Reply {
        blocks: vec![whole],
        ..Reply::default()
    };
    let written = write_reply(&context(OWN, Protocol::Responses), &reply);
    assert_eq!(
        written["content"][0]["citations"],
        json!([
            {"type": "web_search_result_location", "cited_text": "", "encrypted_index": "", "title": "T", "url": "https://a.example"},
            {"type": "char_location", "cited_text": "", "document_index": 0, "document_title": "T", "start_char_index": 2, "end_char_index": 5, "file_id": "f"},
        ])
    );
}

#[test]
fn a_made_up_answer_holds_every_field() {
    let written = write_reply(&context(OWN, Protocol::ChatCompletions), &Reply::default());
    assert_eq!(
        written,
        json!({
            "id": "msg_0a1b", "type": "message", "role": "assistant", "model": "model", "content": [],
            "stop_reason": "end_turn", "stop_sequence": null, "stop_details": null, "container": null, "diagnostics": null,
            "usage": {
                "input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "cache_creation": null,
                "output_tokens": 0, "output_tokens_details": null, "server_tool_use": null, "service_tier": null, "inference_geo": null,
            },
        })
    );
}
