//! `hermes auth list` and `hermes auth status`: pure reads.

use hermes_catalog::Provider;
use hermes_core::{ExitKind, ProviderId, Source, UnixMs};
use hermes_pool::{State, View};
use owo_colors::Style;
use serde::Serialize;
use serde_json::json;

use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::table::{Cell, Table};
use crate::{json, when};

pub(super) async fn list(app: &App<'_>, provider: Option<&str>, verbose: bool) -> Outcome {
    let views = chosen(app, provider).await?;
    let found = found(app, provider, &views).await?;
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "credentials": json::logins(&views), "found": found }));
        return Ok(0);
    }
    if views.is_empty() {
        app.printer
            .say("No logins yet. Sign in with `hermes auth add PROVIDER`; see `hermes providers list`.");
    } else {
        show(app, &views, verbose);
    }
    tell_found(app, &found);
    Ok(0)
}

/// A key in the environment that no login was made from. It is never used by itself.
#[derive(Serialize)]
struct Found {
    provider: ProviderId,
    env: String,
    /// What adopts it.
    command: String,
}

/// Keys in the environment for providers that nothing is signed in to: of one provider, or of all.
async fn found(app: &App<'_>, provider: Option<&str>, views: &[View]) -> Result<Vec<Found>, Failure> {
    let only = match provider {
        Some(name) => Some(app.provider(name).await?.id),
        None => None,
    };
    let is_new = |id: &ProviderId| {
        only.as_ref().is_none_or(|one| one == id) && views.iter().all(|view| view.credential.provider != *id)
    };
    let rows = app.catalog().await?.env_names().filter(|(id, _)| is_new(id));
    let found = rows.filter_map(|(id, names)| {
        let env = names.iter().find(|name| app.env.get(name).is_some())?;
        Some(Found {
            provider: id.clone(),
            env: env.clone(),
            command: format!("hermes auth add {id} --from-env {env}"),
        })
    });
    Ok(found.collect())
}

fn tell_found(app: &App<'_>, found: &[Found]) {
    for Found {
        provider,
        env,
        command,
    } in found
    {
        app.printer.say(format_args!(
            "Found a key for `{provider}` in `{env}`; it is not used until you adopt it with `{command}`."
        ));
    }
}

pub(super) async fn status(app: &App<'_>, provider: Option<&str>, verbose: bool) -> Outcome {
    let Some(name) = provider else {
        return list(app, None, verbose).await;
    };
    let provider = app.provider(name).await?;
    let views = chosen(app, Some(name)).await?;
    let state = best(&views);
    let found = found(app, Some(name), &views).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({
            "provider": provider.id, "name": provider.name, "state": state, "usable": state.usable(),
            "credentials": json::logins(&views), "found": found,
        }));
    } else {
        tell_status(app, &provider, state, &views, verbose);
        tell_found(app, &found);
    }
    Ok(if state.usable() {
        0
    } else {
        ExitKind::LoginRequired.code()
    })
}

fn tell_status(app: &App<'_>, provider: &Provider, state: State, views: &[View], verbose: bool) {
    let printer = app.printer;
    printer.line(format_args!(
        "{}: {}",
        provider.id,
        style(state).style(state.as_str())
    ));
    if views.is_empty() {
        printer.say(format_args!("Sign in with `hermes auth add {}`.", provider.id));
        return;
    }
    show(app, views, verbose);
    if matches!(state, State::NeedsLogin) {
        printer.say(format_args!(
            "Sign in again with `hermes auth add {}`.",
            provider.id
        ));
    }
}

/// The logins of one provider, or all.
async fn chosen(app: &App<'_>, provider: Option<&str>) -> Result<Vec<View>, Failure> {
    let id = match provider {
        Some(name) => Some(app.provider(name).await?.id),
        None => None,
    };
    let mut views = app.views().await?;
    views.retain(|view| id.as_ref().is_none_or(|id| view.credential.provider == *id));
    Ok(views)
}

/// A provider stands as its best login does.
pub(super) fn best(views: &[View]) -> State {
    let order = [
        State::Ready,
        State::Expiring,
        State::Refreshable,
        State::CoolingDown,
        State::NeedsLogin,
        State::Blocked,
        State::Disabled,
    ];
    order
        .into_iter()
        .find(|state| views.iter().any(|view| view.state == *state))
        .unwrap_or(State::Absent)
}

/// The colour of a state.
pub(super) fn style(state: State) -> Style {
    match state {
        State::Ready | State::Expiring | State::Refreshable => Style::new().green(),
        State::CoolingDown => Style::new().yellow(),
        State::NeedsLogin | State::Blocked => Style::new().red(),
        State::Disabled | State::Absent => Style::new().dimmed(),
    }
}

/// The table of logins, with what is unusual below it.
pub(super) fn show(app: &App<'_>, views: &[View], verbose: bool) {
    let now = app.now();
    app.printer.line(table(views, now));
    for view in views {
        for ignored in &view.ignored {
            let name = format!("{}:{}", view.credential.provider, view.credential.label);
            app.printer.line(term_line(&format!(
                "{name}: {} is ignored: {}",
                ignored.setting, ignored.why
            )));
        }
    }
    if verbose {
        for view in views {
            app.printer.line("");
            app.printer.line(details(view, now));
        }
    }
}

fn table(views: &[View], now: UnixMs) -> Table {
    let mut table = Table::with_head(["PROVIDER", "#", "LABEL", "STATE", "TOKEN", "REGION", "BILLING"]);
    let mut place = (None, 0);
    for view in views {
        let row = &view.credential;
        place = if place.0 == Some(&row.provider) {
            (place.0, place.1 + 1)
        } else {
            (Some(&row.provider), 1)
        };
        table.row([
            row.provider.as_str().into(),
            place.1.to_string().into(),
            row.label.as_str().into(),
            Cell::styled(state_words(view, now), style(view.state)),
            token_words(view, now).into(),
            row.region.as_deref().unwrap_or("-").into(),
            row.billing.as_str().into(),
        ]);
    }
    table
}

/// The state, with its cause where it is not plain.
fn state_words(view: &View, now: UnixMs) -> String {
    let state = view.state.as_str();
    match view.state {
        State::Ready | State::Expiring | State::Refreshable
            if view.words == state || view.state != State::Ready =>
        {
            state.to_owned()
        }
        State::CoolingDown => {
            let until = view
                .until
                .map(|until| format!(", ends {}", when::relative(until, now)));
            format!("{state}: {}{}", view.words, until.unwrap_or_default())
        }
        _ if view.words == state => state.to_owned(),
        _ => format!("{state}: {}", view.words),
    }
}

fn token_words(view: &View, now: UnixMs) -> String {
    if matches!(view.credential.source, Source::Config(_)) {
        return "needs no key".to_owned();
    }
    match view.credential.expires {
        None => "does not end".to_owned(),
        Some(at) if at > now => format!("ends {}", when::relative(at, now)),
        Some(at) => format!("ended {}", when::relative(at, now)),
    }
}

fn details(view: &View, now: UnixMs) -> Table {
    let row = &view.credential;
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add("login", format!("{}:{}", row.provider, row.label));
    add("id", row.id.to_string());
    add("state", state_words(view, now));
    add(
        "account",
        row.account
            .display
            .clone()
            .unwrap_or_else(|| row.identity.subject.clone()),
    );
    if let Some(plan) = &row.account.plan {
        add("plan", plan.clone());
    }
    add("issuer", row.identity.issuer.clone());
    add("method", row.method.clone());
    add("source", source_words(&row.source));
    add("signed in", when::day(row.created));
    if let Some(at) = row.refreshed {
        add("renewed", when::relative(at, now));
    }
    if let Some(at) = row.expires {
        add(
            "token ends",
            format!("{} ({})", when::relative(at, now), when::rfc3339(at)),
        );
    }
    add("renewable", if row.has_refresh { "yes" } else { "no" }.to_owned());
    if !row.scopes.is_empty() {
        add("scopes", row.scopes.join(" "));
    }
    for runtime in &view.runtimes {
        add(runtime.protocol.as_str(), runtime.base_url.to_string());
    }
    table
}

fn source_words(source: &Source) -> String {
    match source {
        Source::Login => "login".to_owned(),
        Source::Key => "key".to_owned(),
        Source::Env(name) => format!("key from the variable {name}"),
        Source::Config(name) => format!("endpoint `{name}` of the config file"),
    }
}

/// The table as talk.
pub(super) fn talk(app: &App<'_>, views: &[View]) {
    app.printer.say(table(views, app.now()));
}
