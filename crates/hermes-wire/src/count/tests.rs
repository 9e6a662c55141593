use hermes_core::Protocol;
use rstest::rstest;
use serde_json::json;

use super::{counted, estimate};

#[test]
fn texts_and_tools_count_by_their_length_and_media_by_the_piece() {
    let text = json!({"messages": [{"role": "user", "content": "word ".repeat(800)}]});
    let plain = estimate(text.to_string().as_bytes());
    assert!((1000..1020).contains(&plain), "{plain}");
    let image = "A".repeat(1 << 20);
    let with_image = json!({"messages": [{"role": "user", "content": [{"type": "image", "data": image}]}]});
    let seen = estimate(with_image.to_string().as_bytes());
    assert!((1334..1400).contains(&seen), "{seen}");
    assert_eq!(estimate(b"not json"), 2);
    assert_eq!(estimate(b""), 0);
}

#[rstest]
#[case(Protocol::AnthropicMessages, r#"{"input_tokens":7}"#)]
#[case(Protocol::Responses, r#"{"object":"response.input_tokens","input_tokens":7}"#)]
#[case(Protocol::Gemini, r#"{"totalTokens":7}"#)]
fn counts_are_told_as_each_protocol_tells_them(#[case] protocol: Protocol, #[case] expected: &str) {
    assert_eq!(counted(protocol, 7), expected.as_bytes());
}
