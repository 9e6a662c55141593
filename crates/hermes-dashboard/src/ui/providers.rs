use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_catalog::{LoginFlow, LoginMethod, Provider};
use hermes_pool::{DeskLogin, Found, LoginStatus, State as PoolState, found_keys};
use hermes_text::Lang;

use super::{Spoken, html};
use crate::dashboard::Shared;
use crate::error::ApiError;
use crate::pages::providers::{Method, MethodKind, Pending, Providers, Region, Row, render};

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
    let rows = shared.parts.catalog.providers();
    let model = Providers {
        rows: rows.map(|row| self::row(&shared, lang, row, &found)).collect(),
        pending: waiting.map(|login| pending(&shared, login)).collect(),
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

fn row(shared: &Shared, lang: Lang, row: &Provider, found: &[Found]) -> Row {
    let views = shared.parts.pool.views_of(&row.id);
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
        state: PoolState::best(views.iter().map(|view| view.state)),
        accounts: views.len() as u64,
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

fn pending(shared: &Shared, login: &DeskLogin) -> Pending {
    Pending {
        session: login.id.to_string(),
        provider_name: shared.name_of(&login.provider),
        expires: login.challenge.expires(),
    }
}
