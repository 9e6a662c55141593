use hermes_pool::Pool;
use hermes_wire::{ListShape, ModelEntry, model_list, model_one};
use http::{HeaderMap, Response};

use crate::body::Body;
use crate::reply::{Refusal, json_answer};
use crate::route::Router;

/// `GET /v1/models`.
pub(crate) fn list(router: &Router, pool: &Pool, headers: &HeaderMap) -> Response<Body> {
    json_answer(model_list(&entries(router, pool), shape(headers)))
}

/// `GET /v1/models/{id}`: an id of the list, or a bare model of it.
pub(crate) fn one(
    router: &Router,
    pool: &Pool,
    headers: &HeaderMap,
    id: &str,
) -> Result<Response<Body>, Refusal> {
    let entries = entries(router, pool);
    let bare = |entry: &&ModelEntry| entry.id.split_once('/').is_some_and(|(_, model)| model == id);
    let found = entries
        .iter()
        .find(|entry| entry.id == id)
        .or_else(|| entries.iter().find(bare));
    match found {
        Some(entry) => Ok(json_answer(model_one(entry, shape(headers)))),
        None => Err(Refusal::new(
            404,
            "model_not_found",
            "there is no such model; see `/v1/models`",
        )),
    }
}

fn entries(router: &Router, pool: &Pool) -> Vec<ModelEntry> {
    let entry = |(id, owner): (String, hermes_core::ProviderId)| ModelEntry {
        id,
        name: None,
        owner: owner.as_str().to_owned(),
        created: None,
    };
    router.models(pool).into_iter().map(entry).collect()
}

/// Chosen as the vendors' SDKs ask: `anthropic-version` means that vendor's shape.
fn shape(headers: &HeaderMap) -> ListShape {
    if headers.contains_key("anthropic-version") {
        ListShape::Anthropic
    } else {
        ListShape::OpenAi
    }
}
