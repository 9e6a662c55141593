use hermes_core::Protocol;
use rstest::rstest;
use serde_json::json;

use super::{Collector, Translator, reply, reply_as_stream};
use crate::properties::support::context;

const MISSING: &str = ": x-hermes-usage missing\n\n";
const CHUNK: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]USAGE}\n\n";

fn stream(client: Protocol, usage: &str) -> String {
    let mut translator = Translator::new(&context(client, Protocol::ChatCompletions));
    let mut out = Vec::new();
    translator.push(CHUNK.replace("USAGE", usage).as_bytes());
    while translator.write(&mut out) {}
    translator.push(b"data: [DONE]\n\n");
    while translator.write(&mut out) {}
    translator.finish();
    while translator.write(&mut out) {}
    assert!(translator.ended() && translator.failure().is_none());
    String::from_utf8(out).unwrap()
}

#[rstest]
#[case(Protocol::AnthropicMessages)]
#[case(Protocol::ChatCompletions)]
#[case(Protocol::Responses)]
fn stream_without_counts_says_so_once(#[case] client: Protocol) {
    assert_eq!(stream(client, "").matches(MISSING).count(), 1);
    let counted = stream(client, ",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}");
    assert!(!counted.contains("x-hermes-usage"), "{counted}");
}

#[test]
fn stream_of_gemini_has_no_comments() {
    let told = stream(Protocol::Gemini, "");
    assert!(!told.contains("x-hermes"), "{told}");
}

#[test]
fn whole_answer_without_counts_tells_of_none() {
    let body = br#"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}"#;
    let context = context(Protocol::AnthropicMessages, Protocol::ChatCompletions);
    assert_eq!(reply(&context, body).unwrap().usage, None);
}

/// A stream of many events that say the same.
fn endless(client: Protocol, texts: usize) -> (Translator, usize) {
    let mut translator = Translator::new(&context(client, Protocol::ChatCompletions));
    let text = "x".repeat(1 << 20);
    let chunk = json!({"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]});
    let chunk = format!("data: {chunk}\n\n");
    let mut written = 0;
    for _ in 0..texts {
        translator.push(chunk.as_bytes());
        let mut out = Vec::new();
        while translator.write(&mut out) {}
        written += out.len();
    }
    (translator, written)
}

/// A client of Responses is told all of an answer again at its end, so all of it is kept.
#[test]
fn answer_that_is_kept_has_a_bound() {
    let (translator, written) = endless(Protocol::Responses, 31);
    assert!(!translator.ended() && written > 31 << 20);
    let (translator, written) = endless(Protocol::Responses, 40);
    assert_eq!(translator.failure().unwrap().kind, "answer_too_large");
    assert!(translator.ended() && written < 200 << 20);
    for client in [
        Protocol::AnthropicMessages,
        Protocol::ChatCompletions,
        Protocol::Gemini,
    ] {
        let (translator, written) = endless(client, 40);
        assert!(!translator.ended() && written > 40 << 20, "{client}");
    }
}

#[test]
fn gathered_answer_has_a_bound() {
    let context = context(Protocol::AnthropicMessages, Protocol::ChatCompletions);
    let text = "x".repeat(1 << 20);
    let chunk = json!({"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]});
    let mut collector = Collector::new(&context);
    for _ in 0..33 {
        collector.push(format!("data: {chunk}\n\n").as_bytes());
    }
    assert_eq!(collector.finish().unwrap_err().kind, "answer_too_large");
}

/// What an event means is written a portion at a time, however much it is.
#[test]
fn large_answer_comes_in_portions() {
    let context = context(Protocol::Responses, Protocol::ChatCompletions);
    let text = "x".repeat(1 << 20);
    let body = json!({"id": "c", "choices": [{"index": 0, "message": {"role": "assistant", "content": text},
        "finish_reason": "stop"}]});
    let mut stream = reply_as_stream(&context, body.to_string().as_bytes())
        .unwrap()
        .body;
    let (mut portions, mut more) = (Vec::new(), true);
    while more {
        let mut out = Vec::new();
        more = stream.write(&mut out);
        portions.push(out.len());
    }
    assert!(portions.len() > 2, "{portions:?}");
    assert!(portions.iter().all(|size| *size < 3 << 20), "{portions:?}");
    assert!(portions.iter().sum::<usize>() > 5 << 20, "{portions:?}");
}
