//! The verbs of `hermes auth` that change one login.

use hermes_core::Health;
use hermes_pool::View;
use serde_json::json;

use super::providers;
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::{json, when};

/// What a verb did, on stderr for people and on stdout for scripts.
fn report(app: &App<'_>, done: &str, view: &View) {
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "done": done, "credential": json::login(view) }));
    }
}

fn name(view: &View) -> String {
    term_line(&format!("{}:{}", view.credential.provider, view.credential.label))
}

pub(super) async fn remove(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    pool.remove(view.credential.id).await?;
    report(app, "removed", &view);
    app.printer
        .done(format_args!("Removed `{}` from this machine", name(&view)));
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
        Failure::from(error).hint("Nothing was changed here. `hermes auth remove` deletes the login from this machine all the same.")
    })?;
    pool.remove(view.credential.id).await?;
    report(app, "revoked", &view);
    let provider = providers::name_of(app, &view.credential.provider).await?;
    if told {
        app.printer.done(format_args!(
            "Ended `{}` at {provider} and removed it from this machine",
            name(&view)
        ));
    } else {
        app.printer
            .done(format_args!("Removed `{}` from this machine", name(&view)));
        app.printer.warn(format_args!(
            "{provider} has no call that ends a login; end it in your account's settings there"
        ));
    }
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
    let changed = pool.refresh(view.credential.id).await?;
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
        let off = Failure::usage(format!("`{}` is switched off", name(&view)));
        return Err(off.hint("Use `hermes auth enable` to use it again."));
    }
    let changed = pool.reset(view.credential.id).await?;
    report(app, "reset", &changed);
    app.printer
        .done(format_args!("`{}` will be tried again", name(&changed)));
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
