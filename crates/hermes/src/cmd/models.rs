//! `hermes models`: what signed-in providers serve, as the catalogue and they themselves tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use hermes_catalog::Provider;
use hermes_core::ProviderId;
use hermes_dashboard::look::state_words;
use hermes_gateway::{Edge, ListAsked};
use hermes_pool::{Feed, ListedModel, State, View};
use hermes_text::cli::request as words;
use serde_json::{Value, json};

use super::{key, server};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_safe;
use crate::table::Table;

/// A model with its provider and how that stands.
struct Line {
    provider: ProviderId,
    model: ListedModel,
    state: State,
}

pub(super) async fn run(app: &App<'_>, provider: Option<&str>, refresh: bool) -> Outcome {
    let only = match provider {
        Some(name) => Some(app.provider(name).await?.id),
        None => None,
    };
    let missed = if refresh {
        ask(app, only.as_ref()).await?
    } else {
        Vec::new()
    };
    let models = lines(app, only.as_ref()).await?;
    let aliases = if only.is_none() {
        app.config.routes()
    } else {
        BTreeMap::new()
    };
    if app.printer.is_json() {
        tell(app, &models, &aliases, &missed);
        return Ok(0);
    }
    for asked in &missed {
        let why = asked
            .outcome
            .as_ref()
            .err()
            .map(|why| term_safe(why))
            .unwrap_or_default();
        app.printer
            .warn(words::models_not_told(app.lang(), asked.provider.as_str(), &why));
    }
    show(app, &models, &aliases);
    Ok(0)
}

/// Asks the providers themselves; gives those that did not tell.
async fn ask(app: &App<'_>, only: Option<&ProviderId>) -> Result<Vec<ListAsked>, Failure> {
    let catalog = app.catalog().await?;
    let mut providers: Vec<ProviderId> = app
        .views()
        .await?
        .into_iter()
        .map(|view| view.credential.provider)
        .collect();
    providers.dedup();
    providers.retain(|id| {
        only.is_none_or(|only| only == id) && catalog.get(id).is_some_and(Provider::tells_models)
    });
    if providers.is_empty() {
        return Ok(Vec::new());
    }
    app.printer.redraw(words::asking_models(app.lang()));
    let keys = Arc::new(key::keys(app).await?);
    let server = server::build(app, keys, Feed::default(), Edge::default(), None).await?;
    let mut asked = server.gateway.ask_models(providers).await;
    server.close().await;
    app.printer.redraw("");
    asked.retain(|asked| asked.outcome.is_err());
    Ok(asked)
}

async fn lines(app: &App<'_>, only: Option<&ProviderId>) -> Result<Vec<Line>, Failure> {
    let views = app.views().await?;
    let pool = app.existing_pool().await?;
    if let Some(pool) = pool {
        pool.load_models().await?;
    }
    let mut lines = Vec::new();
    for row in app.catalog().await?.providers() {
        let mine: Vec<&View> = views
            .iter()
            .filter(|view| view.credential.provider == row.id)
            .collect();
        // A provider that was asked for by name is shown signed in or not.
        if !only.map_or(!mine.is_empty(), |only| *only == row.id) {
            continue;
        }
        let state = State::best(mine.iter().map(|view| view.state));
        let models = match pool {
            Some(pool) => pool.models(&row.id),
            None => row.models.known.iter().map(|id| ListedModel::known(id)).collect(),
        };
        lines.extend(models.into_iter().map(|model| Line {
            provider: row.id.clone(),
            model,
            state,
        }));
    }
    Ok(lines)
}

fn tell(app: &App<'_>, models: &[Line], aliases: &BTreeMap<String, String>, missed: &[ListAsked]) {
    let models = models.iter().map(|Line { provider, model, state }| {
        json!({
            "id": format!("{provider}/{}", model.id), "provider": provider, "model": model.id, "name": model.name,
            "created": model.created, "state": state,
        })
    });
    let missed = missed.iter().filter_map(|asked| {
        let why = asked.outcome.as_ref().err()?;
        Some(json!({ "provider": asked.provider, "why": why }))
    });
    app.printer.json(&json!({
        "models": models.collect::<Vec<Value>>(), "aliases": aliases, "not_told": missed.collect::<Vec<Value>>(),
    }));
}

fn show(app: &App<'_>, models: &[Line], aliases: &BTreeMap<String, String>) {
    let lang = app.lang();
    if models.is_empty() && aliases.is_empty() {
        app.printer.say(words::no_models(lang));
        return;
    }
    let mut table = Table::with_head([words::head_model(lang), words::head_state(lang)]);
    for (alias, model) in aliases {
        table.row([alias.as_str().into(), words::alias_of(lang, model).into()]);
    }
    for Line {
        provider,
        model,
        state,
    } in models
    {
        table.row([
            format!("{provider}/{}", model.id).into(),
            state_words(lang, *state).into(),
        ]);
    }
    app.printer.line(table);
}
