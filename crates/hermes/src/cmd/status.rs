//! `hermes auth list` and `hermes auth status`: pure reads.

use hermes_catalog::Provider;
use hermes_core::{ExitKind, Source, UnixMs};
use hermes_dashboard::look::{billing_words, state_words};
use hermes_pool::{State, View};
use hermes_text::Lang;
use hermes_text::cli::account as text;
use owo_colors::Style;
use serde_json::json;

use super::{details, sources};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::table::{Cell, Table};
use crate::{json, when, words};

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
        app.printer.say(text::none(app.lang()));
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
        style(state).style(state_words(app.lang(), state))
    ));
    if views.is_empty() {
        printer.say(text::sign_in(app.lang(), provider.id.as_str()));
        return Ok(());
    }
    show(app, views);
    if verbose {
        details::show(app, views).await?;
    }
    if matches!(state, State::NeedsLogin) {
        printer.say(text::sign_in_again(app.lang(), provider.id.as_str()));
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
    app.printer.line(table(app.lang(), views, app.now()));
    for view in views {
        for ignored in &view.ignored {
            let name = format!("{}:{}", view.credential.provider, view.credential.label);
            let told = text::ignored(
                app.lang(),
                &name,
                ignored.setting.get(app.lang()),
                ignored.why.get(app.lang()),
            );
            app.printer.line(term_line(&told));
        }
    }
}

fn table(lang: Lang, views: &[View], now: UnixMs) -> Table {
    let mut table = Table::with_head([
        text::head_provider(lang),
        "#",
        text::head_label(lang),
        text::head_state(lang),
        text::head_token(lang),
        text::head_region(lang),
        text::head_billing(lang),
    ]);
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
            Cell::styled(words::state(lang, view, now), style(view.state)),
            token_words(lang, view, now).into(),
            row.region.as_deref().unwrap_or("-").into(),
            billing_words(lang, row.billing).into(),
        ]);
    }
    table
}

fn token_words(lang: Lang, view: &View, now: UnixMs) -> String {
    if matches!(view.credential.source, Source::Config(_)) {
        return text::keyless(lang).to_owned();
    }
    match view.credential.expires {
        None => text::endless(lang).to_owned(),
        Some(at) if at > now => text::ends(lang, &when::relative(lang, at, now)),
        Some(at) => text::ended(lang, &when::relative(lang, at, now)),
    }
}

/// The table as talk.
pub(super) fn talk(app: &App<'_>, views: &[View]) {
    app.printer.say(table(app.lang(), views, app.now()));
}
