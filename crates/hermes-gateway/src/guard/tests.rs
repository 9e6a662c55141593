use http::{HeaderMap, HeaderName, HeaderValue, Method, Version};

use super::Guard;
use crate::edge::Edge;

fn check(uri: &str, headers: &[(&'static str, &str)]) -> u16 {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    let guard = Guard::new(7766, &["Hermes.example.com".to_owned()], &Edge::default());
    let outcome = guard.check(&Method::GET, &uri.parse().unwrap(), Version::HTTP_11, &map);
    outcome.map_or_else(|refusal| refusal.status, |()| 200)
}

#[test]
fn host_forms_other_than_our_own_are_refused() {
    for (host, status) in [
        ("127.0.0.1:7766", 200),
        ("[::1]:7766", 200),
        ("localhost:7766", 200),
        ("hermes.example.com", 200),
        ("127.0.0.1", 421),
        ("localhost", 421),
        ("127.0.0.1:80", 421),
        ("localhost:77660", 421),
        ("localhost.:7766", 421),
        ("LOCALHOST:7766", 421),
        ("evil.test:7766", 421),
        ("localhost:7766.evil.test", 421),
        ("user@localhost:7766", 421),
        ("127.1:7766", 421),
        ("2130706433:7766", 421),
        ("0.0.0.0:7766", 421),
        ("::1:7766", 421),
        ("[0:0:0:0:0:0:0:1]:7766", 421),
        ("[::ffff:127.0.0.1]:7766", 421),
        ("localhost:7766, evil.test", 421),
        ("hermes.example.com:7766", 421),
        ("", 421),
    ] {
        assert_eq!(check("/", &[("host", host)]), status, "{host:?}");
    }
}

#[test]
fn host_missing_or_twice_is_refused() {
    assert_eq!(check("/", &[]), 421);
    assert_eq!(
        check("/", &[("host", "localhost:7766"), ("host", "localhost:7766")]),
        421
    );
}

#[test]
fn absolute_form_must_name_the_same_host() {
    let host = ("host", "localhost:7766");
    assert_eq!(check("http://localhost:7766/v1/models", &[host]), 200);
    assert_eq!(check("http://evil.test/v1/models", &[host]), 421);
    assert_eq!(check("https://localhost:7766/v1/models", &[host]), 421);
}

#[test]
fn pages_of_other_sites_are_refused() {
    let host = ("host", "localhost:7766");
    for (origin, status) in [
        ("http://localhost:7766", 200),
        ("http://127.0.0.1:7766", 200),
        ("http://[::1]:7766", 200),
        ("https://hermes.example.com", 200),
        ("http://localhost:3000", 403),
        ("http://localhost", 403),
        ("http://evil.test", 403),
        ("null", 403),
        ("", 403),
        ("http://localhost:7766.evil.test", 403),
        ("file://", 403),
        ("http://localhost:7766/", 403),
    ] {
        assert_eq!(check("/", &[host, ("origin", origin)]), status, "{origin:?}");
    }
    let own = ("origin", "http://localhost:7766");
    assert_eq!(check("/", &[host, own, own]), 403);
    for (site, status) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("x", 403),
    ] {
        assert_eq!(check("/", &[host, ("sec-fetch-site", site)]), status, "{site}");
    }
}
