//! The verbs of `hermes auth` that change one login.

use hermes_core::{ExitKind, Health, LoginCause};
use hermes_pool::{PoolError, View};
use hermes_store::Phase;
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
        Some(_) => "the shared store",
        None => "this machine",
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
        return failure.hint(|_| suspicion.next);
    }
    match standing(app, view).await {
        Ok(Some(words)) => failure.hint(|_| words.clone()),
        _ => failure,
    }
}

/// What a person should know of a renewal that did not end well.
async fn standing(app: &App<'_>, view: &View) -> Result<Option<String>, Failure> {
    let (id, provider) = (view.credential.id, &view.credential.provider);
    let Some(store) = app.existing_store().await? else {
        return Ok(None);
    };
    let Some(lease) = store.lease(id).await? else {
        return Ok(None);
    };
    Ok(match (lease.phase, lease.cause) {
        (Phase::NeedsLogin, Some(LoginCause::InDoubt)) => Some(format!(
            "Two renewals ended without an answer. `hermes auth reset` allows one more try; `hermes auth add {provider}` is sure to help."
        )),
        (Phase::NeedsLogin, _) => Some(format!(
            "The provider has refused its refresh token, and no try can change that; sign in again with `hermes auth add {provider}`."
        )),
        (Phase::Sent | Phase::Uncertain, _) => {
            let events = store.events(Some(id), 64).await?;
            let since = details::doubt(&events).map_or_else(String::new, |at| {
                format!(" since {} ({})", when::rfc3339(at), when::relative(at, app.now()))
            });
            Some(format!(
                "Whether its last renewal reached the provider is in doubt{since}. The same token is sent once more when the old one \
                 has ended and nobody can still be at it; `hermes auth add {provider}` does not have to wait."
            ))
        }
        _ => None,
    })
}

pub(super) async fn remove(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    pool.remove(view.credential.id).await?;
    report(app, "removed", &view);
    app.printer
        .done(format_args!("Removed `{}` from {}", name(&view), whence(app)));
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
    match views.len() {
        0 => app
            .printer
            .say(format_args!("{} had no login", term_line(&row.name))),
        1 => app
            .printer
            .done(format_args!("Logged out of {}", term_line(&row.name))),
        count => app.printer.done(format_args!(
            "Logged out of {}, {count} logins",
            term_line(&row.name)
        )),
    }
    Ok(0)
}

pub(super) async fn revoke(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let told = pool.end_at_provider(view.credential.id).await.map_err(|error| {
        Failure::from(error).hint(|_| "Nothing was changed here. `hermes auth remove` deletes the login from this machine all the same.")
    })?;
    pool.remove(view.credential.id).await?;
    report(app, "revoked", &view);
    let provider = providers::name_of(app, &view.credential.provider).await?;
    if told {
        app.printer.done(format_args!(
            "Ended `{}` at {provider} and removed it from {}",
            name(&view),
            whence(app)
        ));
    } else {
        app.printer
            .done(format_args!("Removed `{}` from {}", name(&view), whence(app)));
        app.printer.warn(format_args!(
            "{provider} has no call that ends a login; end it in your account's settings there"
        ));
    }
    sources::tell_forgotten(app, &view);
    Ok(0)
}

pub(super) async fn rename(app: &App<'_>, target: &str, label: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.rename(view.credential.id, label).await?;
    report(app, "renamed", &changed);
    app.printer
        .done(format_args!("`{}` is now `{}`", name(&view), name(&changed)));
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
    app.printer.done(format_args!(
        "`{}` is now number {place} of {}",
        name(&changed),
        order.len()
    ));
    Ok(0)
}

pub(super) async fn refresh(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = match pool.refresh(view.credential.id).await {
        Ok(changed) => changed,
        Err(error) => return Err(with_help(app, &view, error).await),
    };
    report(app, "refreshed", &changed);
    let ends = changed
        .credential
        .expires
        .map(|at| format!(", it ends {}", when::relative(at, app.now())));
    app.printer.done(format_args!(
        "Renewed the token of `{}`{}",
        name(&changed),
        ends.unwrap_or_default()
    ));
    Ok(0)
}

pub(super) async fn reset(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    if view.credential.health == Health::Disabled {
        let off = Failure::usage(|_| format!("`{}` is switched off", name(&view)));
        return Err(off.hint(|_| "Use `hermes auth enable` to use it again."));
    }
    let changed = pool.reset(view.credential.id).await?;
    report(app, "reset", &changed);
    app.printer
        .done(format_args!("`{}` will be tried again", name(&changed)));
    if let Some(words) = standing(app, &changed).await? {
        app.printer.warn(words);
    }
    Ok(0)
}

pub(super) async fn enable(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.enable(view.credential.id).await?;
    report(app, "enabled", &changed);
    app.printer
        .done(format_args!("`{}` is used again", name(&changed)));
    Ok(0)
}

pub(super) async fn disable(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.disable(view.credential.id).await?;
    report(app, "disabled", &changed);
    app.printer
        .done(format_args!("`{}` is no longer used", name(&changed)));
    Ok(0)
}
