use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_pool::ClientKey;

use super::{Spoken, html};
use crate::error::ApiError;
use crate::pages::keys::{Key, Keys, render};
use crate::shared::Shared;

/// The content of `/keys`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let mut keys = shared.parts.keys.list().await?;
    keys.sort_by_key(|key| (key.revoked.is_some(), std::cmp::Reverse(key.created)));
    let model = Keys {
        rows: keys.into_iter().map(row).collect(),
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

fn row(key: ClientKey) -> Key {
    Key {
        id: key.id.to_string(),
        name: key.name,
        prefix: key.prefix,
        created: key.created,
        last_used: key.last_used,
        revoked: key.revoked,
        requests_per_minute: key.limits.requests_per_minute.map(u64::from),
        models: key.limits.models,
    }
}
