use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn key(body: &str) -> Option<u64> {
    conversation(body.as_bytes(), |_| None)
}

fn with_header(name: &'static str, value: &'static str, body: &str) -> Option<u64> {
    conversation(body.as_bytes(), |asked| {
        (asked == name).then_some(value.as_bytes())
    })
}

#[rstest]
#[case::cache_key(r#"{"model":"m","input":"hi","prompt_cache_key":"abc"}"#)]
#[case::conversation(r#"{"conversation":"abc","model":"m"}"#)]
#[case::conversation_object(r#"{"conversation":{"x":[1],"id":"abc"}}"#)]
#[case::previous_response(r#"{"previous_response_id":"abc","input":"hi"}"#)]
#[case::user(r#"{"metadata":{"user_id":"abc"},"messages":[{"role":"user","content":"hi"}]}"#)]
fn id_of_the_body_is_found(#[case] body: &str) {
    assert_eq!(key(body), Some(id(b"abc")));
}

#[rstest]
#[case("x-session-id")]
#[case("x-session-affinity")]
#[case("session-id")]
#[case("thread-id")]
#[case("x-claude-code-session-id")]
fn id_of_a_header_beats_user_and_text(#[case] name: &'static str) {
    let body = r#"{"metadata":{"user_id":"u"},"messages":[{"role":"user","content":"hi"}]}"#;
    assert_eq!(with_header(name, " abc ", body), Some(id(b"abc")));
    assert_eq!(with_header(name, "", body), Some(id(b"u")));
}

#[test]
fn cache_key_beats_a_header() {
    assert_eq!(
        with_header("session-id", "s", r#"{"prompt_cache_key":"abc"}"#),
        Some(id(b"abc"))
    );
}

#[test]
fn next_turn_has_the_key_of_the_first() {
    let turns = [
        r#"{"system":[{"type":"text","text":"x-anthropic-billing-header: 1"},{"text":"be kind"}],
            "messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}"#,
        r#"{"messages":[{"content":[{"text":"hi","type":"text"}],"role":"user"},{"role":"assistant","content":"well"},
            {"role":"user","content":"go on"}],"system":[{"type":"text","text":"x-anthropic-billing-header: 2"},{"text":"be kind"}]}"#,
    ];
    assert!(key(turns[0]).is_some());
    assert_eq!(key(turns[0]), key(turns[1]));
}

#[rstest]
#[case::first_message(
    r#"{"messages":[{"role":"system","content":"be kind"},{"role":"user","content":"ho"}]}"#
)]
#[case::system(r#"{"messages":[{"role":"system","content":"be rude"},{"role":"user","content":"hi"}]}"#)]
#[case::instructions(r#"{"instructions":"be kind","input":"hi"}"#)]
#[case::developer(
    r#"{"input":[{"role":"developer","content":"x"},{"role":"user","content":[{"type":"input_text","text":"hi"}]}]}"#
)]
fn other_text_has_another_key(#[case] other: &str) {
    let one = r#"{"messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]}"#;
    assert!(key(other).is_some());
    assert_ne!(key(one), key(other));
}

#[rstest]
#[case::nothing(r#"{"model":"m"}"#)]
#[case::no_object("[]")]
#[case::empty("")]
#[case::empty_messages(r#"{"messages":[]}"#)]
#[case::empty_id(r#"{"prompt_cache_key":""}"#)]
#[case::wrong_types(r#"{"prompt_cache_key":1,"conversation":null,"metadata":[],"messages":{"a":1}}"#)]
fn request_that_tells_nothing_has_no_key(#[case] body: &str) {
    assert_eq!(key(body), None);
}

#[test]
fn key_is_the_same_in_every_process() {
    // Not a secret: it only has to stay what it is while processes of one build run side by side.
    assert_eq!(id(b"abc"), id(b"abc"));
    assert_ne!(id(b"abc"), id(b"abd"));
}

#[test]
fn what_was_found_before_a_fault_counts() {
    assert_eq!(
        key(r#"{"prompt_cache_key":"abc","messages":[{"#),
        Some(id(b"abc"))
    );
}

#[test]
fn walk_is_bounded() {
    let filler = "x".repeat(WALK_LIMIT);
    assert_eq!(
        key(&format!(r#"{{"other":"{filler}","prompt_cache_key":"abc"}}"#)),
        None
    );
    let deep = "[".repeat(100_000);
    assert_eq!(key(&format!(r#"{{"system":{deep}"#)), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(conversation(&body, |_| None), conversation(&body, |_| None));
    }

    #[test]
    fn any_cut_of_a_request_is_read_without_a_panic(cut in 0usize..120) {
        let body = br#"{"system":[{"text":"a"}],"messages":[{"role":"user","content":"hi"}],"metadata":{"user_id":"u"},"x":1}"#;
        let body = &body[..cut.min(body.len())];
        prop_assert_eq!(conversation(body, |_| None), conversation(body, |_| None));
    }
}
