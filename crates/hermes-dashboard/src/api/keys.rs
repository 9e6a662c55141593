//! Client keys of the gateway.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use hermes_core::KeyId;
use hermes_pool::{ClientKey, KeyLimits, key_problem};
use hermes_text::errors::api as say;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Json;
use crate::error::{ApiError, ErrorBody};
use crate::guard::Fresh;
use crate::look::exact;
use crate::shared::Shared;

/// Every key.
#[derive(Serialize, ToSchema)]
pub(crate) struct Keys {
    /// The oldest first; revoked ones too.
    keys: Vec<KeyBody>,
}

/// A key. The key itself is told only when it is made.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyBody {
    id: String,
    name: String,
    /// Its public beginning.
    prefix: String,
    created_at: String,
    last_used_at: Option<String>,
    revoked_at: Option<String>,
    /// Most requests a minute.
    requests_per_minute: Option<u32>,
    /// The only models it may ask for; empty means all.
    models: Vec<String>,
}

/// A new key.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Create {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Most requests a minute.
    #[serde(default, deserialize_with = "super::whole_or_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    requests_per_minute: Option<u32>,
    /// `PROVIDER/MODEL`, `PROVIDER/*`, or names as clients give them; empty means all.
    #[serde(default)]
    models: Vec<String>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Created {
    id: String,
    name: String,
    /// The key; it can never be had again.
    key: String,
}

/// Lists the keys.
#[utoipa::path(get, path = "/api/keys", tag = "keys",
    responses((status = 200, body = Keys), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn list(State(shared): State<Arc<Shared>>) -> Result<Answer<Keys>, ApiError> {
    let keys = shared.parts.keys.list().await?;
    Ok(Answer(Keys {
        keys: keys.into_iter().map(body).collect(),
    }))
}

/// Makes a key.
#[utoipa::path(post, path = "/api/keys", tag = "keys", request_body = Create,
    responses((status = 201, body = Created), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn create(
    _: Fresh,
    State(shared): State<Arc<Shared>>,
    Json(body): Json<Create>,
) -> Result<(StatusCode, Answer<Created>), ApiError> {
    let limits = KeyLimits {
        requests_per_minute: body.requests_per_minute,
        models: body.models,
    };
    if let Some(problem) = key_problem(&body.name, &limits) {
        return Err(ApiError::bad("bad_key", problem));
    }
    let parts = &shared.parts;
    let made = parts
        .keys
        .create(body.name.trim(), limits, shared.now(), &*parts.random)
        .await?;
    let created = Created {
        id: made.key.id.to_string(),
        name: made.key.name,
        key: made.secret.expose().to_owned(),
    };
    Ok((StatusCode::CREATED, Answer(created)))
}

/// Revokes a key: requests with it are refused from now on.
#[utoipa::path(delete, path = "/api/keys/{id}", tag = "keys",
    params(("id" = String, Path, description = "Key")),
    responses((status = 200, body = KeyBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn revoke(
    _: Fresh,
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<KeyBody>, ApiError> {
    let unknown = || ApiError::not_found("unknown_key", say::no_key);
    let id: KeyId = id.parse().map_err(|_| unknown())?;
    let keys = &shared.parts.keys;
    let found = keys.list().await?.into_iter().any(|key| key.id == id);
    if !found {
        return Err(unknown());
    }
    keys.revoke(id, shared.now()).await?;
    let key = keys.list().await?.into_iter().find(|key| key.id == id);
    Ok(Answer(body(key.ok_or_else(unknown)?)))
}

fn body(key: ClientKey) -> KeyBody {
    KeyBody {
        id: key.id.to_string(),
        name: key.name,
        prefix: key.prefix,
        created_at: exact(key.created),
        last_used_at: key.last_used.map(exact),
        revoked_at: key.revoked.map(exact),
        requests_per_minute: key.limits.requests_per_minute,
        models: key.limits.models,
    }
}
