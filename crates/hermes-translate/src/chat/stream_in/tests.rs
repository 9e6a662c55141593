use hermes_wire::{SseEvent, Usage};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::Reader;
use crate::chat::tests::context;
use crate::reply::{Block, Event, Failure, Reason, Reply};
use crate::serial::Serial;
use crate::translator::ReadStream;

fn events(chunks: &[Value]) -> Vec<Event> {
    let mut reader = Reader::new(&context());
    let mut out = Vec::new();
    for chunk in chunks {
        let data = chunk.as_str().map_or_else(|| chunk.to_string(), str::to_owned);
        reader.event(&SseEvent { event: None, data }, &mut out);
    }
    reader.end(&mut out);
    out
}

fn reply(chunks: &[Value]) -> Result<Reply, Failure> {
    let mut serial = Serial::default();
    let mut ordered = Vec::new();
    for event in events(chunks) {
        serial.push(event, &mut ordered);
    }
    Reply::of(ordered)
}

fn delta(delta: Value) -> Value {
    json!({"id": "c1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn end(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

fn done() -> Value {
    "[DONE]".into()
}

/// Kinds and texts of the blocks.
fn blocks(reply: &Reply) -> Vec<(String, String)> {
    let kind = |block: &Block| match block {
        Block::Text => "text".to_owned(),
        Block::Thinking => "thinking".to_owned(),
        Block::Refusal => "refusal".to_owned(),
        Block::Call { id, name, custom, .. } => {
            format!("{}{id}:{name}", if *custom { "custom " } else { "" })
        }
    };
    reply
        .blocks
        .iter()
        .map(|one| (kind(&one.block), one.text.clone()))
        .collect()
}

#[rstest]
#[case::two_fragments(
    vec![
        json!([{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]),
        json!([{"index": 0, "function": {"arguments": "{}"}}]),
    ],
    &[("a:f", "{}")]
)]
#[case::alternating(
    vec![
        json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{\"x\""}}]),
        json!([{"index": 1, "id": "b", "function": {"name": "g", "arguments": "{"}}]),
        json!([{"index": 0, "function": {"arguments": ":1}"}}, {"index": 1, "function": {"arguments": "}"}}]),
    ],
    &[("a:f", "{\"x\":1}"), ("b:g", "{}")]
)]
#[case::first_number_is_one(
    vec![json!([{"index": 1, "id": "a", "function": {"name": "f", "arguments": "{}"}}])],
    &[("a:f", "{}")]
)]
#[case::no_numbers(
    vec![
        json!([{"id": "a", "function": {"name": "f", "arguments": "{}"}},
               {"id": "b", "function": {"name": "f", "arguments": "[]"}}]),
    ],
    &[("a:f", "{}"), ("b:f", "[]")]
)]
#[case::no_numbers_in_fragments(
    vec![
        json!([{"id": "a", "function": {"name": "f", "arguments": "{"}}]),
        json!([{"id": "a", "function": {"arguments": "}"}}]),
        json!([{"id": "b", "function": {"name": "f"}}]),
        json!([{"function": {"arguments": "{}"}}]),
    ],
    &[("a:f", "{}"), ("b:f", "{}")]
)]
#[case::one_number_for_all(
    vec![
        json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}]),
        json!([{"index": 0, "id": "b", "function": {"name": "f", "arguments": "{}"}}]),
    ],
    &[("a:f", "{}"), ("b:f", "{}")]
)]
#[case::name_and_id_repeated(
    vec![
        json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{"}}]),
        json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "}"}}]),
        json!([{"index": 0, "id": "", "function": {"name": "", "arguments": ""}}]),
    ],
    &[("a:f", "{}")]
)]
#[case::name_before_id(
    vec![
        json!([{"index": 0, "function": {"name": "f"}}]),
        json!([{"index": 0, "id": "a"}]),
        json!([{"index": 0, "function": {"arguments": "{}"}}]),
    ],
    &[("a:f", "{}")]
)]
#[case::id_before_name(
    vec![
        json!([{"index": 0, "id": "a", "function": {"arguments": "{"}}]),
        json!([{"index": 0, "function": {"name": "f", "arguments": "}"}}]),
    ],
    &[("a:f", "{}")]
)]
#[case::no_id(vec![json!([{"index": 0, "function": {"name": "f", "arguments": "{}"}}])], &[(":f", "{}")])]
#[case::no_arguments(vec![json!([{"index": 0, "id": "a", "function": {"name": "f"}}])], &[("a:f", "")])]
#[case::arguments_as_an_object(
    vec![json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"x": 1.25}}}])],
    &[("a:f", "{\"x\":1.25}")]
)]
#[case::custom(
    vec![
        json!([{"index": 0, "id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}}]),
        json!([{"index": 0, "custom": {"input": "y"}}]),
    ],
    &[("custom a:f", "xy")]
)]
#[case::empty_custom_beside(
    vec![json!([{"index": 0, "id": "a", "type": "function", "custom": {"name": "", "input": ""},
                 "function": {"name": "f", "arguments": "{}"}}])],
    &[("a:f", "{}")]
)]
fn calls(#[case] fragments: Vec<Value>, #[case] expected: &[(&str, &str)]) {
    let mut chunks: Vec<Value> = fragments
        .into_iter()
        .map(|calls| delta(json!({ "tool_calls": calls })))
        .collect();
    chunks.extend([end("stop"), done()]);
    let reply = reply(&chunks).unwrap();
    let expected: Vec<_> = expected
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    assert_eq!(blocks(&reply), expected);
    assert_eq!(reply.finish.reason, Reason::ToolUse, "calls win over `stop`");
}

#[rstest]
#[case::reasoning_content(json!({"reasoning_content": "a"}))]
#[case::reasoning(json!({"reasoning": "a", "channel": "analysis"}))]
#[case::both(json!({"reasoning": "a", "reasoning_content": "a"}))]
#[case::details(json!({"reasoning": "a", "reasoning_details": [{"type": "reasoning.text", "text": "a", "index": 0}]}))]
#[case::summary(json!({"reasoning_details": [{"type": "reasoning.summary", "summary": "a", "index": 0}]}))]
#[case::mistral(json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}]}))]
#[case::tags(json!({"content": "<think>\na\n</think>\n\n"}))]
fn thoughts(#[case] thought: Value) {
    let reply = reply(&[
        delta(json!({"role": "assistant", "content": ""})),
        delta(thought),
        delta(json!({"content": "b"})),
        end("stop"),
        done(),
    ]);
    let expected = [("thinking", "a"), ("text", "b")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(blocks(&reply.unwrap()), expected);
}

#[test]
fn geminis_signature_stands_before_its_call() {
    let call = json!([{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"},
        "extra_content": {"google": {"thought_signature": "g"}}}]);
    let reply = reply(&[delta(json!({ "tool_calls": call })), end("tool_calls"), done()]).unwrap();
    assert_eq!(reply.blocks[0].block, Block::Thinking);
    assert_eq!(reply.blocks[0].proof.as_ref().unwrap().data, "g");
    assert!(matches!(reply.blocks[1].block, Block::Call { .. }));
}

#[rstest]
#[case::beside_no_choices(json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}))]
#[case::beside_the_end(json!({"choices": [{"delta": {}}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}))]
#[case::groq(json!({"choices": [], "x_groq": {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}}))]
#[case::moonshot(json!({"choices": [{"delta": {}, "usage": {"prompt_tokens": 3, "completion_tokens": 2}}]}))]
fn usage_is_found(#[case] chunk: Value) {
    let reply = reply(&[delta(json!({"content": "a"})), end("stop"), chunk, done()]).unwrap();
    let expected = Usage {
        input: 3,
        output: 2,
        ..Usage::default()
    };
    assert_eq!(reply.usage, Some(expected));
}

#[rstest]
#[case::with_a_reason(vec![end("stop")], true)]
#[case::without_an_end(vec![], false)]
#[case::without_a_reason(vec![done()], true)]
#[case::empty_reason(vec![end(""), done()], true)]
#[case::half_a_chunk_after_the_reason(vec![end("stop"), "{\"usage\":{".into()], true)]
#[case::half_a_chunk(vec!["{\"choices\":[{".into()], false)]
#[case::garbage(vec!["<html>".into()], false)]
fn how_a_stream_may_end(#[case] rest: Vec<Value>, #[case] well: bool) {
    let mut chunks = vec![delta(json!({"content": "a"}))];
    chunks.extend(rest);
    let reply = reply(&chunks);
    assert_eq!(reply.is_ok(), well);
    if let Ok(reply) = reply {
        assert_eq!(reply.finish.reason, Reason::End);
    }
}

#[test]
fn a_stream_of_nothing_is_cut() {
    assert_eq!(reply(&[done()]), Err(Failure::cut()));
}

#[rstest]
#[case::openai(json!({"error": {"message": "no", "type": "insufficient_quota", "code": "insufficient_quota"}}), 402, "insufficient_quota")]
#[case::groq(
    json!({"error": {"message": "no", "type": "invalid_request_error", "code": "tool_use_failed", "status_code": 400}}),
    400, "tool_use_failed"
)]
#[case::openrouter(
    json!({"error": {"code": 429, "message": "no"}, "choices": [{"index": 0, "delta": {"content": ""}}]}),
    429, "upstream_error"
)]
#[case::text(json!({"error": "no"}), 502, "no")]
#[case::vllm(json!({"object": "error", "message": "no", "type": "BadRequestError", "code": 400}), 400, "BadRequestError")]
#[case::mistral(json!({"message": "no", "request_id": "r"}), 502, "upstream_error")]
#[case::fastapi(json!({"detail": "no"}), 502, "upstream_error")]
#[case::minimax(json!({"choices": null, "base_resp": {"status_code": 1004, "status_msg": "no"}}), 502, "upstream_error")]
#[case::overloaded(json!({"error": {"message": "no", "type": "overloaded_error"}}), 503, "overloaded_error")]
fn errors_inside(#[case] chunk: Value, #[case] status: u16, #[case] kind: &str) {
    let failure = reply(&[delta(json!({"content": "a"})), chunk, done()]).unwrap_err();
    assert_eq!((failure.status, failure.kind.as_str()), (status, kind));
    assert_eq!(failure.message, "no");
}

#[test]
fn an_error_may_only_be_named_by_its_event() {
    let mut reader = Reader::new(&context());
    let mut out = Vec::new();
    let event = SseEvent {
        event: Some("error".to_owned()),
        data: json!({"message": "no", "code": "rate_limit_exceeded"}).to_string(),
    };
    reader.event(&event, &mut out);
    assert!(matches!(&out[..], [Event::Error(failure)] if failure.status == 429));
}

#[rstest]
#[case("stop", Reason::End)]
#[case("length", Reason::MaxTokens)]
#[case("content_filter", Reason::Refusal)]
#[case("model_length", Reason::ContextFull)]
#[case("sensitive", Reason::Refusal)]
#[case("eos", Reason::End)]
#[case("tool_calls", Reason::End)]
fn reasons_without_calls(#[case] word: &str, #[case] reason: Reason) {
    let reply = reply(&[delta(json!({"content": "a"})), end(word), done()]).unwrap();
    assert_eq!(reply.finish.reason, reason);
}

#[rstest]
#[case("error", 502)]
#[case("insufficient_system_resource", 503)]
fn reasons_that_are_failures(#[case] word: &str, #[case] status: u16) {
    let failure = reply(&[delta(json!({"content": "a"})), end(word), done()]).unwrap_err();
    assert_eq!(failure.status, status);
}

#[rstest]
#[case::executed_tools(json!({"executed_tools": [{"type": "search"}]}), "choices[0].delta.executed_tools")]
#[case::sound(json!({"audio": {"data": "x"}}), "choices[0].delta.audio")]
#[case::part(json!({"content": [{"type": "reference", "reference_ids": [1]}]}), "choices[0].delta.content[0]")]
#[case::annotation(json!({"annotations": [{"type": "file", "file": {"name": "x"}}]}), "choices[0].delta.annotations[0]")]
fn what_has_no_place_is_named(#[case] other: Value, #[case] path: &str) {
    let reply = reply(&[delta(json!({"content": "a"})), delta(other), end("stop"), done()]).unwrap();
    assert_eq!(reply.dropped, [path]);
}

#[test]
fn placeholders_are_no_loss() {
    let empty = json!({"audio": {"data": "", "expires_at": 0}, "function_call": {"name": "", "arguments": ""},
        "images": [], "refusal": "", "tool_calls": null});
    let reply = reply(&[delta(empty), delta(json!({"content": "a"})), end("stop"), done()]).unwrap();
    assert!(reply.dropped.is_empty());
    assert_eq!(reply.blocks.len(), 1);
}

#[test]
fn sources_in_every_chunk_come_once() {
    let chunk = json!({"choices": [{"delta": {"content": "a"}}], "citations": ["u1", "u2"],
        "search_results": [{"url": "u2", "title": "two"}]});
    let reply = reply(&[chunk.clone(), chunk, end("stop"), done()]).unwrap();
    let urls: Vec<_> = reply.blocks[0]
        .citations
        .iter()
        .map(|one| one.url.as_deref().unwrap())
        .collect();
    assert_eq!(urls, ["u1", "u2"]);
    assert_eq!(reply.blocks[0].citations[1].title.as_deref(), Some("two"));
}

#[test]
fn the_first_chunk_of_sense_is_the_beginning() {
    let filters =
        json!({"id": "", "model": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]});
    let reply = reply(&[filters, delta(json!({"content": "a"})), end("stop"), done()]).unwrap();
    assert_eq!(reply.head.id.as_deref(), Some("c1"));
    assert_eq!(reply.head.model.as_deref(), Some("m"));
}

#[test]
fn further_answers_are_named() {
    let two = json!({"choices": [{"index": 0, "delta": {"content": "a"}}, {"index": 1, "delta": {"content": "b"}}]});
    let reply = reply(&[two, end("stop"), done()]).unwrap();
    assert_eq!(reply.dropped, ["choices[1]"]);
    assert_eq!(reply.blocks[0].text, "a");
}
