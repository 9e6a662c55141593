use hermes_core::Secret;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{forget, keep, token};

fn found(headers: &[(&'static str, &str)]) -> Option<String> {
    let mut map = HeaderMap::new();
    map.append("host", HeaderValue::from_static("hermes.example.com"));
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    token(&map).map(str::to_owned)
}

#[test]
fn cookie_counts_only_from_a_page_of_our_own() {
    const COOKIE: (&str, &str) = ("cookie", "__Host-hermes=abc");
    const OWN: (&str, &str) = ("origin", "https://hermes.example.com");
    for (headers, counts) in [
        (vec![COOKIE], false),
        (vec![COOKIE, ("sec-fetch-site", "same-origin")], true),
        (vec![COOKIE, ("sec-fetch-site", "same-site")], false),
        (vec![COOKIE, ("sec-fetch-site", "cross-site")], false),
        (vec![COOKIE, ("sec-fetch-site", "none")], false),
        (vec![COOKIE, OWN], true),
        (vec![COOKIE, OWN, ("sec-fetch-site", "cross-site")], false),
        (vec![COOKIE, ("origin", "http://hermes.example.com")], false),
        (vec![COOKIE, ("origin", "https://evil.test")], false),
        (vec![COOKIE, ("origin", "null")], false),
        (vec![("sec-fetch-site", "same-origin")], false),
    ] {
        assert_eq!(found(&headers).is_some(), counts, "{headers:?}");
    }
}

#[test]
fn cookie_is_found_among_others_and_never_twice() {
    let own = ("sec-fetch-site", "same-origin");
    for (cookie, expected) in [
        ("__Host-hermes=abc", Some("abc")),
        ("a=b; __Host-hermes=abc; c=d", Some("abc")),
        ("hermes=abc", None),
        ("__host-hermes=abc", None),
        ("x__Host-hermes=abc", None),
        ("__Host-hermes=abc; __Host-hermes=def", None),
        ("", None),
    ] {
        assert_eq!(found(&[("cookie", cookie), own]).as_deref(), expected, "{cookie}");
    }
    let two = [
        ("cookie", "__Host-hermes=abc"),
        ("cookie", "__Host-hermes=def"),
        own,
    ];
    assert_eq!(found(&two), None);
}

#[test]
fn cookie_goes_by_tls_to_one_host_and_to_no_script() {
    let kept = keep(&Secret::from("abc"));
    assert_eq!(
        kept,
        "__Host-hermes=abc; Secure; HttpOnly; SameSite=Strict; Path=/"
    );
    assert!(kept.is_sensitive());
    assert!(
        forget()
            .to_str()
            .unwrap()
            .starts_with("__Host-hermes=; Max-Age=0; Secure;")
    );
}
