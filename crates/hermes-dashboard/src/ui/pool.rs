use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use hermes_catalog::Provider;
use hermes_core::UnixMs;
use hermes_pool::{State as PoolState, View};
use hermes_text::Lang;
use hermes_text::pages::pool as text;
use serde::Deserialize;

use super::{Spoken, html};
use crate::api::Query;
use crate::api::logins::provider;
use crate::error::ApiError;
use crate::look::{Cause, Paging, Window};
use crate::pages::pool::{Account, Pool, Stopped, render};
use crate::shared::Shared;

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
    let shown: Vec<_> = shown.collect();
    let ids: Vec<_> = shown.iter().map(|(_, view)| view.credential.id).collect();
    let served = shared.parts.store.last_requests(&ids).await?;
    let mut accounts = Vec::new();
    for (place, view) in shown {
        let mut account = account(lang, row, view, place, now);
        account.last_served = served.get(&view.credential.id).copied();
        if account.renewable {
            account.renewal = shared.parts.pool.renewal(view.credential.id).await?;
        }
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
        cause: Cause::of(view),
        until: view.until.filter(|_| is_resting),
        rests: own
            .rests
            .iter()
            .filter(|rest| rest.until > now)
            .cloned()
            .collect(),
        windows: windows(lang, view, now),
        balance: view
            .left
            .balance
            .as_ref()
            .map(|left| format!("{} {}", left.amount, left.currency)),
        told: view.left.told,
        askable: row.quota.as_ref().is_some_and(|quota| quota.call.is_some()),
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

/// A window that has started anew since it was told is not known any more.
fn windows(lang: Lang, view: &View, now: UnixMs) -> Vec<Window> {
    let lasts = |window: &&hermes_pool::Window| window.resets.is_none_or(|resets| resets > now);
    let windows = view.left.windows.iter().filter(lasts);
    windows.map(|one| window(lang, one)).collect()
}

fn window(lang: Lang, window: &hermes_pool::Window) -> Window {
    let length = match window.minutes {
        Some(minutes) if minutes.is_multiple_of(24 * 60) => text::window_days(lang, minutes / (24 * 60)),
        Some(minutes) if minutes.is_multiple_of(60) => text::window_hours(lang, minutes / 60),
        Some(minutes) => text::window_minutes(lang, minutes),
        None => text::window_current(lang).to_owned(),
    };
    let name = match &window.of {
        Some(of) => text::window_of(lang, of, &length),
        None => length,
    };
    Window {
        name,
        used_percent: u8::try_from((window.used_permille + 5) / 10).unwrap_or(100),
        resets: window.resets,
    }
}
