use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use hermes_catalog::Provider;
use hermes_core::UnixMs;
use hermes_pool::{RequestFilter, State as PoolState, View};
use hermes_text::Lang;
use hermes_text::pages::pool as text;
use serde::Deserialize;

use super::{Spoken, cause, html};
use crate::api::Query;
use crate::api::logins::provider;
use crate::dashboard::Shared;
use crate::error::ApiError;
use crate::look::Paging;
use crate::pages::pool::{Account, Pool, Stopped, render};

/// Accounts of one page.
const AT_ONCE: u64 = 50;

/// Which part of the list.
#[derive(Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    offset: u64,
}

/// The content of `/pool/{provider}`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(part): Query<Part>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let id = provider(&shared, &name)?;
    let row = shared
        .parts
        .catalog
        .provider(id.as_str())
        .map_err(|error| ApiError::of(&error, http::StatusCode::NOT_FOUND))?;
    let (views, now) = (shared.parts.pool.views_of(&id), shared.now());
    let stopped = views.iter().find(|view| view.state == PoolState::Blocked);
    let stopped = stopped.map(|view| Stopped {
        label: view.credential.label.clone(),
        rule: view.words.get(lang).to_owned(),
    });
    let total = views.len() as u64;
    let places = (0..).zip(&views);
    let shown = places
        .skip_while(|(place, _)| *place < part.offset)
        .take(usize::try_from(AT_ONCE).unwrap_or(usize::MAX));
    let mut accounts = Vec::new();
    for (place, view) in shown {
        let mut account = account(lang, row, view, place, now);
        account.last_served = last_served(&shared, view).await?;
        accounts.push(account);
    }
    let model = Pool {
        provider: id.clone(),
        name: row.name.clone(),
        strategy: shared.parts.pool.strategy_of(&id),
        stopped,
        accounts,
        paging: Paging {
            offset: part.offset,
            limit: AT_ONCE,
            total,
        },
        now,
    };
    Ok(html(render(lang, &model)))
}

/// When its newest request of the log began.
async fn last_served(shared: &Shared, view: &View) -> Result<Option<UnixMs>, ApiError> {
    let filter = RequestFilter {
        limit: 1,
        credential: Some(view.credential.id),
        ..RequestFilter::default()
    };
    let page = shared.parts.store.requests(&filter).await?;
    Ok(page.rows.first().map(|row| row.at))
}

fn account(lang: Lang, row: &Provider, view: &View, place: u64, now: UnixMs) -> Account {
    let own = &view.credential;
    let method = row.login.iter().find(|one| one.id == own.method);
    let region = row
        .regions
        .iter()
        .find(|one| Some(&one.id) == own.region.as_ref());
    let revoke = method.and_then(|method| method.revoke.as_ref());
    let told = own.account.display.clone();
    let is_resting = view.state == PoolState::CoolingDown;
    Account {
        id: own.id.to_string(),
        label: own.label.clone(),
        identity: told.filter(|told| *told != own.label),
        organisation: own.identity.organisation.clone(),
        plan: own.account.plan.clone(),
        method: method.map_or_else(|| own.method.clone(), |method| method.name.get(lang).to_owned()),
        region: region
            .map(|region| region.name.get(lang).to_owned())
            .or_else(|| own.region.clone()),
        billing: own.billing,
        place,
        weight: own.weight,
        source: own.source.clone(),
        state: view.state,
        cause: cause(view),
        until: view.until.filter(|_| is_resting),
        rests: own
            .rests
            .iter()
            .filter(|rest| rest.until > now)
            .cloned()
            .collect(),
        windows: Vec::new(),
        token_ends: own.expires,
        renewable: own.has_refresh,
        last_served: None,
        refreshed: own.refreshed,
        in_flight: view.in_flight,
        served: view.served,
        renewal: None,
        ignored: view
            .ignored
            .iter()
            .map(|one| (one.setting.get(lang).to_owned(), one.why.get(lang).to_owned()))
            .collect(),
        revoke_ends: revoke.map(|_| text::revoke_ends(lang, &row.name)),
    }
}
