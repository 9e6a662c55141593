//! `hermes key`: client keys of the gateway.

use hermes_core::{ExitKind, KeyId, UnixMs};
use hermes_pool::{Keys, key_problem};
use hermes_store::{ClientKey, KeyLimits};
use hermes_text::cli::key as words;
use hermes_text::pages::keys as pages;
use hermes_text::{Lang, time};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::app::App;
use crate::args::Key;
use crate::failure::{Failure, Outcome};
use crate::json;
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
        return Err(Failure::usage(problem));
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
    app.printer.say(words::shown_once(app.lang()));
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
                    "created": json::time(Some(key.created)), "revoked": json::time(key.revoked), "last_used": json::time(key.last_used),
                    "requests_per_minute": key.limits.requests_per_minute, "models": key.limits.models,
                })
            })
            .collect();
        app.printer.json(&json!({ "keys": rows }));
        return Ok(0);
    }
    if keys.is_empty() {
        app.printer.say(words::none(app.lang()));
        return Ok(0);
    }
    app.printer.line(table(app.lang(), &keys, app.now()));
    Ok(0)
}

fn table(lang: Lang, keys: &[ClientKey], now: UnixMs) -> Table {
    let mut table = Table::with_head([
        words::head_key(lang),
        words::head_name(lang),
        words::head_made(lang),
        words::head_used(lang),
        words::head_state(lang),
        words::head_limits(lang),
    ]);
    for key in keys {
        let state = if key.revoked.is_some() {
            pages::revoked(lang)
        } else {
            pages::active(lang)
        };
        let used = key.last_used.map(|at| when::relative(lang, at, now));
        table.row([
            key.prefix.as_str().into(),
            key.name.as_str().into(),
            when::day(key.created).into(),
            used.unwrap_or_else(|| time::never(lang).to_owned()).into(),
            state.into(),
            limits(lang, &key.limits).into(),
        ]);
    }
    table
}

/// What a key is limited to, in words; empty where it may do everything.
fn limits(lang: Lang, limits: &KeyLimits) -> String {
    let rate = limits
        .requests_per_minute
        .map(|limit| pages::limit_requests(lang, limit));
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
    let name = term_line(&key.name);
    app.printer.done(words::revoked(app.lang(), &name, &key.prefix));
    Ok(0)
}

/// The key of an id, public beginning or name; revoked ones are not found again.
fn pick<'a>(keys: &'a [ClientKey], wanted: &str) -> Result<&'a ClientKey, Failure> {
    let id = wanted.parse::<KeyId>().ok();
    let fits = |key: &&ClientKey| Some(key.id) == id || key.prefix == wanted || key.name == wanted;
    let mut found = keys.iter().filter(|key| key.revoked.is_none()).filter(fits);
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => {
            let missing = Failure::new(ExitKind::Usage, "target", |lang| words::missing(lang, wanted));
            Err(missing.hint(words::missing_next))
        }
        (Some(_), Some(_)) => {
            let several = Failure::new(ExitKind::Usage, "target", |lang| words::several(lang, wanted));
            Err(several.hint(words::several_next))
        }
    }
}
