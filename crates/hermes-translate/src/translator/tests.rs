use hermes_core::Protocol;
use rstest::rstest;

use super::{Translator, reply};
use crate::properties::support::context;

const MISSING: &str = ": x-hermes-usage missing\n\n";
const CHUNK: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]USAGE}\n\n";

fn stream(client: Protocol, usage: &str) -> String {
    let mut translator = Translator::new(&context(client, Protocol::ChatCompletions));
    let mut out = Vec::new();
    translator.push(CHUNK.replace("USAGE", usage).as_bytes(), &mut out);
    translator.push(b"data: [DONE]\n\n", &mut out);
    translator.finish(&mut out);
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
