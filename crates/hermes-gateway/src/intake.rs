//! Reading a request body whole, within limits.

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::limits::Limits;
use crate::reply::Refusal;

/// Room that is set aside for a body before its bytes are there.
const AHEAD: usize = 1 << 20;

/// The whole body. A body of one piece is handed on without a copy.
pub(crate) async fn collect(
    mut body: Incoming,
    headers: &HeaderMap,
    limits: &Limits,
) -> Result<Bytes, Refusal> {
    let plain = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return Err(Refusal::new(
            415,
            "encoded_body",
            "compressed request bodies are not taken; send it plain",
        )
        .closing());
    }
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0);
    if declared > limits.body as u64 {
        return Err(too_large(limits));
    }
    let declared = usize::try_from(declared).unwrap_or(limits.body);
    let Some(first) = next(&mut body, limits).await? else {
        return Ok(Bytes::new());
    };
    if first.len() == declared {
        return Ok(first);
    }
    // Set aside only what the client has earned: a part now, the rest as the bytes come.
    let mut whole = BytesMut::with_capacity(declared.min(AHEAD).max(first.len()));
    whole.extend_from_slice(&first);
    while let Some(part) = next(&mut body, limits).await? {
        if part.len() > limits.body.saturating_sub(whole.len()) {
            return Err(too_large(limits));
        }
        whole.extend_from_slice(&part);
    }
    if whole.len() > limits.body {
        Err(too_large(limits))
    } else {
        Ok(whole.freeze())
    }
}

async fn next(body: &mut Incoming, limits: &Limits) -> Result<Option<Bytes>, Refusal> {
    loop {
        match tokio::time::timeout(limits.body_idle, body.frame()).await {
            Ok(None) => return Ok(None),
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                _ => {}
            },
            Ok(Some(Err(_))) => {
                return Err(Refusal::new(400, "broken_body", "the request body broke off").closing());
            }
            Err(_) => {
                return Err(Refusal::new(408, "slow_body", "the request body came too slowly").closing());
            }
        }
    }
}

fn too_large(limits: &Limits) -> Refusal {
    let message = format!("the request body is longer than {} bytes", limits.body);
    Refusal::new(413, "request_too_large", message).closing()
}
