//! `hermes models`: what signed-in providers are known to serve.

use std::collections::BTreeMap;

use hermes_dashboard::look::state_words;
use hermes_pool::State;
use hermes_text::cli::request as words;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Outcome;
use crate::table::Table;

pub(super) async fn run(app: &App<'_>, provider: Option<&str>) -> Outcome {
    let only = match provider {
        Some(name) => Some(app.provider(name).await?.id),
        None => None,
    };
    let lang = app.lang();
    let views = app.views().await?;
    let catalog = app.catalog().await?;
    let mut models: Vec<(String, String, State)> = Vec::new();
    for row in catalog.providers() {
        let mine: Vec<_> = views
            .iter()
            .filter(|view| view.credential.provider == row.id)
            .cloned()
            .collect();
        let state = State::best(mine.iter().map(|view| view.state));
        // A provider that was asked for by name is shown signed in or not.
        let wanted = only.as_ref().map_or(!mine.is_empty(), |only| *only == row.id);
        if wanted {
            models.extend(
                row.models
                    .known
                    .iter()
                    .map(|model| (row.id.to_string(), model.clone(), state)),
            );
        }
    }
    let aliases = if only.is_none() {
        app.config.routes()
    } else {
        BTreeMap::new()
    };
    if app.printer.is_json() {
        let models: Vec<Value> = models
            .iter()
            .map(|(provider, model, state)| {
                json!({ "id": format!("{provider}/{model}"), "provider": provider, "model": model, "state": state })
            })
            .collect();
        app.printer.json(&json!({ "models": models, "aliases": aliases }));
        return Ok(0);
    }
    if models.is_empty() && aliases.is_empty() {
        app.printer.say(words::no_models(lang));
        return Ok(0);
    }
    let mut table = Table::with_head([words::head_model(lang), words::head_state(lang)]);
    for (alias, model) in &aliases {
        table.row([alias.as_str().into(), words::alias_of(lang, model).into()]);
    }
    for (provider, model, state) in &models {
        table.row([
            format!("{provider}/{model}").into(),
            state_words(lang, *state).into(),
        ]);
    }
    app.printer.line(table);
    Ok(0)
}
