use hermes_core::Protocol::{AnthropicMessages, ChatCompletions, Responses};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{error_body, error_status, error_type, stream_error};
use crate::{SseDecoder, SseEvent};

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn events(bytes: &[u8]) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::default();
    decoder.push(bytes).map(Result::unwrap).collect()
}

#[test]
fn error_body_has_each_protocols_shape() {
    let details = json!({"retry_at": "x"});
    let body = error_body(
        AnthropicMessages,
        429,
        "pool_exhausted",
        "all rest",
        "r1",
        Some(details.clone()),
    );
    assert_eq!(
        value(&body),
        json!({"type": "error", "error": {"type": "rate_limit_error", "message": "all rest",
            "details": {"retry_at": "x", "error_code": "pool_exhausted"}}, "request_id": "r1"})
    );
    for protocol in [ChatCompletions, Responses] {
        let body = error_body(protocol, 401, "bad_key", "m", "r1", Some(details.clone()));
        assert_eq!(
            value(&body),
            json!({"error": {"message": "m", "type": "authentication_error", "param": null, "code": "bad_key",
                "details": {"retry_at": "x"}}, "request_id": "r1"})
        );
    }
}

#[test]
fn error_type_follows_the_status() {
    for (status, anthropic, open) in [
        (400, "invalid_request_error", "invalid_request_error"),
        (401, "authentication_error", "authentication_error"),
        (402, "billing_error", "insufficient_quota"),
        (403, "permission_error", "permission_denied"),
        (404, "not_found_error", "not_found"),
        (408, "timeout_error", "timeout"),
        (409, "conflict_error", "conflict"),
        (413, "request_too_large", "invalid_request_error"),
        (422, "invalid_request_error", "invalid_request_error"),
        (429, "rate_limit_error", "rate_limit_exceeded"),
        (500, "api_error", "server_error"),
        (502, "api_error", "server_error"),
        (503, "overloaded_error", "overloaded"),
        (504, "timeout_error", "timeout"),
        (529, "overloaded_error", "overloaded"),
    ] {
        assert_eq!(error_type(AnthropicMessages, status), anthropic, "{status}");
        assert_eq!(error_type(ChatCompletions, status), open, "{status}");
        assert_eq!(error_type(Responses, status), open, "{status}");
    }
    assert_eq!(
        [error_status(Responses, 529), error_status(AnthropicMessages, 529)],
        [503, 529]
    );
}

#[test]
fn stream_error_ends_each_protocol_its_own_way() {
    let error = |protocol| stream_error(protocol, 502, "upstream_cut", "line\nbreak", "r1");
    let seen = events(&error(AnthropicMessages));
    assert_eq!((seen.len(), seen[0].event.as_deref()), (1, Some("error")));
    assert_eq!(value(seen[0].data.as_bytes())["error"]["type"], "api_error");

    let seen = events(&error(ChatCompletions));
    assert_eq!((seen.len(), seen[0].event.as_deref()), (1, None));
    assert_eq!(value(seen[0].data.as_bytes())["error"]["code"], "upstream_cut");

    let seen = events(&error(Responses));
    let names: Vec<_> = seen.iter().map(|event| event.event.as_deref().unwrap()).collect();
    assert_eq!(names, ["error", "response.failed"]);
    let flat = value(seen[0].data.as_bytes());
    assert_eq!(
        (&flat["code"], &flat["error"]["code"]),
        (&json!("upstream_cut"), &json!("upstream_cut"))
    );
    let failed = value(seen[1].data.as_bytes());
    assert_eq!(failed["response"]["error"]["message"], "line\nbreak");
    for required in [
        "id",
        "created_at",
        "model",
        "object",
        "output",
        "parallel_tool_calls",
        "tool_choice",
        "tools",
    ] {
        assert!(failed["response"].get(required).is_some(), "{required}");
    }
}

#[test]
fn stream_error_after_a_cut_event_is_an_event_of_its_own() {
    let mut stream = b"event: content_block_delta\ndata: {\"type\":\"content_bl".to_vec();
    stream.extend(stream_error(AnthropicMessages, 502, "upstream_cut", "m", "r1"));
    assert_eq!(events(&stream).last().unwrap().event.as_deref(), Some("error"));
}
