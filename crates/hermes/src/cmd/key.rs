//! `hermes key`: client keys of the gateway.

use hermes_core::{ExitKind, KeyId};
use hermes_gateway::Keys;
use hermes_store::ClientKey;
use serde_json::{Value, json};
use std::sync::Arc;

use crate::app::App;
use crate::args::Key;
use crate::failure::{Failure, Outcome};
use crate::json::time;
use crate::safe::term_line;
use crate::table::Table;
use crate::when;

pub(super) async fn run(app: &App<'_>, command: &Key) -> Outcome {
    match command {
        Key::Create { name } => create(app, name).await,
        Key::List => list(app).await,
        Key::Revoke { key } => revoke(app, key).await,
    }
}

/// The keys of this home.
pub(super) async fn keys(app: &App<'_>) -> Result<Keys, Failure> {
    Ok(Keys::load(Arc::clone(app.store().await?), &*app.random).await?)
}

async fn create(app: &App<'_>, name: &str) -> Outcome {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Failure::usage(
            "a key's name is 1 to 100 characters without control characters",
        ));
    }
    let made = keys(app).await?.create(name, app.now(), &*app.random).await?;
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "key": made.secret.expose(), "id": made.key.id, "name": made.key.name }));
    } else {
        app.printer.line(made.secret.expose());
    }
    app.printer.say("This is the only time the key is shown.");
    Ok(0)
}

async fn list(app: &App<'_>) -> Outcome {
    let keys = match app.existing_store().await? {
        Some(store) => store.keys().await?,
        None => Vec::new(),
    };
    if app.printer.is_json() {
        let rows: Vec<Value> = keys
            .iter()
            .map(|key| {
                json!({
                    "id": key.id, "name": key.name, "prefix": key.prefix,
                    "created": time(Some(key.created)), "revoked": time(key.revoked),
                })
            })
            .collect();
        app.printer.json(&json!({ "keys": rows }));
        return Ok(0);
    }
    if keys.is_empty() {
        app.printer
            .say("No client keys yet. `hermes up` makes the first one, or `hermes key create NAME`.");
        return Ok(0);
    }
    let mut table = Table::with_head(["KEY", "NAME", "MADE", "STATE"]);
    for key in &keys {
        let state = if key.revoked.is_some() { "revoked" } else { "valid" };
        table.row([
            key.prefix.as_str().into(),
            key.name.as_str().into(),
            when::day(key.created).into(),
            state.into(),
        ]);
    }
    app.printer.line(table);
    Ok(0)
}

async fn revoke(app: &App<'_>, wanted: &str) -> Outcome {
    let all = match app.existing_store().await? {
        Some(store) => store.keys().await?,
        None => Vec::new(),
    };
    let key = pick(&all, wanted)?;
    keys(app).await?.revoke(key.id, app.now()).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "revoked": key.id, "name": key.name }));
    }
    app.printer.done(format_args!(
        "Revoked the key `{}` ({})",
        term_line(&key.name),
        key.prefix
    ));
    Ok(0)
}

/// The key of an id, public beginning or name; revoked ones are not found again.
fn pick<'a>(keys: &'a [ClientKey], wanted: &str) -> Result<&'a ClientKey, Failure> {
    let id = wanted.parse::<KeyId>().ok();
    let fits = |key: &&ClientKey| Some(key.id) == id || key.prefix == wanted || key.name == wanted;
    let mut found = keys.iter().filter(|key| key.revoked.is_none()).filter(fits);
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(Failure::new(
            ExitKind::Usage,
            "target",
            format!("no valid client key is called `{wanted}`"),
        )
        .hint("See `hermes key list`.")),
        (Some(_), Some(_)) => Err(Failure::new(
            ExitKind::Usage,
            "target",
            format!("several client keys are called `{wanted}`"),
        )
        .hint("Give the key's public beginning, from `hermes key list`.")),
    }
}
