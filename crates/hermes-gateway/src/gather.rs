//! Whole answers for clients of another protocol: gathered, translated, sent at once.

use bytes::{Bytes, BytesMut};
use hermes_core::Protocol;
use hermes_http::ReplyBody;
use hermes_translate::{Collector, Failure, Written, reply, reply_as_stream};
use hermes_wire::{error_body, error_status};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::timeout;

use crate::body::Body;
use crate::headers;
use crate::job::{Crossing, Served};
use crate::limits::Limits;
use crate::opening::Rest;
use crate::record::Record;

/// What came of a gathered answer.
pub(crate) struct Gathered {
    pub(crate) written: Result<Written<Body>, Failure>,
    /// The data of the event that failed it, for the pool.
    pub(crate) error_data: Option<Vec<u8>>,
}

/// Gathers and translates the answer of an upstream, from what is held to its end.
pub(crate) async fn gather(served: &mut Served, crossing: &Crossing, limits: &Limits) -> Gathered {
    if served.events {
        return from_stream(served, crossing, limits).await;
    }
    let written = match whole(served, limits).await {
        Ok(body) if crossing.context.stream => {
            reply_as_stream(&crossing.context, &body).map(|one| with_body(one, Body::replay))
        }
        Ok(body) => reply(&crossing.context, &body).map(|one| with_body(one, Body::full)),
        Err(failure) => Err(failure),
    };
    Gathered {
        written,
        error_data: None,
    }
}

async fn from_stream(served: &mut Served, crossing: &Crossing, limits: &Limits) -> Gathered {
    let mut collector = Collector::new(&crossing.context);
    let mut size = 0;
    loop {
        match next(served, limits).await {
            Ok(Some(data)) => {
                size += data.len();
                if size > limits.body {
                    return failed(too_large());
                }
                collector.push(&data);
            }
            Ok(None) => break,
            Err(failure) => return failed(failure),
        }
    }
    let error_data = collector.error_data().map(|data| data.as_bytes().to_vec());
    Gathered {
        written: collector.finish().map(|one| with_body(one, Body::full)),
        error_data,
    }
}

fn with_body<B>(written: Written<B>, body: impl FnOnce(B) -> Body) -> Written<Body> {
    Written {
        body: body(written.body),
        dropped: written.dropped,
        usage: written.usage,
    }
}

fn failed(failure: Failure) -> Gathered {
    Gathered {
        written: Err(failure),
        error_data: None,
    }
}

async fn whole(served: &mut Served, limits: &Limits) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(data) = next(served, limits).await? {
        if body.len() + data.len() > limits.answer {
            return Err(too_large());
        }
        body.extend_from_slice(&data);
    }
    Ok(body.freeze())
}

/// The next bytes: those that are held, then those that come.
async fn next(served: &mut Served, limits: &Limits) -> Result<Option<Bytes>, Failure> {
    if let Some(data) = served.held.frames.pop_front() {
        return Ok(Some(data));
    }
    match served.held.rest {
        Rest::More => {}
        Rest::Ended => return Ok(None),
        Rest::Cut => return Err(Failure::cut()),
        Rest::Silent => return Err(silent()),
    }
    let body: &mut ReplyBody = served.response.body_mut();
    loop {
        match timeout(limits.upstream_idle, body.frame()).await {
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                _ => {}
            },
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => return Err(Failure::cut()),
            Err(_) => return Err(silent()),
        }
    }
}

fn too_large() -> Failure {
    Failure {
        status: 502,
        kind: "answer_too_large".to_owned(),
        message: "the provider's answer is too large to be translated".to_owned(),
    }
}

fn silent() -> Failure {
    Failure {
        status: 504,
        kind: "upstream_idle".to_owned(),
        message: "the provider sent nothing for too long".to_owned(),
    }
}

/// The answer for the client.
pub(crate) fn response(
    written: Result<Written<Body>, Failure>,
    events: bool,
    record: &mut Record,
) -> Response<Body> {
    let uncounted = matches!(&written, Ok(written) if written.usage.is_none());
    let (status, content, body, dropped) = match written {
        Ok(written) => {
            record.usage = written.usage;
            let content = if events {
                "text/event-stream; charset=utf-8"
            } else {
                "application/json"
            };
            (200, content, written.body, written.dropped)
        }
        Err(failure) => {
            record.error = Some(failure.kind.clone());
            let (status, body) = told(&failure, record);
            (status, "application/json", Body::full(body), None)
        }
    };
    record.status = status;
    record.byte();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
    if let Some(dropped) = dropped.and_then(|list| HeaderValue::try_from(list).ok()) {
        headers.append(headers::DROPPED, dropped);
    }
    if uncounted {
        headers.insert("x-hermes-usage", HeaderValue::from_static("missing"));
    }
    response
}

/// A failure in the shape of the client's protocol, under its status there.
fn told(failure: &Failure, record: &Record) -> (u16, Vec<u8>) {
    let status = error_status(record.protocol, failure.status);
    let id = record.id.to_string();
    let body = error_body(
        record.protocol,
        status,
        &failure.kind,
        &failure.message,
        &id,
        None,
    );
    (status, body)
}

/// What the upstream's error says, in the shape of the client's protocol. A size error is told in the one way that clients act on.
pub(crate) fn error_for(client: Protocol, upstream: Response<Bytes>, request_id: &str) -> Response<Bytes> {
    let (head, body) = upstream.into_parts();
    let status = error_status(client, head.status.as_u16());
    let said = hermes_wire::read_error(&body);
    let kind = said.code.or(said.kind);
    let kind = kind.as_deref().unwrap_or("upstream_error");
    let message = if is_size_error(kind, &said.message) && client == Protocol::AnthropicMessages {
        "Input is too long."
    } else {
        said.message.as_str()
    };
    let message = match message {
        "" => format!("the provider answered {}", head.status.as_u16()),
        message => message.to_owned(),
    };
    let wait = head.headers.get(RETRY_AFTER);
    let details = wait
        .filter(|_| client == Protocol::Gemini)
        .and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok())
        .map(|seconds| json!({ "retry_after_s": seconds }));
    let body = error_body(client, status, kind, &message, request_id, details);
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(head.status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for name in ["request-id", "x-request-id"] {
        if let Some(value) = head.headers.get(name) {
            headers.insert("x-request-id", value.clone());
        }
    }
    if let Some(wait) = wait {
        headers.insert(RETRY_AFTER, wait.clone());
    }
    response
}

/// Whether the prompt is larger than the model takes (OpenAI, Anthropic, Google and their likes, 2026-11).
fn is_size_error(kind: &str, message: &str) -> bool {
    const TEXTS: [&str; 6] = [
        "maximum context length",
        "context window",
        "prompt is too long",
        "input is too long",
        "too many tokens",
        "exceeds the maximum number of tokens",
    ];
    let message = message.to_lowercase();
    matches!(kind, "context_length_exceeded" | "string_above_max_length")
        || TEXTS.iter().any(|text| message.contains(text))
}
