use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::response::Html;
use hermes_pool::SessionRow;
use hermes_text::{Lang, common};

use super::{Spoken, html};
use crate::api::settings::program;
use crate::error::ApiError;
use crate::facts::{FindingFact, FindingGrade, ProgramFacts};
use crate::findings::{Seen, look};
use crate::pages::settings::{Finding, Grade, Listener, Route, Session, Setting, Settings, Store, render};
use crate::session::Current;
use crate::shared::Shared;

/// The content of `/settings`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Extension(current): Extension<Current>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let facts = program(&shared).await?;
    let sessions = shared.sessions.all().await?;
    let sessions = sessions.into_iter().map(|row| session(row, &current));
    let store = store(&shared, &facts, lang).await?;
    // The last thing, since an examination keeps the store busy.
    let seen = look(&shared).await;
    let model = Settings {
        store,
        listeners: facts.listeners.iter().map(|address| listener(address)).collect(),
        routes: routes(lang, &facts),
        config_file: facts.config_file.clone(),
        config: config(lang, &facts),
        last_backup: facts.last_backup,
        findings: findings(lang, &seen),
        examined: seen.last.as_ref().map(|(at, _)| *at),
        looking: seen.looking,
        sessions: sessions.collect(),
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

async fn store(shared: &Shared, facts: &ProgramFacts, lang: Lang) -> Result<Store, ApiError> {
    let store = shared.parts.store.as_ref();
    let info = store.info();
    let keys = shared.parts.keys.list().await?;
    let suspicion = store.suspect();
    Ok(Store {
        place: info.place.clone(),
        shared: info.shared,
        protection: facts.protection.get(lang).to_owned(),
        schema: info.schema,
        logins: shared.parts.pool.views().len() as u64,
        keys: keys.iter().filter(|key| key.revoked.is_none()).count() as u64,
        machine: facts.machine.clone(),
        suspicion: suspicion.map(|why| (why.message(lang), why.next_step(lang).to_owned())),
    })
}

fn listener(address: &str) -> Listener {
    let socket: Option<std::net::SocketAddr> = address.parse().ok();
    Listener {
        address: address.to_owned(),
        loopback: socket.is_some_and(|socket| socket.ip().is_loopback()),
        tls: false,
    }
}

fn routes(lang: Lang, facts: &ProgramFacts) -> Vec<Route> {
    let route = |one: &crate::facts::RouteFact| Route {
        name: one.name.clone(),
        targets: vec![one.target.clone()],
        origin: common::origin_words(lang, &one.origin),
    };
    facts.routes.iter().map(route).collect()
}

fn config(lang: Lang, facts: &ProgramFacts) -> Vec<Setting> {
    let setting = |one: &crate::facts::SettingFact| Setting {
        key: one.key.clone(),
        value: one.value.clone(),
        origin: common::origin_words(lang, &one.origin),
    };
    facts.config.iter().map(setting).collect()
}

/// What is wrong comes first.
fn findings(lang: Lang, seen: &Seen) -> Vec<Finding> {
    let facts = seen.last.iter().flat_map(|(_, found)| found.iter());
    let mut findings: Vec<_> = facts.map(|fact| finding(lang, fact)).collect();
    findings.sort_by_key(|one| one.grade != Grade::Bad);
    findings
}

fn finding(lang: Lang, fact: &FindingFact) -> Finding {
    Finding {
        about: fact.about.get(lang).to_owned(),
        grade: match fact.grade {
            FindingGrade::Good => Grade::Good,
            FindingGrade::Note => Grade::Note,
            FindingGrade::Bad => Grade::Bad,
        },
        text: fact.text.get(lang).to_owned(),
        hint: fact.hint.as_ref().map(|hint| hint.get(lang).to_owned()),
    }
}

fn session(row: SessionRow, current: &Current) -> Session {
    Session {
        is_this: row.id == current.id,
        name: row.id,
        began: row.created,
        last_seen: row.used,
        ends: row.expires,
    }
}
