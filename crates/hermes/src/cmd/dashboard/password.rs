//! `hermes dashboard password`: what signs a browser on another machine in.

use std::sync::Arc;

use hermes_core::Secret;
use hermes_dashboard::{Passwords, password_problem};
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
        return Err(Failure::usage(|_| format!("the password {problem}"))
            .hint(|_| "A sentence, or what a password manager makes, is long enough."));
    }
    let ended = passwords(app).await?.set(&password).await?;
    tell(app, true, ended);
    app.printer.done(match ended {
        0 => "Set the password of the dashboard".to_owned(),
        more => format!("Set the password of the dashboard, and ended {}", sessions(more)),
    });
    Ok(0)
}

/// Twice, since nobody sees what is typed.
fn asked(app: &App<'_>) -> Result<Secret, Failure> {
    if !app.prompter.can_ask() {
        return Err(
            Failure::usage(|_| "a password is needed, and there is no terminal to ask for it")
                .hint(|_| "Use `--stdin`."),
        );
    }
    let first = app.prompter.ask_hidden("Password for the dashboard (hidden)")?;
    if let Some(problem) = password_problem(&first) {
        return Err(Failure::usage(|_| format!("the password {problem}")));
    }
    let second = app.prompter.ask_hidden("The same once more")?;
    if first.expose() == second.expose() {
        Ok(first)
    } else {
        Err(Failure::usage(
            |_| "the two passwords differ; nothing was changed",
        ))
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
        (false, _) => "No password was set".to_owned(),
        (true, 0) => "Removed the password of the dashboard".to_owned(),
        (true, more) => format!(
            "Removed the password of the dashboard, and ended {}",
            sessions(more)
        ),
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

fn sessions(count: u64) -> String {
    match count {
        1 => "1 session".to_owned(),
        more => format!("{more} sessions"),
    }
}
