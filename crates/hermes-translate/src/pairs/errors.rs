//! Every status of an upstream's error in every client's words.

use hermes_core::Protocol;
use hermes_wire::{error_body, error_status, stream_error};
use serde_json::Value;

use super::context;
use super::replies::folded;
use crate::reply::{Event, Failure};
use crate::translator;

/// Status, the type in Messages, the type in Chat Completions and Responses, and the status in Gemini.
const TABLE: [(u16, &str, &str, &str); 15] = [
    (
        400,
        "invalid_request_error",
        "invalid_request_error",
        "INVALID_ARGUMENT",
    ),
    (
        401,
        "authentication_error",
        "authentication_error",
        "UNAUTHENTICATED",
    ),
    (402, "billing_error", "insufficient_quota", "RESOURCE_EXHAUSTED"),
    (403, "permission_error", "permission_denied", "PERMISSION_DENIED"),
    (404, "not_found_error", "not_found", "NOT_FOUND"),
    (408, "timeout_error", "timeout", "DEADLINE_EXCEEDED"),
    (409, "conflict_error", "conflict", "ABORTED"),
    (
        413,
        "request_too_large",
        "invalid_request_error",
        "INVALID_ARGUMENT",
    ),
    (
        422,
        "invalid_request_error",
        "invalid_request_error",
        "INVALID_ARGUMENT",
    ),
    (
        429,
        "rate_limit_error",
        "rate_limit_exceeded",
        "RESOURCE_EXHAUSTED",
    ),
    (500, "api_error", "server_error", "INTERNAL"),
    (502, "api_error", "server_error", "UNAVAILABLE"),
    (503, "overloaded_error", "overloaded", "UNAVAILABLE"),
    (504, "timeout_error", "timeout", "DEADLINE_EXCEEDED"),
    (529, "overloaded_error", "overloaded", "UNAVAILABLE"),
];

const WORDS: &str = "prompt is too long: 3 \"tokens\" > 2\nmaximum ä";

/// The type and the message of an error in a client's form.
fn told(client: Protocol, body: &Value) -> (String, String) {
    let error = &body["error"];
    let kind = match client {
        Protocol::AnthropicMessages => {
            assert_eq!(body["type"], "error");
            assert_eq!(error["details"]["error_code"], "made_up");
            &error["type"]
        }
        Protocol::ChatCompletions | Protocol::Responses => {
            assert_eq!(error["code"], "made_up");
            assert!(error.as_object().unwrap().contains_key("param"));
            &error["type"]
        }
        Protocol::Gemini => {
            assert_eq!(error["details"][0]["reason"], "made_up");
            &error["status"]
        }
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(kind), text(&error["message"]))
}

fn expected(client: Protocol, row: &(u16, &str, &str, &str)) -> (String, String) {
    let kind = match client {
        Protocol::AnthropicMessages => row.1,
        Protocol::ChatCompletions | Protocol::Responses => row.2,
        Protocol::Gemini => row.3,
    };
    (kind.to_owned(), WORDS.to_owned())
}

/// The data of the first event of a stream.
fn first(stream: &[u8]) -> Value {
    let mut decoder = hermes_wire::SseDecoder::default();
    let event = decoder.push(stream).next().unwrap().unwrap();
    serde_json::from_str(&event.data).unwrap()
}

#[test]
fn a_body_has_the_clients_words() {
    for row in &TABLE {
        for client in Protocol::ALL {
            let body = error_body(client, row.0, "made_up", WORDS, "r1", None);
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(told(client, &body), expected(client, row), "{client:?} {}", row.0);
            let status = error_status(client, row.0);
            let known = row.0 != 529 || client == Protocol::AnthropicMessages;
            assert_eq!(status, if known { row.0 } else { 503 });
            if client == Protocol::Gemini {
                assert_eq!(body["error"]["code"], status);
            }
        }
    }
}

#[test]
fn an_error_inside_a_stream_has_the_clients_words() {
    for row in &TABLE {
        for client in Protocol::ALL {
            let stream = stream_error(client, row.0, "made_up", WORDS, "r1");
            let name = format!("{client:?} {}", row.0);
            assert_eq!(told(client, &first(&stream)), expected(client, row), "{name}");
            let failure = folded(client, &stream).unwrap_err();
            assert_eq!(failure.message, WORDS, "{name}");
        }
    }
}

#[test]
fn a_failed_answer_has_the_clients_words() {
    for row in &TABLE {
        for client in Protocol::ALL {
            let mut writer = translator::writer(&context(Protocol::ChatCompletions, client));
            let failure = Failure {
                status: row.0,
                kind: "made_up".to_owned(),
                message: WORDS.to_owned(),
            };
            let mut out = Vec::new();
            writer.event(&Event::Start(crate::reply::Head::default()), &mut out);
            writer.event(&Event::Error(failure), &mut out);
            let name = format!("{client:?} {}", row.0);
            let heard = folded(client, &out).unwrap_err();
            assert_eq!(heard.message, WORDS, "{name}");
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains(&expected(client, row).0), "{name}");
            assert!(!text.contains("[DONE]"), "{name}");
        }
    }
}
