//! Every page in every state, drawn.

use hermes_dashboard::look::{Problem, Spot, problem};
use hermes_dashboard::pages;
use hermes_text::Lang;
use maud::Markup;

use super::{keys, login, now, overview, pool, providers, requests, settings, usage};

/// One page: its place, a name that is unique, and its content.
pub(crate) type Drawn = (Spot, String, Markup);

/// All of them.
pub(crate) fn drawn(lang: Lang) -> Vec<Drawn> {
    let mut all = Vec::new();
    let mut add = |spot, name: &str, content| all.push((spot, name.to_owned(), content));
    for (name, model) in [
        ("overview", overview::filled()),
        ("overview-calm", overview::calm()),
        ("overview-empty", overview::empty()),
        ("overview-hostile", overview::hostile()),
    ] {
        add(Spot::Overview, name, pages::overview::render(lang, &model));
    }
    for (name, model) in [
        ("providers", providers::filled()),
        ("providers-pending", providers::pending()),
        ("providers-empty", providers::empty()),
        ("providers-hostile", providers::hostile()),
    ] {
        add(Spot::Providers, name, pages::providers::render(lang, &model));
    }
    for (name, model) in [
        ("pool", pool::filled()),
        ("pool-stopped", pool::stopped()),
        ("pool-empty", pool::empty()),
        ("pool-hostile", pool::hostile()),
    ] {
        add(Spot::Providers, name, pages::pool::render(lang, &model));
    }
    let open = [
        ("code", login::code()),
        ("second", login::code_second()),
        ("browser", login::browser()),
        ("paste", login::paste()),
        ("key", login::key()),
        ("hostile", login::hostile()),
    ];
    for (name, model) in open.into_iter().chain(login::ends()) {
        add(
            Spot::Providers,
            &format!("login-{name}"),
            pages::login::render(lang, &model),
        );
    }
    add(Spot::Providers, "login-gone", pages::login::gone(lang));
    all.extend(figures(lang));
    all
}

fn figures(lang: Lang) -> Vec<Drawn> {
    let mut all = Vec::new();
    let mut add = |spot, name: &str, content| all.push((spot, name.to_owned(), content));
    let lists = [
        ("requests", requests::filled()),
        ("requests-narrowed", requests::narrowed()),
        ("requests-no-match", requests::no_match()),
        ("requests-empty", requests::empty()),
        ("requests-hostile", requests::hostile()),
    ];
    for (name, model) in lists {
        add(Spot::Requests, name, pages::requests::render(lang, &model));
    }
    for (name, model) in [
        ("request", requests::story()),
        ("request-translated", requests::translated()),
        ("request-hostile", requests::hostile_story()),
    ] {
        add(Spot::Requests, name, pages::request::render(lang, &model));
    }
    add(Spot::Requests, "request-gone", pages::request::gone(lang, now()));
    for (name, model) in [
        ("usage", usage::filled()),
        ("usage-month", usage::month()),
        ("usage-empty", usage::empty()),
        ("usage-hostile", usage::hostile()),
    ] {
        add(Spot::Usage, name, pages::usage::render(lang, &model));
    }
    for (name, model) in [
        ("keys", keys::filled()),
        ("keys-empty", keys::empty()),
        ("keys-hostile", keys::hostile()),
    ] {
        add(Spot::Keys, name, pages::keys::render(lang, &model));
    }
    for (name, model) in [
        ("settings", settings::filled()),
        ("settings-stopped", settings::stopped()),
        ("settings-hostile", settings::hostile()),
    ] {
        add(Spot::Settings, name, pages::settings::render(lang, &model));
    }
    let trouble = Problem {
        message: "The store `hermes.db` is locked by another process".to_owned(),
        hint: Some("Close the other program, or run `hermes doctor`.".to_owned()),
    };
    add(Spot::Overview, "problem", problem(lang, &trouble));
    all
}
