//! `hermes auth list` and `hermes auth status`: pure reads.

use hermes_catalog::Provider;
use hermes_core::{ExitKind, Source, UnixMs};
use hermes_pool::{State, View};
use hermes_text::Lang;
use owo_colors::Style;
use serde_json::json;

use super::{details, sources};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::table::{Cell, Table};
use crate::{json, when};

pub(super) async fn list(app: &App<'_>, provider: Option<&str>, verbose: bool) -> Outcome {
    let views = chosen(app, provider).await?;
    let found = sources::found(app, provider, &views).await?;
    if app.printer.is_json() {
        let logins = logins(app, &views, verbose).await?;
        app.printer
            .json(&json!({ "credentials": logins, "found": found }));
        return Ok(0);
    }
    if views.is_empty() {
        app.printer
            .say("No logins yet. Sign in with `hermes auth add PROVIDER`; see `hermes providers list`.");
    } else {
        show(app, &views);
        if verbose {
            details::show(app, &views).await?;
        }
    }
    sources::tell(app, &found);
    Ok(0)
}

pub(super) async fn status(app: &App<'_>, provider: Option<&str>, verbose: bool) -> Outcome {
    let Some(name) = provider else {
        return list(app, None, verbose).await;
    };
    let provider = app.provider(name).await?;
    let views = chosen(app, Some(name)).await?;
    let state = State::best(views.iter().map(|view| view.state));
    let found = sources::found(app, Some(name), &views).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({
            "provider": provider.id, "name": provider.name, "state": state, "usable": state.usable(),
            "credentials": logins(app, &views, verbose).await?, "found": found,
        }));
    } else {
        tell_status(app, &provider, state, &views, verbose).await?;
        sources::tell(app, &found);
    }
    Ok(if state.usable() {
        0
    } else {
        ExitKind::LoginRequired.code()
    })
}

async fn tell_status(
    app: &App<'_>,
    provider: &Provider,
    state: State,
    views: &[View],
    verbose: bool,
) -> Result<(), Failure> {
    let printer = app.printer;
    printer.line(format_args!(
        "{}: {}",
        provider.id,
        style(state).style(state.as_str())
    ));
    if views.is_empty() {
        printer.say(format_args!("Sign in with `hermes auth add {}`.", provider.id));
        return Ok(());
    }
    show(app, views);
    if verbose {
        details::show(app, views).await?;
    }
    if matches!(state, State::NeedsLogin) {
        printer.say(format_args!(
            "Sign in again with `hermes auth add {}`.",
            provider.id
        ));
    }
    Ok(())
}

/// Logins for scripts.
async fn logins(app: &App<'_>, views: &[View], verbose: bool) -> Result<serde_json::Value, Failure> {
    if verbose {
        details::logins(app, views).await
    } else {
        Ok(json::logins(views))
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
pub(super) fn show(app: &App<'_>, views: &[View]) {
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
pub(super) fn state_words(view: &View, now: UnixMs) -> String {
    let state = view.state.as_str();
    match view.state {
        State::Ready | State::Expiring | State::Refreshable
            if view.words.get(Lang::En) == state || view.state != State::Ready =>
        {
            state.to_owned()
        }
        State::CoolingDown => {
            let until = view
                .until
                .map(|until| format!(", ends {}", when::relative(until, now)));
            format!("{state}: {}{}", view.words, until.unwrap_or_default())
        }
        _ if view.words.get(Lang::En) == state => state.to_owned(),
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

/// The table as talk.
pub(super) fn talk(app: &App<'_>, views: &[View]) {
    app.printer.say(table(views, app.now()));
}
