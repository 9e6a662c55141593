//! The verbs of `hermes auth` that change one login.

use hermes_core::{ExitKind, Health, LoginCause};
use hermes_pool::{PoolError, View};
use hermes_store::Phase;
use hermes_text::Both;
use hermes_text::cli::account as words;
use serde_json::json;

use super::{details, providers, sources, store};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::{json, when};

/// What a verb did, on stderr for people and on stdout for scripts.
pub(super) fn report(app: &App<'_>, done: &str, view: &View) {
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "done": done, "credential": json::login(view) }));
    }
}

pub(super) fn name(view: &View) -> String {
    term_line(&format!("{}:{}", view.credential.provider, view.credential.label))
}

/// Where a login is removed from.
fn whence(app: &App<'_>) -> &'static str {
    match app.server {
        Some(_) => words::shared_store(app.lang()),
        None => words::this_machine(app.lang()),
    }
}

/// Why a renewal failed, with what helps: the store or the lease may say more than the error.
pub(super) async fn with_help(app: &App<'_>, view: &View, error: PoolError) -> Failure {
    let Ok(Some(store)) = app.existing_store().await else {
        return error.into();
    };
    let failure = Failure::from(error);
    if failure.exit == ExitKind::Store
        && let Some(suspicion) = store::suspicion(store.as_ref())
    {
        return failure.hint(|lang| suspicion.next.get(lang));
    }
    match standing(app, view).await {
        Ok(Some(hint)) => failure.hint(|lang| hint.get(lang)),
        _ => failure,
    }
}

/// What a person should know of a renewal that did not end well.
async fn standing(app: &App<'_>, view: &View) -> Result<Option<Both>, Failure> {
    let (id, provider) = (view.credential.id, view.credential.provider.as_str());
    let Some(store) = app.existing_store().await? else {
        return Ok(None);
    };
    let Some(lease) = store.lease(id).await? else {
        return Ok(None);
    };
    Ok(match (lease.phase, lease.cause) {
        (Phase::NeedsLogin, Some(LoginCause::InDoubt)) => {
            Some(Both::of(|lang| words::doubt_twice(lang, provider)))
        }
        (Phase::NeedsLogin, _) => Some(Both::of(|lang| words::refused(lang, provider))),
        (Phase::Sent | Phase::Uncertain, _) => {
            let events = store.events(Some(id), 64).await?;
            let now = app.now();
            Some(Both::of(|lang| match details::doubt(&events) {
                Some(at) => words::doubt_since(lang, &details::moment(lang, at, now), provider),
                None => words::doubt(lang, provider),
            }))
        }
        _ => None,
    })
}

pub(super) async fn remove(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    pool.remove(view.credential.id).await?;
    report(app, "removed", &view);
    app.printer
        .done(words::removed(app.lang(), &name(&view), whence(app)));
    sources::tell_forgotten(app, &view);
    Ok(0)
}

pub(super) async fn logout(app: &App<'_>, provider: &str) -> Outcome {
    let row = app.provider(provider).await?;
    let views = match app.existing_pool().await? {
        Some(pool) => pool.views_of(&row.id),
        None => Vec::new(),
    };
    for view in &views {
        app.pool().await?.remove(view.credential.id).await?;
        sources::tell_forgotten(app, view);
    }
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "done": "removed", "credentials": json::logins(&views) }));
    }
    let (lang, name) = (app.lang(), term_line(&row.name));
    match views.len() {
        0 => app.printer.say(words::had_none(lang, &name)),
        1 => app.printer.done(words::logged_out(lang, &name)),
        count => app.printer.done(words::logged_out_of(lang, count, &name)),
    }
    Ok(0)
}

pub(super) async fn revoke(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let told = pool
        .end_at_provider(view.credential.id)
        .await
        .map_err(|error| Failure::from(error).hint(words::not_revoked_next))?;
    pool.remove(view.credential.id).await?;
    report(app, "revoked", &view);
    let provider = providers::name_of(app, &view.credential.provider).await?;
    let (lang, name) = (app.lang(), name(&view));
    if told {
        app.printer
            .done(words::revoked(lang, &name, &provider, whence(app)));
    } else {
        app.printer.done(words::removed(lang, &name, whence(app)));
        app.printer.warn(words::no_revocation(lang, &provider));
    }
    sources::tell_forgotten(app, &view);
    Ok(0)
}

pub(super) async fn rename(app: &App<'_>, target: &str, label: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.rename(view.credential.id, label).await?;
    report(app, "renamed", &changed);
    app.printer
        .done(words::renamed(app.lang(), &name(&view), &name(&changed)));
    Ok(0)
}

pub(super) async fn priority(app: &App<'_>, target: &str, place: u32) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.set_priority(view.credential.id, place - 1).await?;
    report(app, "moved", &changed);
    let order = pool.views_of(&changed.credential.provider);
    let place = order
        .iter()
        .position(|one| one.credential.id == changed.credential.id)
        .map_or(1, |at| at + 1);
    let words = words::moved(app.lang(), &name(&changed), place, order.len());
    app.printer.done(words);
    Ok(0)
}

pub(super) async fn refresh(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = match pool.refresh(view.credential.id).await {
        Ok(changed) => changed,
        Err(error) => return Err(with_help(app, &view, error).await),
    };
    report(app, "refreshed", &changed);
    let (lang, name) = (app.lang(), name(&changed));
    let ends = changed.credential.expires;
    app.printer.done(match ends {
        Some(at) => words::token_renewed_until(lang, &name, &when::relative(lang, at, app.now())),
        None => words::token_renewed(lang, &name),
    });
    Ok(0)
}

pub(super) async fn reset(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    if view.credential.health == Health::Disabled {
        let off = Failure::usage(|lang| words::is_off(lang, &name(&view)));
        return Err(off.hint(words::is_off_next));
    }
    let changed = pool.reset(view.credential.id).await?;
    report(app, "reset", &changed);
    app.printer.done(words::tried_again(app.lang(), &name(&changed)));
    if let Some(words) = standing(app, &changed).await? {
        app.printer.warn(words.get(app.lang()));
    }
    Ok(0)
}

pub(super) async fn enable(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.enable(view.credential.id).await?;
    report(app, "enabled", &changed);
    app.printer.done(words::enabled(app.lang(), &name(&changed)));
    Ok(0)
}

pub(super) async fn disable(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.disable(view.credential.id).await?;
    report(app, "disabled", &changed);
    app.printer.done(words::disabled(app.lang(), &name(&changed)));
    Ok(0)
}
