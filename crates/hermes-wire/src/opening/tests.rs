use std::path::Path;

use hermes_core::Protocol::{self, AnthropicMessages, ChatCompletions, Responses};
use proptest::prelude::*;
use rstest::rstest;

use super::{Opening, OpeningWatcher};

const LIMIT: usize = 64 * 1024;
const CHAT_ERROR: &str = include_str!("../../tests/data/chat-error-in-chunk.sse");
const RESPONSES_ERROR: &str = include_str!("../../tests/data/responses-error.sse");

/// What chunks show, in one word, and how many bytes went in until it was clear.
fn open<'a>(protocol: Protocol, chunks: impl Iterator<Item = &'a [u8]>) -> (String, usize) {
    let mut watcher = OpeningWatcher::new(protocol, LIMIT);
    let mut size = 0;
    for chunk in chunks {
        size += chunk.len();
        match watcher.push(chunk) {
            Opening::Undecided => {}
            decided => return (word(&decided), size),
        }
    }
    (word(&watcher.finish()), size)
}

fn word(opening: &Opening) -> String {
    match opening {
        Opening::Undecided => "undecided".to_owned(),
        Opening::Content => "content".to_owned(),
        Opening::Error(body) => format!("error {}", String::from_utf8_lossy(body)),
    }
}

const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{}}}\n\n";
const BLOCK: &str = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
const PING: &str = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
const OVERLOADED: &str =
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n";

#[rstest]
#[case::nothing(AnthropicMessages, &[], "undecided")]
#[case::comment(AnthropicMessages, &[": waiting\n\n", "\n", "retry: 3\n\n"], "undecided")]
#[case::ping(AnthropicMessages, &[PING], "undecided")]
#[case::start(AnthropicMessages, &[START, PING, BLOCK], "undecided")]
#[case::delta(AnthropicMessages, &[START, "event: content_block_delta\ndata: {}\n\n"], "content")]
#[case::tool(AnthropicMessages, &[START, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"name\":\"a\"}}\n\n"], "content")]
#[case::block_that_says(AnthropicMessages, &["event: content_block_start\ndata: {\"content_block\":{\"type\":\"text\",\"text\":\"Hi\"}}\n\n"], "content")]
#[case::empty_answer(AnthropicMessages, &[START, "event: message_delta\ndata: {}\n\n"], "content")]
#[case::error_first(AnthropicMessages, &[OVERLOADED], "error {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")]
#[case::error_after_start(AnthropicMessages, &[START, PING, BLOCK, OVERLOADED], "error {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")]
#[case::error_without_end(AnthropicMessages, &["event: error\ndata: {\"a\":1}"], "error {\"a\":1}")]
#[case::unnamed_error(AnthropicMessages, &["data: {\"type\":\"error\",\"error\":{}}\n\n"], "error {\"type\":\"error\",\"error\":{}}")]
#[case::bare_error(Responses, &["data: {\"error\":{\"message\":\"x\"}}\n\n"], "error {\"error\":{\"message\":\"x\"}}")]
#[case::unknown(AnthropicMessages, &["data: {\"n\":1}\n\n"], "content")]
#[case::not_json(Responses, &["data: hello\n\n"], "content")]
#[case::said_error(AnthropicMessages, &["event: content_block_delta\ndata: {\"delta\":{\"text\":\"event: error\"}}\n\n", OVERLOADED], "content")]
#[case::created(Responses, &["event: response.created\ndata: {}\n\n", "event: response.in_progress\ndata: {}\n\n", "event: keepalive\ndata: {}\n\n"], "undecided")]
#[case::item(Responses, &["event: response.output_item.added\ndata: {\"item\":{\"type\":\"message\",\"content\":[]}}\n\n", "event: response.content_part.added\ndata: {\"part\":{\"text\":\"\"}}\n\n"], "undecided")]
#[case::call(Responses, &["event: response.output_item.added\ndata: {\"item\":{\"type\":\"function_call\",\"name\":\"a\"}}\n\n"], "content")]
#[case::failed(Responses, &["event: response.created\ndata: {}\n\nevent: response.failed\ndata: {\"response\":{}}\n\n"], "error {\"response\":{}}")]
#[case::failed_by_type(Responses, &["data: {\"type\":\"response.created\"}\n\ndata: {\"type\":\"response.failed\"}\n\n"], "error {\"type\":\"response.failed\"}")]
#[case::incomplete(Responses, &["event: response.incomplete\ndata: {}\n\n"], "content")]
#[case::role(ChatCompletions, &["data: {\"choices\":[]}\n\n", "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":null},\"finish_reason\":null}]}\n\n"], "undecided")]
#[case::text(ChatCompletions, &["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"], "content")]
#[case::reasoning(ChatCompletions, &["data: {\"choices\":[{\"delta\":{\"reasoning\":\"a\"}}]}\n\n"], "content")]
#[case::finish(ChatCompletions, &["data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"], "content")]
#[case::done(ChatCompletions, &["data: [DONE]\n\n"], "content")]
#[case::chat_error(ChatCompletions, &["data: {\"error\":{\"code\":429}}\n\n"], "error {\"error\":{\"code\":429}}")]
#[case::error_that_finishes(ChatCompletions, &["data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":502}}\n\n"], "error {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":502}}")]
#[case::no_error(ChatCompletions, &["data: {\"choices\":[],\"error\":null}\n\n"], "undecided")]
#[case::text_before_error(ChatCompletions, &["data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"error\":{\"code\":400}}\n\n"], "content")]
fn opening_is_told_at_every_split(
    #[case] protocol: Protocol,
    #[case] events: &[&str],
    #[case] expected: &str,
) {
    let text = events.concat();
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let bytes = text.as_bytes();
        let single = open(protocol, bytes.chunks(1));
        assert_eq!(single.0, expected, "one byte at a time");
        for split in 0..=bytes.len() {
            let (first, second) = bytes.split_at(split);
            let seen = open(protocol, [first, second].into_iter());
            assert_eq!(seen.0, expected, "cut at {split}");
        }
    }
}

#[test]
fn recorded_error_is_found_before_the_stream_ends() {
    for (protocol, stream, part) in [
        (ChatCompletions, CHAT_ERROR, "\"code\":400"),
        (Responses, RESPONSES_ERROR, "insufficient_quota"),
    ] {
        let (seen, _) = open(protocol, stream.as_bytes().chunks(7));
        let expected = if protocol == Responses { "error" } else { "content" };
        assert!(seen.starts_with(expected), "{part}: {seen}");
    }
}

#[test]
fn recorded_streams_all_open_with_content_and_early() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recorded");
    let mut seen = 0;
    for (folder, protocol) in [
        ("anthropic-messages", AnthropicMessages),
        ("openai-chat", ChatCompletions),
        ("openai-responses", Responses),
    ] {
        for file in fs_err::read_dir(recorded.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|end| end != "sse") {
                continue;
            }
            let bytes = fs_err::read(&path).unwrap();
            let (shown, size) = open(protocol, bytes.chunks(16));
            // One of them holds nothing but an error; in Chat Completions an error is told by a field of a chunk with content.
            let fails = protocol == Responses && path.to_string_lossy().contains("-error-");
            let start = if fails { "error" } else { "content" };
            assert!(shown.starts_with(start), "{}: {shown}", path.display());
            assert!(size < LIMIT, "{} after {size} bytes", path.display());
            assert_eq!(open(protocol, bytes.chunks(1)).0, shown);
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} streams");
}

#[test]
fn event_beyond_the_limit_is_not_waited_for() {
    let mut watcher = OpeningWatcher::new(Responses, 100);
    assert_eq!(
        watcher.push(b"event: response.created\ndata: {\"a\":\""),
        Opening::Undecided
    );
    assert_eq!(watcher.push(&[b'x'; 100]), Opening::Content);
}

proptest! {
    #[test]
    fn opening_is_the_same_however_the_bytes_are_cut(
        parts in prop::collection::vec(prop::sample::select(vec![
            START, BLOCK, PING, OVERLOADED, ": x\n\n", "data: {\"choices\":[]}\n\n", "event: response.created\ndata: {}\r\n\r\n",
            "event: response.failed\n", "data: {\"error\":{\"code\":1}}", "\n", "\r", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", "data: [DONE]", "{", "\u{feff}",
        ]), 0..12),
        cuts in prop::collection::vec(0usize..800, 0..10),
        protocol in prop::sample::select(Protocol::ALL.to_vec()),
    ) {
        let text = parts.concat();
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(open(protocol, chunks).0, open(protocol, [bytes].into_iter()).0);
    }
}
