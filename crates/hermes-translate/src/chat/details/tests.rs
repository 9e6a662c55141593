use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Detail, read, thought_signature, write};
use crate::proof::ProofKind;

#[rstest]
#[case::text(json!({"type": "reasoning.text", "text": "a", "index": 1}), 1, "a", None)]
#[case::signed(
    json!({"type": "reasoning.text", "text": "a", "signature": "s", "format": "anthropic-claude-v1", "index": 0}),
    0, "a", Some((ProofKind::Signature, "s"))
)]
#[case::no_format(json!({"text": "a", "signature": "s", "index": 0}), 0, "a", Some((ProofKind::Signature, "s")))]
#[case::empty_signature(json!({"text": "a", "signature": "", "index": 0}), 0, "a", None)]
#[case::summary(json!({"type": "reasoning.summary", "summary": "a", "index": 0}), 0, "a", None)]
#[case::encrypted(
    json!({"type": "reasoning.encrypted", "data": "d", "format": "openai-responses-v1", "index": 0}),
    0, "", Some((ProofKind::Encrypted, "d"))
)]
#[case::redacted(
    json!({"type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1", "index": 0}),
    0, "", Some((ProofKind::Redacted, "d"))
)]
#[case::gemini(
    json!({"type": "reasoning.text", "signature": "g", "format": "google-gemini-v1", "index": 0}),
    0, "", Some((ProofKind::Thought, "g"))
)]
#[case::gemini_of_a_call(
    json!({"type": "reasoning.encrypted", "data": "g", "format": "google-gemini-v1", "index": 0}),
    0, "", Some((ProofKind::Thought, "g"))
)]
fn entries_are_read(
    #[case] entry: Value,
    #[case] index: u64,
    #[case] text: &str,
    #[case] proof: Option<(ProofKind, &str)>,
) {
    let index = Some(index);
    assert_eq!(read(&entry), Detail { index, text, proof });
}

#[rstest]
#[case::plain("a", None)]
#[case::signature("a", Some((ProofKind::Signature, "s")))]
#[case::redacted("", Some((ProofKind::Redacted, "s")))]
#[case::thought("", Some((ProofKind::Thought, "s")))]
#[case::encrypted("", Some((ProofKind::Encrypted, "s")))]
fn one_entry_is_read_as_it_was_written(#[case] text: &str, #[case] proof: Option<(ProofKind, &str)>) {
    let entries = write(3, text, proof, None);
    assert_eq!(entries.len(), 1);
    let index = Some(3);
    assert_eq!(read(&entries[0]), Detail { index, text, proof });
}

#[test]
fn a_summary_and_what_it_sums_up_are_two_entries() {
    let entries = write(
        0,
        "a",
        Some((ProofKind::Encrypted, "d")),
        Some("xai-responses-v1"),
    );
    assert_eq!(
        entries[0],
        json!({"type": "reasoning.text", "index": 0, "text": "a"})
    );
    let sealed =
        json!({"type": "reasoning.encrypted", "index": 0, "data": "d", "format": "xai-responses-v1"});
    assert_eq!(entries[1], sealed);
}

#[rstest]
#[case(json!({"extra_content": {"google": {"thought_signature": "g"}}}), Some("g"))]
#[case(json!({"extra_content": {"google": {"thought_signature": ""}}}), None)]
#[case(json!({"extra_content": null}), None)]
#[case(json!({}), None)]
fn geminis_signature(#[case] call: Value, #[case] signature: Option<&str>) {
    assert_eq!(thought_signature(&call), signature);
}
