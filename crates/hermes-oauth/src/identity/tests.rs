use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_catalog::IdentityRule;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Facts, dig, fingerprint};
use crate::jwt;

fn token(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn rule() -> IdentityRule {
    IdentityRule {
        subject: vec!["account.id".to_owned(), "access.sub".to_owned()],
        organisation: vec!["id.\"https://x.example/auth\".org".to_owned()],
        display: vec!["id.email".to_owned()],
        ..IdentityRule::default()
    }
}

#[test]
fn identity_takes_the_first_path_that_hits() {
    let answer = json!({
        "account": {"id": 17},
        "id_token": token(&json!({"https://x.example/auth": {"org": "o-1"}, "email": "a@b.example\u{1b}"})),
    });
    let access = token(&json!({"sub": "other"}));
    let facts = Facts::new(&answer, &access);
    let identity = facts.identity(&rule(), "issuer", "secret");
    assert_eq!(
        (identity.subject.as_str(), identity.organisation.as_deref()),
        ("17", Some("o-1"))
    );
    assert_eq!(
        facts.account(&rule()).display.as_deref(),
        Some("a@b.example\\u{1b}")
    );
    let nothing = json!({"account": {"id": " "}});
    assert_eq!(
        Facts::new(&nothing, &access)
            .identity(&rule(), "issuer", "secret")
            .subject,
        "other"
    );
}

#[test]
fn identity_without_a_hit_is_the_fingerprint_and_not_the_secret() {
    let subject = Facts::new(&Value::Null, "opaque")
        .identity(&rule(), "issuer", "secret")
        .subject;
    assert_eq!(subject, fingerprint("secret"));
    assert_eq!(
        fingerprint("abc"),
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn kept_fields_are_only_those_of_the_rule() {
    let mut rule = rule();
    rule.keep.insert("url".to_owned(), "resource.url".to_owned());
    rule.keep.insert("gone".to_owned(), "nothing".to_owned());
    rule.keep.insert("null".to_owned(), "null".to_owned());
    let answer = json!({"resource": {"url": "u"}, "null": null, "more": 1});
    let kept = Facts::new(&answer, "opaque").kept(&rule);
    assert_eq!(Value::from(kept), json!({"url": "u"}));
}

#[rstest]
#[case("a.b", Some(json!(1)))]
#[case("\"c.d\".e", Some(json!(2)))]
#[case("a.x", None)]
#[case("a..b", None)]
#[case("f.0", None)]
#[case("", None)]
fn dotted_path_leads_through_objects_only(#[case] path: &str, #[case] expected: Option<Value>) {
    let value = json!({"a": {"b": 1}, "c.d": {"e": 2}, "f": [1]});
    assert_eq!(dig(&value, path).cloned(), expected);
}

#[rstest]
#[case("")]
#[case("a.b")]
#[case("a.b.c.d")]
#[case("a.!!!.c")]
#[case("a.W10.c")]
#[case("a./w.c")]
fn text_that_is_no_token_has_no_claims(#[case] text: &str) {
    assert_eq!(jwt::claims(text), None);
}

#[test]
fn claims_with_padding_are_read_and_oversized_ones_are_not() {
    let padded = format!(
        "e30.{}.s",
        base64::engine::general_purpose::URL_SAFE.encode("{\"exp\":5}")
    );
    assert_eq!(jwt::expiry_claim(&padded), Some(json!(5)));
    assert_eq!(jwt::claims(&token(&json!({"a": "x".repeat(70_000)}))), None);
}
