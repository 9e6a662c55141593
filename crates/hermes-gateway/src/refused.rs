//! An upstream's error on its way to the client.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hermes_core::Protocol;
use hermes_http::ReplyBody;
use hermes_pool::{Leased, status_in_stream};
use hermes_wire::{ERROR_BODY_LIMIT, error_body, read_error};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::record::Record;

/// Longest wait for the whole body of an error answer.
const ERROR_BODY_TIME: Duration = Duration::from_secs(10);

/// Shorter keys are placeholders.
const SHORTEST_SECRET: usize = 8;

/// An error under a status of success, as the answer that it would have been with a status of its own. What the head said
/// of times was said of a success.
pub(crate) fn as_refusal(
    head: &HeaderMap,
    body: &[u8],
    protocol: Protocol,
    record: &Record,
) -> Response<Bytes> {
    let status = status_in_stream(body);
    let error = read_error(body);
    let kind = error.code.or(error.kind);
    let kind = kind.as_deref().unwrap_or("stream_error");
    let id = record.id.to_string();
    let body = error_body(protocol, status, kind, &error.message, &id, None);
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let headers = response.headers_mut();
    headers.clone_from(head);
    headers.remove(RETRY_AFTER);
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// At most the first 64 KiB of an error's body, or what came of it in time.
pub(crate) async fn read_refusal(response: Response<ReplyBody>) -> Response<Bytes> {
    let (parts, mut body) = response.into_parts();
    let mut bytes = BytesMut::new();
    let deadline = Instant::now() + ERROR_BODY_TIME;
    while let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await {
        let Ok(data) = frame.into_data() else { continue };
        let room = ERROR_BODY_LIMIT.saturating_sub(bytes.len());
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() >= room {
            break;
        }
    }
    Response::from_parts(parts, bytes.freeze())
}

/// An error's body with the credential struck out where the provider repeats it: a client has a key of its own and no right
/// to ours. The length stays as it was told.
pub(crate) fn strike(body: Bytes, leased: &Leased) -> Bytes {
    let bound = &leased.secret;
    let secret = bound
        .origins()
        .first()
        .and_then(|origin| bound.for_origin(origin));
    let secret = secret.map_or(&[][..], |secret| secret.expose().as_bytes());
    // Local servers are used with words such as `none` for a key.
    if secret.len() < SHORTEST_SECRET {
        return body;
    }
    let found: Vec<usize> = (0..body.len())
        .filter(|at| body[*at..].starts_with(secret))
        .collect();
    if found.is_empty() {
        return body;
    }
    let mut struck = BytesMut::from(&body[..]);
    for at in found {
        struck[at..at + secret.len()].fill(b'*');
    }
    struck.freeze()
}
