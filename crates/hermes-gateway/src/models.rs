use hermes_pool::{KnownKey, Pool};
use hermes_wire::{ListShape, ModelEntry, model_list, model_one};
use http::{HeaderMap, Response};

use crate::body::Body;
use crate::reply::{Refusal, json_answer};
use crate::route::{Route, Router};

/// `GET /v1/models`: those that the key is for.
pub(crate) fn list(router: &Router, pool: &Pool, shape: ListShape, key: Option<&KnownKey>) -> Response<Body> {
    json_answer(model_list(&entries(router, pool, key), shape))
}

/// `GET /v1/models/{id}`: an id of the list, or a bare model of it.
pub(crate) fn one(
    router: &Router,
    pool: &Pool,
    shape: ListShape,
    key: Option<&KnownKey>,
    id: &str,
) -> Result<Response<Body>, Refusal> {
    let entries = entries(router, pool, key);
    let bare = |entry: &&ModelEntry| entry.id.split_once('/').is_some_and(|(_, model)| model == id);
    let found = entries
        .iter()
        .find(|entry| entry.id == id)
        .or_else(|| entries.iter().find(bare));
    match found {
        Some(entry) => Ok(json_answer(model_one(entry, shape))),
        None => Err(Refusal::new(
            404,
            "model_not_found",
            "there is no such model; see `/v1/models`",
        )),
    }
}

fn entries(router: &Router, pool: &Pool, key: Option<&KnownKey>) -> Vec<ModelEntry> {
    let is_allowed =
        |(id, route): &(String, Route)| key.is_none_or(|key| key.allows(id, &route.provider, &route.model));
    let entry = |(id, route): (String, Route)| ModelEntry {
        id,
        name: None,
        owner: route.provider.as_str().to_owned(),
        created: None,
    };
    router
        .models(pool)
        .into_iter()
        .filter(is_allowed)
        .map(entry)
        .collect()
}

/// Chosen as the vendors' SDKs ask: `/v1beta` and `anthropic-version` mean those vendors' shapes.
pub(crate) fn shape(path: &str, headers: &HeaderMap) -> ListShape {
    if path.starts_with("/v1beta/") {
        ListShape::Gemini
    } else if headers.contains_key("anthropic-version") {
        ListShape::Anthropic
    } else {
        ListShape::OpenAi
    }
}
