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
    let mut ids = Ids::new(None, false);
    let sent = ids.call(&id, "tool");
    assert_eq!(sent == id, stays);
    assert_eq!(ids.result(&id, None), sent);
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
    let mut ids = Ids::new(Some(CallIds::NineAlphanumerics), false);
    let sent = ids.call(id, "tool");
    assert_eq!(sent == id, stays);
    assert!(sent.len() == 9 && sent.bytes().all(|one| one.is_ascii_alphanumeric()));
    assert_eq!(ids.result(id, Some("tool")), sent);
}

#[test]
fn calls_without_ids_find_their_results() {
    let mut ids = Ids::new(None, false);
    let one = ids.call("", "a");
    let two = ids.call("", "b");
    let three = ids.call("", "a");
    assert_eq!(ids.result("", Some("b")), two);
    assert_eq!(ids.result("", Some("a")), one);
    assert_eq!(ids.result("", Some("a")), three);
    // A result that no call waits for is nobody else's.
    assert!(![one, two, three].contains(&ids.result("", Some("a"))));
}

#[test]
fn a_replacement_is_the_same_in_each_request_and_stays() {
    let sent = Ids::new(None, false).call("functions.get:0", "get");
    assert_eq!(Ids::new(None, false).call("functions.get:0", "get"), sent);
    assert_eq!(Ids::new(None, false).call(&sent, "get"), sent);
}

#[test]
fn an_id_of_the_upstreams_own_protocol_stays() {
    assert_eq!(
        Ids::new(None, true).call("functions.get:0", "get"),
        "functions.get:0"
    );
}
