use hermes_core::Protocol;
use http::header::UPGRADE;
use http::{HeaderMap, HeaderValue, Method};

use super::{Endpoint, GeminiPath};

fn of(method: &Method, uri: &str, upgrade: bool) -> Endpoint {
    let mut headers = HeaderMap::new();
    if upgrade {
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    Endpoint::of(method, &uri.parse().unwrap(), &headers)
}

#[test]
fn paths_of_each_protocol_are_known() {
    for protocol in Protocol::ALL {
        let path = match protocol {
            Protocol::Gemini => "/v1beta/models/m:generateContent",
            other => other.gateway_path(),
        };
        assert_eq!(of(&Method::POST, path, false), Endpoint::Generate(protocol));
    }
    let counts = of(&Method::POST, "/v1beta/models/m:countTokens", false);
    assert_eq!(counts, Endpoint::Count(Protocol::Gemini));
    for path in [
        "/v1beta/models/m:explode",
        "/v1beta/models/:generateContent",
        "/v1beta/models/m",
    ] {
        assert_eq!(of(&Method::POST, path, false), Endpoint::Unknown, "{path}");
    }
    let beta = "/v1/messages?beta=true";
    assert_eq!(
        of(&Method::POST, beta, false),
        Endpoint::Generate(Protocol::AnthropicMessages)
    );
    assert_eq!(of(&Method::GET, beta, false), Endpoint::Method("POST"));
    assert_eq!(
        of(&Method::POST, "/v1/messages/count_tokens", false),
        Endpoint::Count(Protocol::AnthropicMessages)
    );
    assert_eq!(of(&Method::GET, "/v1/models?limit=1000", false), Endpoint::Models);
    assert_eq!(
        of(&Method::GET, "/v1/models/a%2Fb", false),
        Endpoint::Model("a/b".to_owned())
    );
    assert_eq!(
        of(&Method::GET, "/v1/models/a%2", false),
        Endpoint::Model("a%2".to_owned())
    );
}

#[test]
fn websocket_tries_are_told_apart_from_reads() {
    for path in ["/v1/responses", "/responses", "/backend-api/codex/responses"] {
        assert_eq!(of(&Method::GET, path, true), Endpoint::Socket, "{path}");
    }
    assert_eq!(of(&Method::GET, "/v1/responses", false), Endpoint::Method("POST"));
    assert_eq!(of(&Method::GET, "/v1/messages", true), Endpoint::Method("POST"));
}

#[test]
fn probes_for_other_servers_find_nothing() {
    for path in [
        "/api/v1/models",
        "/api/tags",
        "/v1/props",
        "/props",
        "/version",
        "/api/show",
        "/v1",
        "/v1/messages/",
    ] {
        assert_eq!(of(&Method::GET, path, false), Endpoint::Unknown, "{path}");
        assert_eq!(of(&Method::POST, path, false), Endpoint::Unknown, "{path}");
    }
    assert_eq!(of(&Method::HEAD, "/", false), Endpoint::Hello);
    assert_eq!(of(&Method::HEAD, "/api/hello", false), Endpoint::Hello);
    assert_eq!(of(&Method::GET, "/", false), Endpoint::Unknown);
}

#[test]
fn model_and_call_are_read_from_the_path_of_gemini() {
    let read = |path: &str| GeminiPath::of(path).map(|one| (one.model.clone(), one.streams, one.call()));
    assert_eq!(
        read("/v1beta/models/gemini-3-pro:streamGenerateContent"),
        Some(("gemini-3-pro".to_owned(), true, "streamGenerateContent"))
    );
    assert_eq!(
        read("/v1/models/minimax-oauth%2FMiniMax-M3:generateContent"),
        Some(("minimax-oauth/MiniMax-M3".to_owned(), false, "generateContent"))
    );
    assert_eq!(
        read("/v1beta/models/openrouter/qwen/qwen3:free:countTokens"),
        Some(("openrouter/qwen/qwen3:free".to_owned(), false, "countTokens"))
    );
    assert_eq!(read("/v1beta/models/m:nothing"), None);
}
