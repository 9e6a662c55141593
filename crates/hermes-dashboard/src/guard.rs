//! Who may use the API: whoever sends the token of a session. What cannot be undone takes a session that has just begun.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use hermes_text::errors::api as say;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, SET_COOKIE};
use http::request::Parts;

use crate::error::ApiError;
use crate::far::{self, Far};
use crate::session::Current;
use crate::shared::{Peer, Shared};

/// What cannot be undone needs a session that began at most so long ago.
const FRESH: Duration = Duration::from_mins(10);
/// The header of the page; scripts may also send `Authorization: Bearer`.
const TOKEN_HEADER: &str = "x-hermes-session-token";

/// A session that has just begun. Handlers of what cannot be undone, and of what would outlive the session, ask for it: so a page that
/// was left open, or a token that was stolen from it, is not enough.
pub(crate) struct Fresh;

impl FromRequestParts<Arc<Shared>> for Fresh {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, ApiError> {
        let current = parts
            .extensions
            .get::<Current>()
            .ok_or_else(ApiError::unauthorized)?;
        if shared.now().since(current.created) < FRESH {
            return Ok(Self);
        }
        let Far(far) = parts.extensions.get().copied().unwrap_or(Far(false));
        Err(sign_in_again(far))
    }
}

fn sign_in_again(far: bool) -> ApiError {
    let refusal = ApiError::new(StatusCode::FORBIDDEN, "sign_in_again", say::sign_in_again);
    refusal.hint(if far {
        say::sign_in_again_far_next
    } else {
        say::sign_in_again_next
    })
}

/// Lets only requests with a good token pass.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let Far(far) = request.extensions().get().copied().unwrap_or(Far(false));
    let cookie = far.then(|| far::token(request.headers())).flatten();
    let kept = cookie.is_some();
    let token = token_of(request.headers()).or(cookie).map(str::to_owned);
    let current = match &token {
        Some(token) => shared.sessions.check(token).await,
        None => Ok(None),
    };
    match current {
        Ok(Some(current)) => {
            request.extensions_mut().insert(current);
            next.run(request).await
        }
        Ok(None) => {
            let refusal = refuse(&shared, &request, token.is_some());
            // A cookie that opens nothing any more would come with every later request.
            let cookie = kept.then(|| AppendHeaders([(SET_COOKIE, far::forget())]));
            (cookie, refusal).into_response()
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Guessing is slowed down; a page whose session has ended only has to be opened again.
fn refuse(shared: &Shared, request: &Request, tried: bool) -> ApiError {
    let peer = request.extensions().get::<Peer>().filter(|_| tried);
    peer.and_then(|peer| shared.slow_down(*peer))
        .unwrap_or_else(ApiError::unauthorized)
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    if let Some(token) = headers.get(TOKEN_HEADER) {
        return token.to_str().ok();
    }
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
