use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_catalog::{LoginFlow, LoginMethod, Provider};
use hermes_core::ProviderId;
use hermes_pool::{DeskLogin, Found, LoginStatus, State as PoolState, found_keys};
use hermes_text::Lang;

use super::{Spoken, html};
use crate::error::ApiError;
use crate::pages::providers::{Method, MethodKind, Pending, Providers, Region, Row, render};
use crate::shared::Shared;

/// The content of `/providers`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let parts = &shared.parts;
    let (store, views) = (parts.store.as_ref(), parts.pool.views());
    let found = found_keys(Some(store), &parts.catalog, &parts.env, &views).await?;
    let logins = shared.parts.desk.logins();
    let waiting = logins.iter().filter(|login| login.status == LoginStatus::Pending);
    let mut states: HashMap<&ProviderId, Vec<PoolState>> = HashMap::new();
    for view in &views {
        states
            .entry(&view.credential.provider)
            .or_default()
            .push(view.state);
    }
    let rows = shared.parts.catalog.providers();
    let states_of = |row: &Provider| states.get(&row.id).map(Vec::as_slice).unwrap_or_default();
    let model = Providers {
        rows: rows
            .map(|row| self::row(lang, row, states_of(row), &found))
            .collect(),
        pending: waiting.map(|login| pending(&shared, lang, login)).collect(),
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

fn row(lang: Lang, row: &Provider, states: &[PoolState], found: &[Found]) -> Row {
    let regions = row.regions.iter().map(|region| Region {
        id: region.id.clone(),
        name: region.name.get(lang).to_owned(),
    });
    Row {
        id: row.id.clone(),
        name: row.name.clone(),
        summary: row.summary.get(lang).to_owned(),
        aliases: row.aliases.clone(),
        docs: row.docs.clone(),
        state: PoolState::best(states.iter().copied()),
        accounts: states.len() as u64,
        found: found
            .iter()
            .filter(|one| one.provider == row.id)
            .map(|one| one.env.clone())
            .collect(),
        regions: regions.collect(),
        methods: row.login.iter().map(|one| method(lang, one)).collect(),
    }
}

fn method(lang: Lang, method: &LoginMethod) -> Method {
    let kind = match &method.flow {
        LoginFlow::DeviceCode(_) | LoginFlow::UserCode(_) | LoginFlow::DeviceAuth(_) => MethodKind::Device,
        LoginFlow::Browser(browser) if browser.loopback.is_none() => MethodKind::Paste,
        LoginFlow::Browser(_) => MethodKind::Browser,
        LoginFlow::ApiKey => MethodKind::Key,
        LoginFlow::Unsupported { name } => MethodKind::Unsupported(name.clone()),
    };
    Method {
        id: method.id.clone(),
        name: method.name.get(lang).to_owned(),
        kind,
        card: method.card.clone(),
    }
}

fn pending(shared: &Shared, lang: Lang, login: &DeskLogin) -> Pending {
    let row = shared.parts.catalog.get(&login.provider);
    let method = row.and_then(|row| row.login.iter().find(|one| one.id == login.method));
    Pending {
        session: login.id.to_string(),
        provider_name: shared.name_of(&login.provider),
        method_name: method.map_or_else(|| login.method.clone(), |method| method.name.get(lang).to_owned()),
        expires: login.challenge.expires(),
    }
}
