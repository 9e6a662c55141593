//! `hermes key`: client keys of the gateway.

use hermes_core::{ExitKind, KeyId};
use hermes_pool::{Keys, key_problem};
use hermes_store::{ClientKey, KeyLimits};
use hermes_text::Lang;
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
        Key::Create { name, limit, models } => {
            let limits = KeyLimits {
                requests_per_minute: *limit,
                models: models.iter().map(|model| model.trim().to_owned()).collect(),
            };
            create(app, name, limits).await
        }
        Key::List => list(app).await,
        Key::Revoke { key } => revoke(app, key).await,
    }
}

/// The keys of this home.
pub(super) async fn keys(app: &App<'_>) -> Result<Keys, Failure> {
    Ok(Keys::load(Arc::clone(app.store().await?), &*app.random).await?)
}

async fn create(app: &App<'_>, name: &str, limits: KeyLimits) -> Outcome {
    let name = name.trim();
    if let Some(problem) = key_problem(name, &limits) {
        return Err(Failure::usage(problem(Lang::En)));
    }
    let keys = keys(app).await?;
    let made = keys.create(name, limits, app.now(), &*app.random).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({
            "key": made.secret.expose(), "id": made.key.id, "name": made.key.name,
            "requests_per_minute": made.key.limits.requests_per_minute, "models": made.key.limits.models,
        }));
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
                    "created": time(Some(key.created)), "revoked": time(key.revoked), "last_used": time(key.last_used),
                    "requests_per_minute": key.limits.requests_per_minute, "models": key.limits.models,
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
    let mut table = Table::with_head(["KEY", "NAME", "MADE", "LAST USED", "STATE", "LIMITS"]);
    for key in &keys {
        let state = if key.revoked.is_some() { "revoked" } else { "valid" };
        table.row([
            key.prefix.as_str().into(),
            key.name.as_str().into(),
            when::day(key.created).into(),
            key.last_used
                .map_or_else(|| "never".to_owned(), |at| when::relative(at, app.now()))
                .into(),
            state.into(),
            limits(&key.limits).into(),
        ]);
    }
    app.printer.line(table);
    Ok(0)
}

/// What a key is limited to, in words; empty where it may do everything.
fn limits(limits: &KeyLimits) -> String {
    let rate = limits
        .requests_per_minute
        .map(|limit| format!("{limit} a minute"));
    let models = (!limits.models.is_empty()).then(|| limits.models.join(", "));
    rate.into_iter().chain(models).collect::<Vec<_>>().join("; ")
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
