//! Settings, store, findings and sessions, to be looked at.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json as Answer};
use hermes_text::errors::api as say;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ErrorBody};
use crate::facts::ProgramFacts;
use crate::look::exact;
use crate::session::Current;
use crate::shared::Shared;

/// The program, its store and who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Settings {
    version: String,
    store: StoreBody,
    program: ProgramFacts,
    sessions: Vec<SessionBody>,
}

/// The store.
#[derive(Serialize, ToSchema)]
pub(crate) struct StoreBody {
    /// Path, or server without its password.
    place: String,
    shared: bool,
    schema: i64,
    /// Why it renews nothing.
    problem: Option<String>,
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionBody {
    /// Short public id.
    id: String,
    created_at: String,
    used_at: String,
    expires_at: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// Tells how the program is set up.
#[utoipa::path(get, path = "/api/settings", tag = "settings",
    responses((status = 200, body = Settings), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Extension(current): Extension<Current>,
) -> Result<Answer<Settings>, ApiError> {
    let mut program = program(&shared).await?;
    program.findings = shared.parts.facts.examine().await.ok_or_else(ending)?;
    let sessions = shared.sessions.all().await?;
    let store = shared.parts.store.as_ref();
    let info = store.info();
    Ok(Answer(Settings {
        version: shared.parts.version.to_owned(),
        store: StoreBody {
            place: info.place.clone(),
            shared: info.shared,
            schema: info.schema,
            problem: store.suspect().map(|problem| problem.to_string()),
        },
        program,
        sessions: sessions
            .into_iter()
            .map(|row| SessionBody {
                current: row.id == current.id,
                id: row.id,
                created_at: exact(row.created),
                used_at: exact(row.used),
                expires_at: exact(row.expires),
            })
            .collect(),
    }))
}

/// What the running program tells of itself.
pub(crate) async fn program(shared: &Shared) -> Result<ProgramFacts, ApiError> {
    shared.parts.facts.now().await.ok_or_else(ending)
}

fn ending() -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "ending", say::ending)
}
