//! What went wrong, as an answer.

use axum::Json;
use axum::response::{IntoResponse, Response};
use hermes_core::{ExitKind, Explain};
use hermes_pool::{PoolError, StoreError};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// An error of the admin API.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
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
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            hint: None,
            retry_after_s: None,
        }
    }

    /// The request cannot be followed.
    pub(crate) fn bad(kind: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, message)
    }

    pub(crate) fn not_found(kind: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, kind, message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized")
            .hint("Open the link that `hermes dashboard` prints.")
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Something broke that nobody outside can know. What it was is for those who read the log.
    fn inside(problem: &str) -> Self {
        tracing::error!(problem, "the store failed");
        let message = "the store failed";
        let error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store_failed", message);
        error.hint("What happened is in the log of `hermes up`; `hermes doctor` looks at the store.")
    }

    /// An error of the crates below, with the status that fits it.
    pub(crate) fn of(error: &dyn Explain, message: String, status: StatusCode) -> Self {
        Self {
            status,
            kind: error.kind(),
            message,
            hint: error.hint(),
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
        Self::of(&error, error.to_string(), status)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Backend(problem) = &error {
            return Self::inside(problem);
        }
        Self::of(&error, error.to_string(), store_status(&error))
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            detail: self.message.clone(),
            error: ErrorFields {
                kind: self.kind.to_owned(),
                message: self.message,
                hint: self.hint,
            },
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
