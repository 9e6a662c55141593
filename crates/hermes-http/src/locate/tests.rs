use url::Url;

use super::{join, origin_of};

#[test]
fn join_keeps_the_base_path_and_never_doubles_the_version() {
    for (base, path, expected) in [
        (
            "https://a.example",
            "/v1/messages",
            "https://a.example/v1/messages",
        ),
        (
            "https://a.example/",
            "v1/messages",
            "https://a.example/v1/messages",
        ),
        (
            "https://a.example/anthropic",
            "/v1/messages",
            "https://a.example/anthropic/v1/messages",
        ),
        (
            "https://a.example/anthropic/",
            "/v1/messages",
            "https://a.example/anthropic/v1/messages",
        ),
        (
            "https://a.example/v1",
            "/v1/messages",
            "https://a.example/v1/messages",
        ),
        (
            "https://a.example/v1/",
            "/v1/messages",
            "https://a.example/v1/messages",
        ),
        (
            "https://a.example/api/v1",
            "/v1/models?limit=5",
            "https://a.example/api/v1/models?limit=5",
        ),
        (
            "https://a.example/api/v1",
            "/chat/completions",
            "https://a.example/api/v1/chat/completions",
        ),
        (
            "https://a.example/v1",
            "/v1beta/models",
            "https://a.example/v1/v1beta/models",
        ),
        ("https://a.example/v1", "/v1", "https://a.example/v1"),
        (
            "https://a.example/v1?key=1#part",
            "/x",
            "https://a.example/v1/x?key=1",
        ),
        ("https://a.example/v1?key=1", "/x?y", "https://a.example/v1/x?y"),
        ("https://a.example/v1", "", "https://a.example/v1"),
        (
            "https://a.example/v1",
            "https://evil.example/",
            "https://a.example/v1/https://evil.example/",
        ),
        (
            "https://a.example/v1",
            "//evil.example/x",
            "https://a.example/v1/evil.example/x",
        ),
    ] {
        let joined = join(&Url::parse(base).unwrap(), path);
        assert_eq!(joined.as_str(), expected, "{base} + {path}");
    }
}

#[test]
fn origin_of_names_the_default_port() {
    let origin = |text: &str| origin_of(&Url::parse(text).unwrap()).to_string();
    assert_eq!(origin("https://API.example.com:443/x"), "https://api.example.com");
    assert_eq!(origin("http://127.0.0.1:9001/x?y"), "http://127.0.0.1:9001");
    assert_eq!(origin("http://[::1]/"), "http://[::1]");
}
