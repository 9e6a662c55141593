use hermes_catalog::CallIds;
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::Ids;

#[rstest]
#[case::openai("call_abc", true)]
#[case::anthropic("toolu_01-A", true)]
#[case::odd("a:b", false)]
#[case::long("x".repeat(65), false)]
fn ids_that_fit_stay(#[case] id: impl Into<String>, #[case] stays: bool) {
    let id = id.into();
    let mut ids = Ids::new(None);
    let sent = ids.of_call(&id, "tool");
    assert_eq!(sent == id, stays);
    assert_eq!(ids.of_result(&id, None), sent);
    assert!(
        sent.len() <= 64
            && sent
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"_-".contains(&one))
    );
}

#[rstest]
#[case("call_abc", false)]
#[case("tfn2AP3zy", true)]
fn nine_letters_and_digits(#[case] id: &str, #[case] stays: bool) {
    let mut ids = Ids::new(Some(CallIds::NineAlphanumerics));
    let sent = ids.of_call(id, "tool");
    assert_eq!(sent == id, stays);
    assert!(sent.len() == 9 && sent.bytes().all(|one| one.is_ascii_alphanumeric()));
    assert_eq!(ids.of_result(id, Some("tool")), sent);
}

#[test]
fn calls_without_ids_find_their_results() {
    let mut ids = Ids::new(None);
    let one = ids.of_call("", "a");
    let two = ids.of_call("", "b");
    let three = ids.of_call("", "a");
    assert_eq!(ids.of_result("", Some("b")), two);
    assert_eq!(ids.of_result("", Some("a")), one);
    assert_eq!(ids.of_result("", Some("a")), three);
    assert_eq!(ids.of_result("", Some("a")), "");
}
