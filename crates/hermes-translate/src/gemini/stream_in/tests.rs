use hermes_wire::Usage;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use crate::gemini::tests::support::{answer, folded, read};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Reason, Reply, Whole};

fn thought(data: &str) -> Whole {
    Whole {
        proof: Some(Proof::minted(&Issuer::new("gemini"), ProofKind::Thought, data)),
        ..Whole::new(Block::Thinking, "")
    }
}

fn call(id: &str, name: &str, arguments: &str) -> Whole {
    let block = Block::Call {
        id: id.to_owned(),
        name: name.to_owned(),
        custom: false,
        namespace: None,
    };
    Whole::new(block, arguments)
}

fn text(text: &str) -> Whole {
    Whole::new(Block::Text, text)
}

fn ended(chunks: &[Value]) -> Reply {
    read(chunks).unwrap()
}

#[rstest]
#[case::stop("STOP", Reason::End)]
#[case::limit("MAX_TOKENS", Reason::MaxTokens)]
#[case::safety("SAFETY", Reason::Refusal)]
#[case::prohibited("PROHIBITED_CONTENT", Reason::Refusal)]
#[case::list("BLOCKLIST", Reason::Refusal)]
#[case::personal("SPII", Reason::Refusal)]
#[case::recitation("RECITATION", Reason::Refusal)]
#[case::armor("MODEL_ARMOR", Reason::Refusal)]
#[case::empty("", Reason::End)]
#[case::other("OTHER", Reason::End)]
#[case::of_tomorrow("SOMETHING_NEW", Reason::End)]
fn reasons(#[case] word: &str, #[case] expected: Reason) {
    let reply = ended(&[answer(json!([{"text": "a"}]), word)]);
    assert_eq!(reply.finish.reason, expected);
    assert_eq!(reply.blocks, [text("a")], "a refusal keeps its text");
    assert_eq!(reply.finish.explanation.is_some(), expected == Reason::Refusal);
}

#[rstest]
#[case("STOP")]
#[case("SOMETHING_NEW")]
fn calls_win_over_stop(#[case] word: &str) {
    let reply = ended(&[answer(json!([{"functionCall": {"name": "f"}}]), word)]);
    assert_eq!(reply.finish.reason, Reason::ToolUse);
    assert_eq!(reply.blocks, [call("", "f", "{}")]);
}

#[rstest]
#[case("MALFORMED_FUNCTION_CALL", 502)]
#[case("UNEXPECTED_TOOL_CALL", 502)]
#[case("TOO_MANY_TOOL_CALLS", 502)]
#[case("MALFORMED_RESPONSE", 502)]
#[case("MISSING_THOUGHT_SIGNATURE", 400)]
fn answers_that_are_errors(#[case] word: &str, #[case] status: u16) {
    let failure = read(&[answer(json!([{"text": "a"}]), word)]).unwrap_err();
    assert_eq!(
        (failure.status, failure.kind),
        (status, word.to_ascii_lowercase())
    );
}

#[test]
fn a_blocked_prompt_is_a_refusal() {
    let reply = ended(&[
        json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 3}}),
    ]);
    assert_eq!(reply.finish.reason, Reason::Refusal);
    assert_eq!(
        reply.finish.explanation.as_deref(),
        Some("The prompt was blocked: PROHIBITED_CONTENT.")
    );
    assert_eq!(reply.usage.unwrap().input, 3);
}

#[rstest]
#[case::plain(json!({"error": {"code": 429, "message": "m", "status": "RESOURCE_EXHAUSTED"}}), 429, "RESOURCE_EXHAUSTED")]
#[case::in_a_list(json!([{"error": {"code": 503, "message": "m", "status": "UNAVAILABLE"}}]), 503, "UNAVAILABLE")]
#[case::by_name(json!({"error": {"message": "m", "status": "PERMISSION_DENIED"}}), 403, "PERMISSION_DENIED")]
#[case::text(json!({"error": "m"}), 502, "upstream_error")]
fn errors_inside(#[case] chunk: Value, #[case] status: u16, #[case] kind: &str) {
    let begun = json!({"candidates": [{"content": {"parts": [{"text": "a"}]}}]});
    let failure = read(&[begun, chunk]).unwrap_err();
    assert_eq!(
        (failure.status, failure.kind.as_str(), failure.message.as_str()),
        (status, kind, "m")
    );
}

#[rstest]
#[case::nothing("")]
#[case::no_reason("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n")]
#[case::half("data: {\"candidates\":[{\"content\":{\"pa")]
fn cut_streams(#[case] stream: &str) {
    assert_eq!(folded(stream).unwrap_err().status, 502);
}

/// Signatures belong to the part that carries them, and stand before it.
#[rstest]
#[case::on_a_text(json!([{"text": "a"}, {"text": "b", "thoughtSignature": "s"}]), vec![text("a"), thought("s"), text("b")])]
#[case::on_a_call(
    json!([{"text": "t", "thought": true}, {"functionCall": {"id": "1", "name": "f", "args": {"x": 1}}, "thoughtSignature": "s"}]),
    vec![Whole::new(Block::Thinking, "t"), thought("s"), call("1", "f", r#"{"x":1}"#)],
)]
#[case::on_nothing_at_the_end(json!([{"text": "a"}, {"text": "", "thoughtSignature": "s"}]), vec![text("a"), thought("s")])]
#[case::on_nothing_in_between(
    json!([{"text": "", "thoughtSignature": "s"}, {"functionCall": {"name": "f"}}]),
    vec![thought("s"), text(""), call("", "f", "{}")],
)]
#[case::on_thoughts(json!([{"text": "t", "thought": true, "thoughtSignature": "s"}]), vec![thought("s"), Whole::new(Block::Thinking, "t")])]
#[case::in_snake_case(json!([{"text": "b", "thought_signature": "s"}]), vec![thought("s"), text("b")])]
#[case::texts_flow_together(json!([{"text": "a"}, {"text": ""}, {"text": "b"}]), vec![text("ab")])]
fn where_parts_go(#[case] parts: Value, #[case] expected: Vec<Whole>) {
    let members = parts.as_array().unwrap().iter();
    let mut chunks: Vec<Value> = members
        .map(|part| json!({"candidates": [{"content": {"parts": [part]}}]}))
        .collect();
    chunks.push(json!({"candidates": [{"finishReason": "STOP"}]}));
    assert_eq!(ended(&chunks).blocks, expected);
    assert_eq!(ended(&[answer(parts, "STOP")]).blocks, expected);
}

#[test]
fn what_no_other_protocol_has_is_named() {
    let mut chunk = answer(
        json!([{"executableCode": {"code": "1"}}, {"inlineData": {"mimeType": "image/png", "data": "AA=="}}, {"text": "a"}]),
        "STOP",
    );
    chunk["candidates"][0]["groundingMetadata"] = json!({"searchEntryPoint": {"renderedContent": "x"}});
    chunk["candidates"][0]["logprobsResult"] = json!({"topCandidates": []});
    let second = json!({"index": 1, "content": {"parts": [{"text": "b"}]}});
    chunk["candidates"].as_array_mut().unwrap().push(second);
    let reply = ended(&[chunk]);
    let expected = [
        "candidates[0].logprobsResult",
        "candidates[0].groundingMetadata.searchEntryPoint",
        "candidates[0].content.parts[0].executableCode",
        "candidates[0].content.parts[1].inlineData",
        "candidates[1]",
    ];
    assert_eq!(reply.dropped, expected);
    assert_eq!(reply.blocks, [text("a")]);
}

#[test]
fn the_largest_count_of_tokens_is_the_last() {
    let counted =
        |counts: Value| json!({"candidates": [{"content": {"parts": []}}], "usageMetadata": counts});
    let reply = ended(&[
        counted(json!({"promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 40})),
        counted(json!({"promptTokenCount": 10})),
        answer(json!([{"text": "a"}]), "STOP"),
    ]);
    let expected = Usage {
        input: 10,
        cache_read: 0,
        cache_write: 0,
        output: 45,
        reasoning: 40,
    };
    assert_eq!(reply.usage, Some(expected));
}

#[test]
fn sources_are_found_by_their_words() {
    let mut last = answer(json!([{"text": "", "thoughtSignature": "s"}]), "STOP");
    last["candidates"][0]["groundingMetadata"] = json!({
        "groundingChunks": [{"web": {"uri": "https://a", "title": "A"}}, {"web": {"uri": "https://b"}}],
        "groundingSupports": [{"segment": {"startIndex": 4, "endIndex": 7, "text": "zwei"}, "groundingChunkIndices": [0, 7]}],
    });
    let reply = ended(&[
        json!({"candidates": [{"content": {"parts": [{"text": "größe "}]}}]}),
        json!({"candidates": [{"content": {"parts": [{"text": "zwei"}]}}]}),
        last,
    ]);
    assert_eq!(reply.blocks[0].text, "größe zwei");
    let [one, two] = reply.blocks[0].citations.as_slice() else {
        panic!()
    };
    assert_eq!(
        (one.url.as_deref(), one.title.as_deref(), one.range),
        (Some("https://a"), Some("A"), Some((6, 10)))
    );
    assert_eq!((two.url.as_deref(), two.range), (Some("https://b"), None));
    assert_eq!(reply.blocks[1], thought("s"));
}

#[test]
fn wrapped_answers_and_the_mark_of_another_protocol_are_understood() {
    let inner = answer(json!([{"text": "a"}]), "STOP");
    let stream = format!(
        ": hello\n\ndata: {}\n\ndata: [DONE]\n\n",
        json!({"response": inner})
    );
    assert_eq!(folded(&stream).unwrap().blocks, [text("a")]);
}

#[test]
fn a_whole_call_is_told_at_once() {
    let (mut reader, mut out) = (
        super::Reader::new(&crate::gemini::tests::support::context()),
        Vec::new(),
    );
    let chunk =
        json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": {}}}]}}]});
    reader.chunk(&chunk, &mut out);
    assert!(
        matches!(out.last(), Some(crate::reply::Event::Close { .. })),
        "{out:?}"
    );
}
