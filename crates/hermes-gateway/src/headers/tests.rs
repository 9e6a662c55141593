use hermes_catalog::AuthStyle;
use hermes_core::Protocol;
use hermes_pool::Runtime;
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::{downstream, safe, upstream};

fn map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

fn runtime(headers: &[(&str, &str)]) -> Runtime {
    let url = Url::parse("https://api.example.com/v1").unwrap();
    Runtime {
        protocol: Protocol::AnthropicMessages,
        base_url: url.clone(),
        endpoint: url,
        count_endpoint: None,
        models_endpoint: None,
        auth: AuthStyle::Bearer,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        betas_removed: Vec::new(),
        betas_added: Vec::new(),
    }
}

#[test]
fn client_headers_without_business_upstream_stay_here() {
    let client = map(&[
        ("authorization", "Bearer hk-1"),
        ("x-api-key", "hk-1"),
        ("cookie", "a=b"),
        ("host", "localhost"),
        ("content-length", "3"),
        ("connection", "x-hop, keep-alive"),
        ("x-hop", "1"),
        ("user-agent", "someone/1"),
        ("x-portkey-custom-host", "evil.test"),
        ("x-base-url", "https://evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("anthropic-version", "2023-06-01"),
        ("anthropic-beta", "a"),
        ("x-session-id", "7"),
        ("content-type", "application/json"),
    ]);
    let agent = HeaderValue::from_static("hermes/1");
    let out = upstream(&client, &runtime(&[("anthropic-version", "fixed")]), &agent);
    assert_eq!(
        names(&out),
        [
            "anthropic-beta",
            "anthropic-version",
            "content-type",
            "user-agent",
            "x-session-id"
        ]
    );
    assert_eq!(out["user-agent"], "hermes/1");
    assert_eq!(out["anthropic-version"], "fixed");
}

#[test]
fn answer_headers_that_tell_of_the_account_stay_here() {
    let answer = map(&[
        ("set-cookie", "a=b"),
        ("anthropic-organization-id", "org"),
        ("anthropic-ratelimit-requests-limit", "5"),
        ("x-ratelimit-limit-requests", "5"),
        ("transfer-encoding", "chunked"),
        ("request-id", "req_1"),
        ("content-type", "text/event-stream"),
        ("retry-after", "3"),
    ]);
    let out = downstream(&answer);
    assert_eq!(
        names(&out),
        ["content-type", "retry-after", "x-hermes-upstream-request-id"]
    );
    assert_eq!(out["x-hermes-upstream-request-id"], "req_1");
}

#[test]
fn label_in_a_header_is_safe() {
    assert_eq!(safe("work"), "work");
    assert_eq!(safe("a\r\nb: c"), "a%0D%0Ab: c");
    assert_eq!(safe("münchen 100%"), "m%C3%BCnchen 100%25");
}
