//! Browsers on other machines. They sign in with the password and keep the token as a cookie that no script can read, which is safe here
//! and not on this machine: the listener's name is its own, and the way to it is TLS.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use hermes_core::Secret;
use http::header::{COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN};
use http::request::Parts;

use crate::shared::Shared;

/// Browsers take a cookie with this beginning only by TLS, for one host and all of its paths.
const COOKIE_NAME: &str = "__Host-hermes";

/// Whether a request came by a name that only the way through TLS has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Far(pub(crate) bool);

impl<S: Sync> FromRequestParts<S> for Far {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(false)))
    }
}

/// Notes it for whoever handles the request.
pub(crate) async fn note(shared: Arc<Shared>, mut request: Request, next: Next) -> Response {
    let far =
        host(request.headers()).is_some_and(|host| shared.parts.far_hosts.iter().any(|far| far == host));
    request.extensions_mut().insert(Far(far));
    next.run(request).await
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

/// The token in the cookie of a request that one of our own pages made. A cookie comes by itself, so who made the browser send it has
/// to be told too.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim() == COOKIE_NAME).then(|| value.trim())
    });
    match (values.next(), values.next()) {
        (Some(value), None) if from_own_page(headers) => Some(value),
        _ => None,
    }
}

fn from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    // Of browsers that do not say it, only what names our own page counts.
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    let own = host(headers).map(|host| format!("https://{host}"));
    origin.is_some() && origin == own.as_deref()
}

/// What makes a browser keep a token, until it is closed; the session ends earlier.
pub(crate) fn keep(token: &Secret) -> HeaderValue {
    let text = format!(
        "{COOKIE_NAME}={}; Secure; HttpOnly; SameSite=Strict; Path=/",
        token.expose()
    );
    let mut value = HeaderValue::try_from(text).expect("a token has letters, digits, `-` and `_`");
    value.set_sensitive(true);
    value
}

/// What makes a browser forget it.
pub(crate) fn forget() -> HeaderValue {
    const GONE: &str = "__Host-hermes=; Max-Age=0; Secure; HttpOnly; SameSite=Strict; Path=/";
    HeaderValue::from_static(GONE)
}

#[cfg(test)]
mod tests;
