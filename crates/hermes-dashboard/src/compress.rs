//! Pages and files go out compressed. Answers of the API do not: one of them may hold a new key, and the length of a compressed
//! answer tells something of what is in it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hermes_text::errors::api as say;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue, VARY};
use miniz_oxide::deflate::compress_to_vec_zlib;

use crate::error::ApiError;

/// A good deal smaller than the level below, and hardly larger than those above.
const LEVEL: u8 = 6;
/// Shorter bodies gain nothing.
const WORTH: usize = 1024;
/// No page is longer by far.
const MOST: usize = 64 * 1024 * 1024;

/// Compresses the answer where the browser takes it.
pub(crate) async fn apply(request: Request, next: Next) -> Response {
    let takes = takes(request.headers());
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .append(VARY, HeaderValue::from_static("accept-encoding"));
    if !takes {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else {
        let error = ApiError::new(
            http::StatusCode::INTERNAL_SERVER_ERROR,
            "page_too_long",
            say::page_too_long,
        );
        return error.into_response();
    };
    if body.len() < WORTH {
        return Response::from_parts(parts, Body::from(body));
    }
    // The encoding that is called `deflate` is zlib's.
    parts
        .headers
        .insert(CONTENT_ENCODING, HeaderValue::from_static("deflate"));
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(compress_to_vec_zlib(&body, LEVEL)))
}

/// Whether `deflate` is among what the browser takes, and not with the weight zero.
fn takes(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).into_iter();
    accepted
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let weight = |part: &str| part.strip_prefix("q=").and_then(|weight| weight.parse().ok());
            parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("deflate"))
                && parts.find_map(weight).is_none_or(|weight: f32| weight > 0.0)
        })
}

#[cfg(test)]
mod tests;
