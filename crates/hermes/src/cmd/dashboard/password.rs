//! `hermes dashboard password`: what signs a browser on another machine in.

use std::sync::Arc;

use hermes_core::Secret;
use hermes_dashboard::{Passwords, password_problem};
use hermes_text::cli::serve as words;
use serde_json::json;

use crate::app::App;
use crate::failure::{Failure, Outcome};

pub(super) async fn run(app: &App<'_>, stdin: bool, remove: bool) -> Outcome {
    if remove {
        return take_away(app).await;
    }
    let password = if stdin {
        app.prompter.read_all()?
    } else {
        asked(app)?
    };
    if let Some(problem) = password_problem(&password) {
        let bad = Failure::usage(|lang| words::bad_password(lang, &problem));
        return Err(bad.hint(words::bad_password_next));
    }
    let ended = passwords(app).await?.set(&password).await?;
    tell(app, true, ended);
    app.printer.done(match ended {
        0 => words::password_set(app.lang()).to_owned(),
        more => words::password_set_ended(app.lang(), more),
    });
    Ok(0)
}

/// Twice, since nobody sees what is typed.
fn asked(app: &App<'_>) -> Result<Secret, Failure> {
    if !app.prompter.can_ask() {
        return Err(Failure::usage(words::password_unasked).hint(words::password_unasked_next));
    }
    let first = app.prompter.ask_hidden(words::password(app.lang()))?;
    if let Some(problem) = password_problem(&first) {
        return Err(Failure::usage(|lang| words::bad_password(lang, &problem)));
    }
    let second = app.prompter.ask_hidden(words::password_again(app.lang()))?;
    if first.expose() == second.expose() {
        Ok(first)
    } else {
        Err(Failure::usage(words::passwords_differ))
    }
}

async fn take_away(app: &App<'_>) -> Outcome {
    let is_set = match app.existing_store().await? {
        Some(_) => passwords(app).await?.is_set().await?,
        None => false,
    };
    let ended = if is_set {
        passwords(app).await?.remove().await?
    } else {
        0
    };
    tell(app, false, ended);
    app.printer.done(match (is_set, ended) {
        (false, _) => words::no_password(app.lang()).to_owned(),
        (true, 0) => words::password_removed(app.lang()).to_owned(),
        (true, more) => words::password_removed_ended(app.lang(), more),
    });
    Ok(0)
}

async fn passwords(app: &App<'_>) -> Result<Passwords, Failure> {
    let store = Arc::clone(app.store().await?);
    Ok(Passwords::new(store, Arc::clone(&app.random)))
}

fn tell(app: &App<'_>, set: bool, ended: u64) {
    if app.printer.is_json() {
        app.printer.json(&json!({ "set": set, "ended": ended }));
    }
}
