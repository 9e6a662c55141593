use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use hermes_pool::{Challenge as Asked, DeskLogin, LoginStatus};
use hermes_text::Lang;

use super::{Spoken, html};
use crate::pages::login::{Challenge, Login, Status, gone, render};
use crate::shared::Shared;

/// The content of a login's dialog.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Path(session): Path<String>,
    Spoken(lang): Spoken,
) -> Html<String> {
    let known = session.parse().ok().and_then(|id| shared.parts.desk.login(id));
    let model = known.and_then(|login| model(&shared, lang, login));
    html(model.map_or_else(|| gone(lang), |model| render(lang, &model)))
}

/// None for a login whose row is no longer in the catalogue.
fn model(shared: &Shared, lang: Lang, login: DeskLogin) -> Option<Login> {
    let row = shared.parts.catalog.get(&login.provider)?;
    let method = row.login.iter().find(|one| one.id == login.method)?;
    let region = row
        .regions
        .iter()
        .find(|one| Some(&one.id) == login.region.as_ref());
    let replaced = login.signed_in.as_ref().map(|done| done.credential);
    let others = shared.parts.pool.views_of(&login.provider);
    let others = others
        .into_iter()
        .filter(|view| Some(view.credential.id) != replaced);
    let prefixes = method.key_prefixes.clone();
    Some(Login {
        session: login.id.to_string(),
        provider_name: row.name.clone(),
        provider: login.provider,
        method: login.method,
        region_name: region.map(|region| region.name.get(lang).to_owned()),
        region: login.region,
        label: login.label,
        card: method.card.clone(),
        challenge: challenge(login.challenge, prefixes),
        status: status(login.status, login.signed_in.map(|done| done.label)),
        message: login.message.map(|text| text.get(lang).to_owned()),
        hint: login.hint.map(|text| text.get(lang).to_owned()),
        existing: others.map(|view| view.credential.label).collect(),
        now: shared.now(),
    })
}

fn challenge(asked: Asked, own_prefixes: Vec<String>) -> Challenge {
    match asked {
        Asked::Code {
            url,
            complete_url,
            user_code,
            expires,
            ..
        } => Challenge::Code {
            url: url.into(),
            complete_url: complete_url.map(Into::into),
            user_code,
            expires,
        },
        Asked::Browser {
            url,
            manual_url,
            loopback,
            paste,
            expires,
        } => Challenge::Browser {
            url: url.into(),
            manual_url: manual_url.map(Into::into),
            loopback,
            paste,
            expires,
        },
        Asked::Key {
            prefixes, expires, ..
        } => Challenge::Key {
            prefixes: if own_prefixes.is_empty() {
                prefixes
            } else {
                own_prefixes
            },
            finds_region: false,
            expires,
        },
    }
}

fn status(status: LoginStatus, label: Option<String>) -> Status {
    match status {
        LoginStatus::Pending => Status::Pending,
        LoginStatus::Approved => Status::Approved {
            label: label.unwrap_or_default(),
        },
        LoginStatus::Denied => Status::Denied,
        LoginStatus::Expired => Status::Expired,
        LoginStatus::Error => Status::Error,
        LoginStatus::Cancelled => Status::Cancelled,
    }
}
