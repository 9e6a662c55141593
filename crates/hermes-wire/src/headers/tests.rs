use super::{forwards_request_header, is_hop_by_hop, named_in_connection, returns_answer_header};

#[test]
fn request_headers_of_protocols_and_clients_are_forwarded() {
    for name in [
        "content-type",
        "accept",
        "user-agent",
        "anthropic-version",
        "anthropic-beta",
        "openai-beta",
        "x-stainless-timeout",
        "session-id",
        "thread-id",
        "originator",
        "x-codex-turn-state",
        "x-session-affinity",
        "idempotency-key",
        "x-app",
    ] {
        assert!(forwards_request_header(name), "{name}");
    }
}

#[test]
fn request_headers_of_the_hop_the_client_and_its_credentials_end_here() {
    for name in [
        "host",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "proxy-authorization",
        "proxy-connection",
        "content-length",
        "expect",
        "authorization",
        "x-api-key",
        "x-goog-api-key",
        "api-key",
        "cookie",
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-hermes-pool",
        "accept-encoding",
        "x_api_key",
        "content_length",
        "openai-organization",
        "sec-fetch-mode",
        "origin",
    ] {
        assert!(!forwards_request_header(name), "{name}");
    }
}

#[test]
fn answer_headers_that_name_an_account_or_its_limits_end_here() {
    for name in [
        "set-cookie",
        "anthropic-organization-id",
        "openai-organization",
        "openai-project",
        "chatgpt-account-id",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-unified-status",
        "x-ratelimit-reset-tokens",
        "ratelimitbysize-reset",
        "x-codex-primary-used-percent",
        "transfer-encoding",
        "connection",
        "content-length",
        "x-hermes-credential",
        "access-control-allow-origin",
    ] {
        assert!(!returns_answer_header(name), "{name}");
    }
    for name in [
        "content-type",
        "content-encoding",
        "retry-after",
        "request-id",
        "x-request-id",
        "x-should-retry",
        "cache-control",
        "openai-processing-ms",
        "date",
    ] {
        assert!(returns_answer_header(name), "{name}");
    }
}

#[test]
fn headers_named_in_connection_end_here() {
    assert!(named_in_connection("keep-alive, X-Secret ,foo", "x-secret"));
    assert!(!named_in_connection("keep-alive, x-secrets", "x-secret"));
    assert!(is_hop_by_hop("te") && !is_hop_by_hop("accept"));
}
