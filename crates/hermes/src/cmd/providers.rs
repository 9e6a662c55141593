//! `hermes providers`: what the catalogue knows.

use hermes_catalog::{LoginFlow, LoginMethod, Provider, RuleCard, RuleClass};
use hermes_text::Lang;
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
    let mut table = Table::with_head(["PROVIDER", "NAME", "SIGN IN WITH", "SUMMARY"]);
    for provider in catalog.providers() {
        let kinds: Vec<_> = provider.login.iter().map(kind).collect();
        table.row([
            provider.id.as_str().into(),
            provider.name.as_str().into(),
            unique(kinds).join(", ").into(),
            provider.summary.to_string().into(),
        ]);
    }
    app.printer.line(table);
    Ok(0)
}

async fn show(app: &App<'_>, name: &str) -> Outcome {
    let provider = app.provider(name).await?;
    let settings = settings_of(app, &provider).await?;
    let printer = app.printer;
    if printer.is_json() {
        printer.json(&to_json(&provider, &settings));
        return Ok(0);
    }
    printer.line(format_args!(
        "{} ({})",
        term_line(&provider.name).bold(),
        provider.id
    ));
    printer.line(term_line(provider.summary.get(Lang::En)));
    printer.line("");
    printer.line(facts(&provider, settings));
    for (number, method) in provider.login.iter().enumerate() {
        printer.line("");
        let default = if number == 0 { " (default)" } else { "" };
        let name = term_line(method.name.get(Lang::En));
        printer.line(format_args!(
            "{}: {name}, {}{default}",
            term_line(&method.id).bold(),
            kind(method)
        ));
        for line in card_lines(&method.card) {
            printer.line(format_args!("  {line}"));
        }
    }
    printer.line("");
    printer.say(format_args!("Sign in with `hermes auth add {}`.", provider.id));
    Ok(0)
}

fn facts(provider: &Provider, settings: Vec<String>) -> Table {
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    if !provider.aliases.is_empty() {
        add("also called", provider.aliases.join(", "));
    }
    add("billing", provider.billing.as_str().to_owned());
    if !provider.regions.is_empty() {
        let regions: Vec<_> = provider
            .regions
            .iter()
            .map(|one| format!("{} ({})", one.id, one.name))
            .collect();
        add("regions", regions.join(", "));
    }
    for row in &provider.runtime {
        let url = provider
            .resolve(&row.base_url, None)
            .map_or_else(|_| row.base_url.to_string(), String::from);
        add(row.protocol.as_str(), url);
    }
    if !provider.env.is_empty() {
        add("key variables", provider.env.join(", "));
    }
    if let Some(model) = provider.models.default.as_ref().or(provider.models.known.first()) {
        add("default model", model.clone());
    }
    if let Some(docs) = &provider.docs {
        add("docs", docs.clone());
    }
    for setting in settings {
        add("setting", setting);
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
            .find(|ignored| ignored.setting.to_string().starts_with(&format!("{key} = ")));
        let why = why
            .map(|ignored| format!(", ignored: {}", ignored.why))
            .unwrap_or_default();
        Some(format!("{key} = {} ({}{why})", one.value, one.origin))
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
pub(super) fn card_lines(card: &RuleCard) -> Vec<String> {
    let (class, style) = match card.class {
        RuleClass::Allowed => ("allowed", Style::new().green()),
        RuleClass::Tolerated => ("tolerated", Style::new().yellow()),
        RuleClass::Restricted => ("restricted", Style::new().red()),
    };
    vec![
        format!(
            "Use by other programs: {} (read {})",
            style.style(class),
            term_line(&card.date)
        ),
        term_line(card.text.get(Lang::En)),
        format!("Source: {}", term_line(card.source.get(Lang::En))),
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
