use std::time::Duration;

use hermes_core::{Explain as _, Lang, Origin, language_faults};
use hermes_text::Both;
use hermes_text::errors::http as text;

use super::HttpError;

fn every_kind() -> Vec<HttpError> {
    let host = || "issuer.example".to_owned();
    let reason = || Both::same("os error 111");
    vec![
        HttpError::Connect {
            host: host(),
            reason: reason(),
        },
        HttpError::Tls {
            host: Some(host()),
            reason: reason(),
        },
        HttpError::Tls {
            host: None,
            reason: Both::of(|lang| text::no_roots(lang, text::no_root_installed(lang))),
        },
        HttpError::Timeout {
            host: host(),
            after: Duration::from_secs(20),
            sent: true,
        },
        HttpError::Reset {
            host: host(),
            sent: true,
        },
        HttpError::TooLarge {
            host: host(),
            limit: 65_536,
        },
        HttpError::Redirected {
            host: host(),
            to: "https://other.example".to_owned(),
        },
        HttpError::NotInLab { host: host() },
        HttpError::BadLab {
            entry: "a=b".to_owned(),
        },
        HttpError::Unbound {
            origin: Origin::new("https", "issuer.example", 443),
        },
        HttpError::PrivateAddress {
            host: host(),
            address: "10.0.0.1".to_owned(),
            why: text::address_private,
        },
        HttpError::BadHeader {
            name: "x-key".to_owned(),
        },
        HttpError::BadUrl {
            url: host(),
            why: text::url_plain,
        },
        HttpError::Protocol {
            host: host(),
            reason: "invalid header".to_owned(),
            sent: false,
        },
        HttpError::Proxy {
            host: host(),
            reason: Both::of(|lang| text::proxy_scheme(lang, "ftp")),
        },
        HttpError::Ca {
            path: "/roots.pem".to_owned(),
            reason: Both::of(text::no_certificate),
        },
    ]
}

#[test]
fn every_error_says_the_same_in_each_language() {
    for error in every_kind() {
        assert_eq!(language_faults(&error), Vec::<String>::new());
    }
    let error = HttpError::Timeout {
        host: "issuer.example".to_owned(),
        after: Duration::from_secs(20),
        sent: false,
    };
    assert_eq!(error.message(Lang::Zh), "`issuer.example` 在 20 秒内没有答复");
}
