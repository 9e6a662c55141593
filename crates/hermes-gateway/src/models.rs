//! The lists of models, in each vendor's shape.

use std::collections::HashMap;

use hermes_core::{ProviderId, UnixMs};
use hermes_pool::{KnownKey, Pool, State};
use hermes_wire::{ListPage, ListShape, ModelEntry, model_list, model_one};
use http::{HeaderMap, Response, Uri};

use crate::body::Body;
use crate::reply::{Refusal, json_answer};
use crate::route::{Offer, Router};

/// How a client wants to see models.
pub(crate) struct ListAsk {
    shape: ListShape,
    page: ListPage,
}

impl ListAsk {
    /// Chosen as the vendors' SDKs ask: `/v1beta` and `anthropic-version` mean those vendors' shapes.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let shape = if uri.path().starts_with("/v1beta/") {
            ListShape::Gemini
        } else if headers.contains_key("anthropic-version") {
            ListShape::Anthropic
        } else {
            ListShape::OpenAi
        };
        let page = page(uri.query().unwrap_or_default());
        Self { shape, page }
    }
}

/// `limit`, `after_id` and `before_id`, as Anthropic names them; what cannot be read is left out.
fn page(query: &str) -> ListPage {
    let mut page = ListPage::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "limit" => page.limit = value.parse().ok().map(|limit: usize| limit.clamp(1, 1000)),
            "after_id" => page.after = Some(value.into_owned()),
            "before_id" => page.before = Some(value.into_owned()),
            _ => {}
        }
    }
    page
}

/// `GET /v1/models`: those that the key is for.
pub(crate) fn list(router: &Router, pool: &Pool, ask: &ListAsk, key: Option<&KnownKey>) -> Response<Body> {
    json_answer(model_list(&entries(router, pool, key), ask.shape, &ask.page))
}

/// `GET /v1/models/{id}`: an id of the list, or a bare model of it.
pub(crate) fn one(
    router: &Router,
    pool: &Pool,
    ask: &ListAsk,
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
        Some(entry) => Ok(json_answer(model_one(entry, ask.shape))),
        None => Err(Refusal::new(
            404,
            "model_not_found",
            "there is no such model; see `/v1/models`",
        )),
    }
}

fn entries(router: &Router, pool: &Pool, key: Option<&KnownKey>) -> Vec<ModelEntry> {
    let is_allowed = |offer: &Offer| {
        key.is_none_or(|key| key.allows(&offer.id, &offer.route.provider, &offer.route.model))
    };
    let mut known = HashMap::new();
    let entry = |offer: Offer| {
        let provider = offer.route.provider;
        let (available, available_at) = *known
            .entry(provider.clone())
            .or_insert_with(|| availability(pool, &provider));
        ModelEntry {
            id: offer.id,
            name: offer.name,
            owner: provider.as_str().to_owned(),
            created: offer.created,
            available,
            available_at,
        }
    };
    let offers = router.models(pool).into_iter();
    offers.filter(is_allowed).map(entry).collect()
}

/// Whether one of a provider's logins can serve now, and when the first of them is back otherwise.
fn availability(pool: &Pool, provider: &ProviderId) -> (bool, Option<UnixMs>) {
    let views = pool.views_of(provider);
    if views.iter().any(|view| view.state.usable()) {
        return (true, None);
    }
    let resting = views.iter().filter(|view| view.state == State::CoolingDown);
    (false, resting.filter_map(|view| view.until).min())
}
