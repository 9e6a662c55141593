//! Looking after logins.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use hermes_core::CredentialId;
use hermes_pool::{Event, View};
use hermes_text::errors::api as say;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::logins::provider;
use super::views::CredentialBody;
use super::{Json, Query};
use crate::error::{ApiError, ErrorBody};
use crate::guard::Fresh;
use crate::look::exact;
use crate::shared::Shared;

/// Events that are shown of a login.
const SHOWN: u32 = 50;

/// The largest share; sums of them stay far from where numbers end.
const MOST_WEIGHT: u32 = 1_000_000;

/// Which logins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only this provider's.
    provider: Option<String>,
}

/// Logins, by provider and priority.
#[derive(Serialize, ToSchema)]
pub(crate) struct Credentials {
    credentials: Vec<CredentialBody>,
}

/// A login with what happened to it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Detail {
    credential: CredentialBody,
    /// Newest first.
    events: Vec<EventBody>,
}

/// A change of state.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventBody {
    at: String,
    kind: String,
    /// In words.
    detail: String,
    /// Of the token.
    generation: Option<u64>,
}

/// A new label.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Rename {
    label: String,
}

/// A new place.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Place {
    /// From 0; beyond the end means the end.
    #[serde(deserialize_with = "super::whole")]
    #[schema(value_type = i64, minimum = 0, maximum = 4_294_967_295_u32)]
    place: u32,
}

/// A new share.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Weight {
    /// At least 1.
    #[serde(deserialize_with = "super::whole")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    weight: u32,
}

/// What came of ending a login.
#[derive(Serialize, ToSchema)]
pub(crate) struct Removed {
    credential: CredentialBody,
    /// Whether the provider was told; null where nobody asked for that.
    ended_at_provider: Option<bool>,
}

/// Lists logins with their states.
#[utoipa::path(get, path = "/api/credentials", tag = "credentials", params(Which),
    responses((status = 200, body = Credentials), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Answer<Credentials>, ApiError> {
    let views = match which.provider {
        Some(name) => shared.parts.pool.views_of(&provider(&shared, &name)?),
        None => shared.parts.pool.views(),
    };
    Ok(Answer(Credentials {
        credentials: views.iter().map(CredentialBody::from).collect(),
    }))
}

/// One login with its history.
#[utoipa::path(get, path = "/api/credentials/{id}", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = Detail), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<Detail>, ApiError> {
    let view = find(&shared, &id)?;
    let events = shared.parts.pool.events(view.credential.id, SHOWN).await?;
    Ok(Answer(Detail {
        credential: CredentialBody::from(&view),
        events: events.into_iter().map(event).collect(),
    }))
}

/// Switches a login on.
#[utoipa::path(post, path = "/api/credentials/{id}/enable", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn enable(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.enable(id).await?)
}

/// Switches a login off.
#[utoipa::path(post, path = "/api/credentials/{id}/disable", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn disable(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.disable(id).await?)
}

/// Renews a login's token now. Success proves the login, not what is left of its plan.
#[utoipa::path(post, path = "/api/credentials/{id}/refresh", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 500, body = ErrorBody),
        (status = 502, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn refresh(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.refresh(id).await?)
}

/// Asks the provider what is left of a login's plan, at most once a minute; an earlier ask gets what the last one brought.
#[utoipa::path(post, path = "/api/credentials/{id}/quota", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 500, body = ErrorBody),
        (status = 502, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn quota(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.ask_quota(id).await?)
}

/// Makes a login usable again: ends cool-downs and blocks.
#[utoipa::path(post, path = "/api/credentials/{id}/reset", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn reset(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.reset(id).await?)
}

/// Changes a login's label.
#[utoipa::path(post, path = "/api/credentials/{id}/rename", tag = "credentials", request_body = Rename,
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn rename(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Rename>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.rename(id, &body.label).await?)
}

/// Moves a login within its provider's order.
#[utoipa::path(post, path = "/api/credentials/{id}/priority", tag = "credentials", request_body = Place,
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn priority(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Place>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    answer(&shared.parts.pool.set_priority(id, body.place).await?)
}

/// Sets a login's share under the strategy `weighted`.
#[utoipa::path(post, path = "/api/credentials/{id}/weight", tag = "credentials", request_body = Weight,
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = CredentialBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn weight(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Weight>,
) -> Result<Answer<CredentialBody>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    if !(1..=MOST_WEIGHT).contains(&body.weight) {
        return Err(ApiError::bad("bad_weight", |lang| {
            say::bad_weight(lang, MOST_WEIGHT)
        }));
    }
    answer(&shared.parts.pool.set_weight(id, body.weight).await?)
}

/// Ends a login at its provider, then removes it here. Where the provider has no call for that, it is only removed.
#[utoipa::path(post, path = "/api/credentials/{id}/revoke", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = Removed), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 502, body = ErrorBody),
        (status = 500, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn revoke(
    _: Fresh,
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<Removed>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    let ended = shared.parts.pool.end_at_provider(id).await?;
    removed(&shared.parts.pool.remove(id).await?, Some(ended))
}

/// Removes a login with its secrets.
#[utoipa::path(delete, path = "/api/credentials/{id}", tag = "credentials",
    params(("id" = String, Path, description = "Login")),
    responses((status = 200, body = Removed), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn remove(
    _: Fresh,
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<Removed>, ApiError> {
    let id = find(&shared, &id)?.credential.id;
    removed(&shared.parts.pool.remove(id).await?, None)
}

/// The login that a path names by its whole id.
pub(crate) fn find(shared: &Shared, id: &str) -> Result<View, ApiError> {
    let unknown = || ApiError::not_found("unknown_credential", say::no_credential);
    let id: CredentialId = id.parse().map_err(|_| unknown())?;
    shared.parts.pool.find(&id.to_string()).map_err(|_| unknown())
}

#[expect(clippy::unnecessary_wraps, reason = "the end of handlers that fail")]
fn answer(view: &View) -> Result<Answer<CredentialBody>, ApiError> {
    Ok(Answer(CredentialBody::from(view)))
}

#[expect(clippy::unnecessary_wraps, reason = "the end of handlers that fail")]
fn removed(view: &View, ended_at_provider: Option<bool>) -> Result<Answer<Removed>, ApiError> {
    Ok(Answer(Removed {
        credential: CredentialBody::from(view),
        ended_at_provider,
    }))
}

fn event(event: Event) -> EventBody {
    EventBody {
        at: exact(event.at),
        kind: event.kind,
        detail: event.detail,
        generation: event.generation,
    }
}
