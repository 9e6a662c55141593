//! `hermes providers`: what the catalogue knows.

use hermes_catalog::{LoginFlow, LoginMethod, Provider, RuleCard, RuleClass};
use hermes_dashboard::look::billing_words;
use hermes_text::Lang;
use hermes_text::cli::{catalog as words, frame};
use hermes_text::pages::providers as pages;
use owo_colors::{OwoColorize as _, Style};
use serde_json::{Value, json};

use crate::app::App;
use crate::args::Providers;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::table::{Cell, Table};

pub(super) async fn run(app: &App<'_>, command: &Providers) -> Outcome {
    match command {
        Providers::List => list(app).await,
        Providers::Show { provider } => show(app, provider).await,
    }
}

async fn list(app: &App<'_>) -> Outcome {
    let catalog = app.catalog().await?;
    if app.printer.is_json() {
        let mut rows = Vec::new();
        for one in catalog.providers() {
            rows.push(to_json(one, &settings_of(app, one).await?));
        }
        app.printer.json(&json!({ "providers": rows }));
        return Ok(0);
    }
    let lang = app.lang();
    let mut table = Table::with_head([
        words::head_provider(lang),
        words::head_name(lang),
        words::head_ways(lang),
        words::head_summary(lang),
    ]);
    for provider in catalog.providers() {
        let kinds: Vec<_> = provider.login.iter().map(kind).collect();
        table.row([
            provider.id.as_str().into(),
            provider.name.as_str().into(),
            unique(kinds).join(", ").into(),
            provider.summary.get(app.lang()).into(),
        ]);
    }
    app.printer.line(table);
    Ok(0)
}

async fn show(app: &App<'_>, name: &str) -> Outcome {
    let provider = app.provider(name).await?;
    let settings = settings_of(app, &provider).await?;
    let (printer, lang) = (app.printer, app.lang());
    if printer.is_json() {
        printer.json(&to_json(&provider, &settings));
        return Ok(0);
    }
    printer.line(format_args!(
        "{} ({})",
        term_line(&provider.name).bold(),
        provider.id
    ));
    printer.line(term_line(provider.summary.get(lang)));
    printer.line("");
    printer.line(facts(lang, &provider, settings));
    for (number, method) in provider.login.iter().enumerate() {
        printer.line("");
        let default = if number == 0 {
            words::default_method(lang)
        } else {
            ""
        };
        let (id, name) = (
            term_line(&method.id).bold().to_string(),
            term_line(method.name.get(lang)),
        );
        let line = words::method(lang, &id, &name, kind(method));
        printer.line(format_args!("{line}{default}"));
        for line in card_lines(lang, &method.card) {
            printer.line(format_args!("  {line}"));
        }
    }
    printer.line("");
    printer.say(words::sign_in(lang, provider.id.as_str()));
    Ok(0)
}

fn facts(lang: Lang, provider: &Provider, settings: Vec<String>) -> Table {
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    if !provider.aliases.is_empty() {
        add(words::also_called(lang), provider.aliases.join(", "));
    }
    add(
        words::billing(lang),
        billing_words(lang, provider.billing).to_owned(),
    );
    if !provider.regions.is_empty() {
        let regions: Vec<_> = provider
            .regions
            .iter()
            .map(|one| words::region(lang, &one.id, one.name.get(lang)))
            .collect();
        add(words::regions(lang), regions.join(frame::comma(lang)));
    }
    for row in &provider.runtime {
        let url = provider
            .resolve(&row.base_url, None)
            .map_or_else(|_| row.base_url.to_string(), String::from);
        add(row.protocol.as_str(), url);
    }
    if !provider.env.is_empty() {
        add(words::variables(lang), provider.env.join(", "));
    }
    if let Some(model) = provider.models.preferred() {
        add(words::default_model(lang), model.to_owned());
    }
    if let Some(docs) = &provider.docs {
        add(words::docs(lang), docs.clone());
    }
    for setting in settings {
        add(words::setting(lang), setting);
    }
    table
}

/// What the config file says about the provider, with the place, and what is not followed.
async fn settings_of(app: &App<'_>, provider: &Provider) -> Result<Vec<String>, Failure> {
    let settings = app.settings().await?;
    let ignored = match settings.get(&provider.id) {
        Some(settings) => hermes_pool::ignored_settings(provider, settings)?,
        None => Vec::new(),
    };
    let begins = format!("providers.{}.", provider.id);
    let all = app.config.effective().into_iter();
    let lines = all.filter_map(|one| {
        let key = one.key.strip_prefix(&begins)?;
        let why = ignored
            .iter()
            .find(|ignored| ignored.setting.get(Lang::En).starts_with(&format!("{key} = ")));
        let setting = format!("{key} = {}", one.value);
        Some(match why {
            Some(ignored) => {
                words::setting_ignored(app.lang(), &setting, &one.origin, ignored.why.get(app.lang()))
            }
            None => words::setting_from(app.lang(), &setting, &one.origin),
        })
    });
    Ok(lines.collect())
}

fn to_json(provider: &Provider, settings: &[String]) -> Value {
    let login = |method: &LoginMethod| {
        json!({
            "id": method.id, "name": method.name.get(Lang::En), "kind": kind(method),
            "billing": method.billing.unwrap_or(provider.billing), "rule": method.card,
        })
    };
    let runtime = |row: &hermes_catalog::RuntimeRow| {
        let url = provider
            .resolve(&row.base_url, None)
            .map_or_else(|_| row.base_url.to_string(), String::from);
        json!({ "protocol": row.protocol, "base_url": url, "methods": row.methods })
    };
    json!({
        "id": provider.id, "name": provider.name, "summary": provider.summary.get(Lang::En), "aliases": provider.aliases,
        "docs": provider.docs, "billing": provider.billing, "regions": provider.regions,
        "login": provider.login.iter().map(login).collect::<Vec<_>>(),
        "runtime": provider.runtime.iter().map(runtime).collect::<Vec<_>>(),
        "env": provider.env, "models": provider.models, "settings": settings,
    })
}

/// The kind of a login method, as `--method` takes it.
fn kind(method: &LoginMethod) -> &'static str {
    match &method.flow {
        LoginFlow::DeviceCode(_) | LoginFlow::UserCode(_) | LoginFlow::DeviceAuth(_) => "device",
        LoginFlow::Browser(flow) if flow.loopback.is_some() => "browser",
        LoginFlow::Browser(_) => "paste",
        LoginFlow::ApiKey => "key",
        LoginFlow::Unsupported { .. } => "unsupported",
    }
}

/// A rule card as lines.
pub(super) fn card_lines(lang: Lang, card: &RuleCard) -> Vec<String> {
    let (class, style) = match card.class {
        RuleClass::Allowed => (pages::rule_allowed(lang), Style::new().green()),
        RuleClass::Tolerated => (pages::rule_tolerated(lang), Style::new().yellow()),
        RuleClass::Restricted => (pages::rule_restricted(lang), Style::new().red()),
    };
    vec![
        words::rule(lang, &style.style(class).to_string(), &term_line(&card.date)),
        term_line(card.text.get(lang)),
        words::rule_source(lang, &term_line(card.source.get(lang))),
    ]
}

fn unique(mut names: Vec<&'static str>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    names.retain(|name| {
        let new = !seen.contains(name);
        seen.push(*name);
        new
    });
    names
}

/// The provider's row of a stored login, for messages; its id where the catalogue has none.
pub(super) async fn name_of(app: &App<'_>, id: &hermes_core::ProviderId) -> Result<String, Failure> {
    Ok(app
        .catalog()
        .await?
        .get(id)
        .map_or_else(|| id.to_string(), |provider| term_line(&provider.name)))
}
