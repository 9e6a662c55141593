//! Beginning and ending sessions.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json as Answer};
use hermes_core::Secret;
use hermes_text::errors::api as say;
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Json;
use crate::error::{ApiError, ErrorBody};
use crate::far::{self, Far};
use crate::look::exact;
use crate::session::{Current, NewSession};
use crate::shared::{Peer, Shared};

/// One of the two.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Begin {
    /// What stands behind `#c=` in the link.
    code: Option<String>,
    /// From another machine, where Hermes is reached through TLS.
    #[schema(value_type = Option<String>)]
    password: Option<Password>,
}

/// What a person typed.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Password(Secret);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Secret::from(text))
    }
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Sent as `x-hermes-session-token` from now on; it is told only once. Missing where it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When it ends at the latest, RFC 3339. It ends earlier when it is not used for half an hour.
    expires_at: String,
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ended {
    ended: u64,
}

/// Opens a session with the one-time code of a link, or with the password.
#[utoipa::path(post, path = "/api/session", tag = "session", security(()), request_body = Begin,
    responses((status = 200, body = Begun), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 429, body = ErrorBody), (status = 500, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn begin(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<Peer>,
    Far(far): Far,
    Json(body): Json<Begin>,
) -> Result<Response, ApiError> {
    let session = match (body.code, body.password) {
        (Some(code), None) => by_code(&shared, peer, &code).await?,
        (None, Some(_)) if !far => return Err(not_here()),
        (None, Some(Password(password))) => shared.sign_in(peer, &password).await?,
        _ => {
            return Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_body",
                say::begin_body,
            ));
        }
    };
    let expires_at = exact(session.expires);
    if far {
        let body = Begun {
            token: None,
            expires_at,
        };
        return Ok(([(SET_COOKIE, far::keep(&session.token))], Answer(body)).into_response());
    }
    let token = Some(session.token.expose().to_owned());
    Ok(Answer(Begun { token, expires_at }).into_response())
}

async fn by_code(shared: &Shared, peer: Peer, code: &str) -> Result<NewSession, ApiError> {
    let session = shared.sessions.redeem(code).await?;
    session.ok_or_else(|| {
        shared.slow_down(peer).unwrap_or_else(|| {
            ApiError::new(StatusCode::UNAUTHORIZED, "code_unknown", say::code_unknown)
                .hint(say::code_unknown_next)
        })
    })
}

fn not_here() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "password_not_here", say::password_not_here)
        .hint(say::unauthorized_next)
}

/// Ends this session.
#[utoipa::path(delete, path = "/api/session", tag = "session",
    responses((status = 200, body = Ended), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn end(
    State(shared): State<Arc<Shared>>,
    Extension(current): Extension<Current>,
    far: Far,
) -> Result<Response, ApiError> {
    let ended = shared.sessions.end(&current).await?;
    Ok(farewell(far, u64::from(ended)))
}

/// Ends every session.
#[utoipa::path(delete, path = "/api/sessions", tag = "session",
    responses((status = 200, body = Ended), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn end_all(State(shared): State<Arc<Shared>>, far: Far) -> Result<Response, ApiError> {
    let ended = shared.sessions.end_all().await?;
    Ok(farewell(far, ended))
}

/// The cookie would open nothing any more, and goes too.
fn farewell(Far(far): Far, ended: u64) -> Response {
    let cookie = far.then(|| [(SET_COOKIE, far::forget())]);
    (cookie.map(AppendHeaders), Answer(Ended { ended })).into_response()
}
