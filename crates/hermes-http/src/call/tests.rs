use hermes_core::Secret;
use url::Url;

use super::{Answer, Call, CallBody};
use crate::HttpError;

fn call() -> Call {
    Call::post(Url::parse("https://a.example/").unwrap())
}

#[test]
fn form_body_is_encoded_in_order() {
    let body = CallBody::Form(vec![
        ("b".to_owned(), "1 2".into()),
        ("a".to_owned(), "ä&=+%\r\n".into()),
        ("c".to_owned(), "urn:x:y".into()),
    ]);
    assert_eq!(body.to_bytes(), "b=1+2&a=%C3%A4%26%3D%2B%25%0D%0A&c=urn%3Ax%3Ay");
}

#[test]
fn header_that_would_become_two_is_refused() {
    for (name, value) in [
        ("x-a", "b\r\nx-c: d"),
        ("x a", "b"),
        ("", "b"),
        ("x-a\n", "b"),
        ("x-a", "\0"),
    ] {
        let outcome = call().text_header(name, value);
        assert!(
            matches!(outcome, Err(HttpError::BadHeader { .. })),
            "{name:?} {value:?}"
        );
    }
}

#[test]
fn call_debug_shows_no_secret() {
    let secret = Secret::from("canary-6");
    let call = call()
        .form([("token", secret.clone())])
        .secret_header("x-token", &secret)
        .unwrap();
    assert!(!format!("{call:?}").contains("canary"), "{call:?}");
    assert!(!format!("{:?}", call.json(secret)).contains("canary"));
}

#[test]
fn answer_that_repeats_what_was_sent_is_concealed() {
    let call = call().form([
        ("grant_type", Secret::from("authorization_code")),
        ("refresh_token", Secret::from("rt-0123456789_abc")),
    ]);
    let answer = Answer {
        status: 400,
        headers: http::HeaderMap::new(),
        body: Vec::new(),
        url: call.url.clone(),
        sent: call.secrets(),
    };
    for (said, shown) in [
        (
            "token 'rt-0123456789_abc' is spent",
            "token '[redacted]' is spent",
        ),
        ("cut off: rt-0123456789", "cut off: [redacted]"),
        ("=rt-0123456789_abc.", "=[redacted]."),
        (
            "authorization_code is wrong, request 0123456789-other",
            "authorization_code is wrong, request 0123456789-other",
        ),
        ("", ""),
        ("größer, ✓", "größer, ✓"),
    ] {
        assert_eq!(answer.conceal(said), shown);
    }
}
