//! What went wrong, as an answer.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hermes_core::{ExitKind, Explain};
use hermes_pool::{PoolError, StoreError};
use hermes_text::errors::api as text;
use hermes_text::{Both, Lang};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ui::Spoken;

/// An error of the admin API.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) message: Both,
    pub(crate) hint: Option<Both>,
    pub(crate) retry_after_s: Option<u64>,
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// The message once more, where older scripts look for it.
    detail: String,
    error: ErrorFields,
}

/// What went wrong and what to do about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorFields {
    /// Stable name.
    kind: String,
    /// In words.
    message: String,
    /// What to do next.
    hint: Option<String>,
}

impl ApiError {
    pub(crate) fn new<S: Into<String>>(
        status: StatusCode,
        kind: &'static str,
        message: impl Fn(Lang) -> S,
    ) -> Self {
        Self {
            status,
            kind,
            message: Both::of(message),
            hint: None,
            retry_after_s: None,
        }
    }

    /// The request cannot be followed.
    pub(crate) fn bad<S: Into<String>>(kind: &'static str, message: impl Fn(Lang) -> S) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    pub(crate) fn not_found<S: Into<String>>(kind: &'static str, message: impl Fn(Lang) -> S) -> Self {
        Self::new(StatusCode::NOT_FOUND, kind, message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", text::unauthorized).hint(text::unauthorized_next)
    }

    pub(crate) fn hint<S: Into<String>>(self, hint: impl Fn(Lang) -> S) -> Self {
        Self {
            hint: Some(Both::of(hint)),
            ..self
        }
    }

    /// Something broke that nobody outside can know. What it was is for those who read the log.
    fn inside(problem: &Both) -> Self {
        tracing::error!(%problem, "the store failed");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "store_failed", text::store_failed).hint(text::store_failed_next)
    }

    /// An error of the crates below, with the status that fits it.
    pub(crate) fn of(error: &dyn Explain, status: StatusCode) -> Self {
        Self {
            status,
            kind: error.kind(),
            message: error.text(),
            hint: error.hint_text(),
            retry_after_s: None,
        }
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> Self {
        let status = match &error {
            PoolError::Target(_) | PoolError::NoAttempt { .. } | PoolError::NoLogin { .. } => {
                StatusCode::NOT_FOUND
            }
            PoolError::TooManyLogins { .. } => StatusCode::TOO_MANY_REQUESTS,
            PoolError::Catalog(_) => StatusCode::BAD_REQUEST,
            PoolError::Store(StoreError::Backend(problem)) => return Self::inside(problem),
            PoolError::Store(error) => store_status(error),
            other => status_of(other.exit()),
        };
        Self::of(&error, status)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Backend(problem) = &error {
            return Self::inside(problem);
        }
        Self::of(&error, store_status(&error))
    }
}

fn store_status(error: &StoreError) -> StatusCode {
    match error {
        StoreError::Taken { .. } => StatusCode::CONFLICT,
        StoreError::Missing { .. } => StatusCode::NOT_FOUND,
        _ => status_of(error.exit()),
    }
}

fn status_of(exit: ExitKind) -> StatusCode {
    match exit {
        ExitKind::Usage => StatusCode::BAD_REQUEST,
        ExitKind::Network => StatusCode::BAD_GATEWAY,
        ExitKind::Store => StatusCode::SERVICE_UNAVAILABLE,
        ExitKind::Failure => StatusCode::INTERNAL_SERVER_ERROR,
        // What the provider or the person decided is no fault of the server.
        _ => StatusCode::CONFLICT,
    }
}

impl ApiError {
    fn body(&self, lang: Lang) -> ErrorBody {
        let message = self.message.get(lang);
        ErrorBody {
            detail: message.to_owned(),
            error: ErrorFields {
                kind: self.kind.to_owned(),
                message: message.to_owned(),
                hint: self.hint.as_ref().map(|hint| hint.get(lang).to_owned()),
            },
        }
    }
}

/// In English, until [`speak`] knows better.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body(Lang::En))).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Says what went wrong in the language that the request asks for.
pub(crate) async fn speak(Spoken(lang): Spoken, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let error = response.extensions_mut().remove::<ApiError>();
    let Some(error) = error.filter(|_| lang != Lang::En) else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_ENCODING);
    (parts, Json(error.body(lang))).into_response()
}

#[cfg(test)]
mod tests;
