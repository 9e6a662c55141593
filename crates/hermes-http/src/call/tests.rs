use hermes_core::Secret;
use url::Url;

use super::{Call, CallBody};
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
