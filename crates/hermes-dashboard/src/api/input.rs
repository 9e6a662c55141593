//! What requests bring: JSON that is said to be JSON, so that no form of another page can make it, and queries.

use axum::extract::{FromRequest, FromRequestParts, Request};
use hermes_text::Lang;
use hermes_text::errors::api as say;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

use crate::error::ApiError;

/// Bytes that a body may have.
const MOST: usize = 1024 * 1024;

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be left out.
pub(crate) struct MaybeJson<T>(pub(crate) T);

/// The part of the address behind `?`.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|_| ApiError::bad("bad_query", say::bad_query))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = is_json(&request);
        let body = read(request).await?;
        if !is_json {
            return Err(not_json());
        }
        parse(&body).map(Self)
    }
}

impl<S: Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = is_json(&request);
        let body = read(request).await?;
        match (body.is_empty(), is_json) {
            (true, _) => Ok(Self(T::default())),
            (false, true) if body.trim_ascii() == b"null" => Ok(Self(T::default())),
            (false, true) => parse(&body).map(Self),
            (false, false) => Err(not_json()),
        }
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

async fn read(request: Request) -> Result<bytes::Bytes, ApiError> {
    axum::body::to_bytes(request.into_body(), MOST)
        .await
        .map_err(|_| {
            ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                say::body_too_large,
            )
        })
}

fn not_json() -> ApiError {
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", say::not_json)
}

/// An object, and nothing that could be read as one.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let value: Value = serde_json::from_slice(body).map_err(|error| problem(&error))?;
    if !value.is_object() {
        return Err(unreadable(say::not_object));
    }
    serde_json::from_slice(body).map_err(|error| problem(&error))
}

/// The parser's own words may repeat what was sent, and that may be a key.
fn problem(error: &serde_json::Error) -> ApiError {
    unreadable(|lang| say::bad_body(lang, error.line(), error.column()))
}

fn unreadable<S: Into<String>>(problem: impl Fn(Lang) -> S) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", problem)
}

/// A whole number; `3.0` is one too, as JSON Schema says.
pub(crate) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let number = Number::deserialize(from)?;
    let exact = number.as_u64().or_else(|| {
        let float = number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && *float >= 0.0)?;
        format!("{float:.0}").parse().ok()
    });
    exact
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| serde::de::Error::custom("not a whole number"))
}

/// A whole number, or none.
pub(crate) fn whole_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] u32);
    Ok(Option::<Whole>::deserialize(from)?.map(|Whole(number)| number))
}
