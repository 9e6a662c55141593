use hermes_core::Protocol::{self, AnthropicMessages, ChatCompletions, Responses};
use proptest::prelude::*;
use rstest::rstest;

use super::UsageWatcher;
use crate::Usage;

const ANTHROPIC: &str = include_str!("../../tests/data/anthropic-message-delta-input-tokens.sse");
const CHAT: &str = include_str!("../../tests/data/chat-openai.sse");
const CHAT_ERROR: &str = include_str!("../../tests/data/chat-error-in-chunk.sse");
const RESPONSES_ERROR: &str = include_str!("../../tests/data/responses-error.sse");
const RESPONSES_INCOMPLETE: &str = include_str!("../../tests/data/responses-incomplete.sse");

/// Input, output, whether it ended cleanly, code of the error.
type Seen = (Option<(u64, u64)>, bool, Option<String>);

fn watch(protocol: Protocol, streaming: bool, chunks: impl Iterator<Item = impl AsRef<[u8]>>) -> Seen {
    let mut watcher = UsageWatcher::new(protocol, streaming);
    for chunk in chunks {
        watcher.feed(chunk.as_ref());
    }
    let ended = watcher.ended_cleanly();
    let code = watcher
        .error()
        .map(|error| error.code.clone().unwrap_or_default());
    (
        watcher.finish().map(|usage| (usage.input, usage.output)),
        ended,
        code,
    )
}

#[rstest]
#[case(AnthropicMessages, ANTHROPIC, (Some((61, 2)), true, None))]
#[case(ChatCompletions, CHAT, (Some((13, 11)), true, None))]
#[case(ChatCompletions, CHAT_ERROR, (Some((43, 10)), true, Some("400")))]
#[case(Responses, RESPONSES_ERROR, (None, true, Some("insufficient_quota")))]
#[case(Responses, RESPONSES_INCOMPLETE, (Some((18, 16)), true, None))]
fn watcher_reads_recorded_streams_whatever_the_chunks(
    #[case] protocol: Protocol,
    #[case] stream: &str,
    #[case] expected: (Option<(u64, u64)>, bool, Option<&str>),
) {
    let expected = (expected.0, expected.1, expected.2.map(str::to_owned));
    let crlf = stream.replace('\n', "\r\n");
    for text in [stream, &crlf] {
        for size in [1, 2, 3, 7, 64, 1000, 100_000] {
            let seen = watch(protocol, true, text.as_bytes().chunks(size));
            assert_eq!(seen, expected, "chunks of {size}");
        }
    }
}

#[rstest]
#[case(
    AnthropicMessages,
    "event: error\ndata: {\"error\":{\"type\":\"x\"}}\n\n",
    r#"{"error":{"type":"x"}}"#
)]
#[case(
    Responses,
    "data: {\"type\":\"response.failed\",\"response\":{}}\n\n",
    r#"{"type":"response.failed","response":{}}"#
)]
#[case(
    ChatCompletions,
    "data: {\"choices\":[],\"error\":{\"code\":1}}\n\n",
    r#"{"error":{"code":1}}"#
)]
fn watcher_keeps_the_data_of_the_first_error(
    #[case] protocol: Protocol,
    #[case] event: &str,
    #[case] body: &str,
) {
    let mut watcher = UsageWatcher::new(protocol, true);
    watcher.feed(b": nothing yet\n\n");
    assert_eq!(watcher.error_body(), None);
    for part in event.as_bytes().chunks(5) {
        watcher.feed(part);
    }
    watcher.feed(event.replace('x', "y").as_bytes());
    assert_eq!(watcher.error_body(), Some(body.as_bytes()));
}

#[test]
fn watcher_of_a_cut_stream_says_so() {
    let cut = ANTHROPIC.split("event: message_stop").next().unwrap();
    assert_eq!(
        watch(AnthropicMessages, true, [cut].iter()),
        (Some((61, 2)), false, None)
    );
    let cut =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null}],\"usage\":null}\n\n";
    assert_eq!(watch(ChatCompletions, true, [cut].iter()), (None, false, None));
    let finished = "data: {\"choices\":[{\"finish_reason\": \"stop\"}]}\n\n";
    assert!(
        watch(ChatCompletions, true, [finished].iter()).1,
        "a missing `[DONE]` is tolerated"
    );
    assert!(watch(ChatCompletions, true, ["data: [DONE]"].iter()).1);
    assert!(!watch(Responses, true, ["data: [DONE]\n\n"].iter()).1);
}

#[test]
fn watcher_reads_events_without_event_lines() {
    let done = "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n";
    assert_eq!(watch(Responses, true, [done].iter()), (Some((3, 4)), true, None));
    let error =
        "data: {\"type\": \"error\", \"error\": {\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
    let mut watcher = UsageWatcher::new(AnthropicMessages, true);
    watcher.feed(error.as_bytes());
    assert_eq!(watcher.error().unwrap().kind.as_deref(), Some("overloaded_error"));
    let later = "data: {\"sequence_number\":9,\"type\":\"response.completed\",\"response\":{}}\n\n";
    assert!(
        watch(Responses, true, [later].iter()).1,
        "the type need not come first"
    );
}

#[test]
fn watcher_is_not_misled_by_what_a_model_says() {
    let said = r#"{\"usage\":{\"input_tokens\":999,\"output_tokens\":999},\"error\":{}} event: message_stop data: [DONE] \"finish_reason\":\"stop\""#;
    let delta = format!(
        "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"delta\":{{\"text\":\"{said}\"}}}}\n\n"
    );
    assert_eq!(
        watch(AnthropicMessages, true, [&delta].iter()),
        (None, false, None)
    );
    let chunk = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{said}\"}},\"finish_reason\":null}}]}}\n\n"
    );
    assert_eq!(watch(ChatCompletions, true, [&chunk].iter()), (None, false, None));
    let tools = r#"{"tools":[{"parameters":{"properties":{"usage":{"type":"string"},"error":{"type":"object"}}}}],"usage":{"input_tokens":1,"output_tokens":2},"user":null}"#;
    assert_eq!(
        watch(Responses, false, [tools].iter()),
        (Some((1, 2)), true, None)
    );
}

#[test]
fn watcher_of_a_large_body_finds_usage_and_stays_small() {
    let mut watcher = UsageWatcher::new(ChatCompletions, false);
    watcher.feed(b"{\"choices\":[{\"message\":{\"content\":\"");
    for _ in 0..200 {
        watcher.feed(&[b'x'; 8192]);
    }
    watcher.feed(b"\"}}],\"usage\": {\"prompt_tokens\":5,");
    assert!(!watcher.ended_cleanly());
    watcher.feed(b"\"completion_tokens\":6}}\n");
    assert!(watcher.ended_cleanly());
    assert!(watcher.line.capacity() == 0 && watcher.usage_key.carry.capacity() < 64);
    assert_eq!(watcher.finish().map(|usage| usage.total()), Some(11));
}

#[test]
fn watcher_tells_the_id_of_an_answer_that_can_be_gone_on_from() {
    let stream = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"output\":[]}}\n\n\
                  event: response.output_item.added\ndata: {\"item\":{\"id\":\"msg_2\"}}\n\n";
    for size in [1, 7, 1000] {
        let mut watcher = UsageWatcher::new(Responses, true);
        for chunk in stream.as_bytes().chunks(size) {
            watcher.feed(chunk);
        }
        assert_eq!(watcher.answer_id(), Some("resp_1"));
    }
    let mut whole = UsageWatcher::new(Responses, false);
    whole.feed(b"{\"id\": \"resp_3\", \"output\": []}");
    assert_eq!(whole.answer_id(), Some("resp_3"));
    let mut chat = UsageWatcher::new(ChatCompletions, false);
    chat.feed(b"{\"id\": \"chatcmpl-1\"}");
    assert_eq!(chat.answer_id(), None);
}

#[test]
fn watcher_fed_endless_junk_stays_small() {
    let mut watcher = UsageWatcher::new(Responses, true);
    watcher.feed(b"event: error\ndata: {\"usage\":{");
    for _ in 0..200 {
        watcher.feed(&[b'"'; 8192]);
    }
    assert!(watcher.line.len() <= super::ERROR_LINE_LIMIT);
    assert_eq!(watcher.finish(), None);
}

#[test]
fn watcher_keeps_the_first_counts_when_later_ones_leave_them_out() {
    let stream = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":40,\"cache_read_input_tokens\":7,\"output_tokens\":1}}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":0,\"output_tokens\":9}}\n\n";
    let mut watcher = UsageWatcher::new(AnthropicMessages, true);
    watcher.feed(stream.as_bytes());
    let expected = Usage {
        input: 40,
        cache_read: 7,
        output: 9,
        ..Usage::default()
    };
    assert_eq!(watcher.usage(), Some(expected));
}

proptest! {
    #[test]
    fn watcher_sees_the_same_however_the_bytes_are_cut(
        parts in prop::collection::vec(prop::sample::select(vec![
            "data: ", "event: error", "event: message_stop", "\n", "\r\n", "\"usage\"", ":", "{\"input_tokens\":3,\"output_tokens\":1}",
            "\"error\":{\"code\":\"c\"}", "\"finish_reason\":\"stop\"", "\"usage", "null", "[DONE]", "{\"type\":\"message_stop\"}", "{", "x",
        ]), 0..30),
        cuts in prop::collection::vec(0usize..600, 0..10),
        protocol in prop::sample::select(Protocol::ALL.to_vec()),
    ) {
        let text = parts.concat() + "\n";
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let chunks = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(watch(protocol, true, chunks), watch(protocol, true, [bytes].iter()));
    }
}
