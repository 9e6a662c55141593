//! Everything that is known about a login: its row, its pool, a renewal that is not over, and what happened to it.

use hermes_core::{LoginCause, Source, Strategy, UnixMs};
use hermes_dashboard::look::{Cause, cause_words, rest_words};
use hermes_pool::{Event, RenewalState, View};
use hermes_store::Lease;
use hermes_text::cli::account as text;
use hermes_text::{Lang, common};
use owo_colors::Style;
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Failure;
use crate::table::{Cell, Table};
use crate::{json, when, words};

/// Events that are shown of each login.
const SHOWN: u32 = 8;

/// What only the store knows.
pub(super) struct Detail {
    strategy: Strategy,
    lease: Option<Lease>,
    events: Vec<Event>,
}

/// Reads it; none for an endpoint without a key, which is in no store. Opens no secret.
pub(super) async fn of(app: &App<'_>, view: &View) -> Result<Option<Detail>, Failure> {
    if matches!(view.credential.source, Source::Config(_)) {
        return Ok(None);
    }
    let (Some(store), Some(pool)) = (app.existing_store().await?, app.existing_pool().await?) else {
        return Ok(None);
    };
    let id = view.credential.id;
    Ok(Some(Detail {
        strategy: pool.strategy_of(&view.credential.provider),
        lease: store.lease(id).await?,
        events: pool.events(id, SHOWN).await?,
    }))
}

/// Below the table of logins, one block for each.
pub(super) async fn show(app: &App<'_>, views: &[View]) -> Result<(), Failure> {
    let (lang, now) = (app.lang(), app.now());
    for view in views {
        let detail = of(app, view).await?;
        app.printer.line("");
        app.printer.line(block(lang, view, detail.as_ref(), now));
        if let Some(detail) = detail.filter(|detail| !detail.events.is_empty()) {
            app.printer.line(history(lang, &detail.events, now));
        }
    }
    Ok(())
}

/// The same for scripts.
pub(super) async fn logins(app: &App<'_>, views: &[View]) -> Result<Value, Failure> {
    let mut all = Vec::new();
    for view in views {
        let mut value = json::login(view);
        if let Some(detail) = of(app, view).await? {
            let doubt = doubt(&detail.events);
            let lease = detail.lease.as_ref();
            let renewal = lease.and_then(|lease| renewal(app.lang(), lease, doubt, app.now()));
            value["strategy"] = json!(detail.strategy);
            value["renewal"] = json!(renewal);
            value["events"] = detail.events.iter().map(event).collect();
        }
        all.push(value);
    }
    Ok(Value::Array(all))
}

fn event(event: &Event) -> Value {
    let mut value = json!(event);
    value["at"] = json!(when::rfc3339(event.at));
    value
}

/// When the last renewal without an answer was noticed.
pub(super) fn doubt(events: &[Event]) -> Option<UnixMs> {
    RenewalState::doubt(events)
}

/// A renewal that is not over, or one that has to wait, in words.
pub(crate) fn renewal(lang: Lang, lease: &Lease, doubt: Option<UnixMs>, now: UnixMs) -> Option<String> {
    let words = match RenewalState::of(lease, doubt)? {
        RenewalState::UnderWay => text::renewing(lang).to_owned(),
        RenewalState::Abandoned => text::renewing_silent(lang).to_owned(),
        RenewalState::Unanswered => text::renewing_unanswered(lang).to_owned(),
        RenewalState::InDoubt { since: Some(at) } => text::in_doubt_since(lang, &moment(lang, at, now)),
        RenewalState::InDoubt { since: None } => text::in_doubt(lang).to_owned(),
        RenewalState::Ended { cause } => {
            let cause = cause.unwrap_or(LoginCause::RevokedOrReused);
            text::ended_because(lang, &cause_words(lang, &Cause::Login(cause)))
        }
        RenewalState::Quiet { left } => text::waits_quiet(lang, &when::span(lang, left)),
        RenewalState::Paused { left } => text::next_try(lang, &when::span(lang, left)),
    };
    Some(words)
}

/// A moment for people, with the exact one beside it: by the clock first, since it is looked for in logs.
pub(super) fn moment(lang: Lang, at: UnixMs, now: UnixMs) -> String {
    text::moment(lang, &when::rfc3339(at), &when::relative(lang, at, now))
}

fn block(lang: Lang, view: &View, detail: Option<&Detail>, now: UnixMs) -> Table {
    let row = &view.credential;
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add(text::login(lang), format!("{}:{}", row.provider, row.label));
    add(text::id(lang), row.id.to_string());
    add(text::state(lang), words::state(lang, view, now));
    for rest in row.rests.iter().filter(|rest| rest.until > now) {
        let ends = when::relative(lang, rest.until, now);
        add(
            text::rests(lang),
            text::rests_until(lang, &rest_words(lang, rest), &ends),
        );
    }
    if let Some(words) = detail.and_then(|detail| {
        let lease = detail.lease.as_ref()?;
        renewal(lang, lease, doubt(&detail.events), now)
    }) {
        add(text::renewal(lang), words);
    }
    let account = row.account.display.clone();
    add(
        text::account(lang),
        account.unwrap_or_else(|| row.identity.subject.clone()),
    );
    if let Some(organisation) = &row.identity.organisation {
        add(text::organisation(lang), organisation.clone());
    }
    if let Some(plan) = &row.account.plan {
        add(text::plan(lang), plan.clone());
    }
    add(text::issuer(lang), row.identity.issuer.clone());
    add(text::method(lang), row.method.clone());
    add(text::source(lang), words::source(lang, &row.source));
    if let Some(detail) = detail {
        add(
            text::strategy(lang),
            strategy_words(lang, detail.strategy, row.weight),
        );
    }
    add(text::signed_in(lang), when::day(row.created));
    if let Some(at) = row.refreshed {
        add(text::renewed(lang), when::relative(lang, at, now));
    }
    if let Some(at) = row.expires {
        let relative = when::relative(lang, at, now);
        add(
            text::token_ends(lang),
            text::moment(lang, &relative, &when::rfc3339(at)),
        );
    }
    let renewable = if row.has_refresh { common::yes } else { common::no };
    add(text::renewable(lang), renewable(lang).to_owned());
    if !row.scopes.is_empty() {
        add(text::scopes(lang), row.scopes.join(" "));
    }
    for runtime in &view.runtimes {
        add(runtime.protocol.as_str(), runtime.base_url.to_string());
    }
    table
}

fn strategy_words(lang: Lang, strategy: Strategy, weight: u32) -> String {
    match (strategy, weight) {
        (Strategy::Weighted, weight) => text::with_weight(lang, strategy.as_str(), weight),
        (_, 1) => strategy.as_str().to_owned(),
        (_, weight) => text::weight_idle(lang, strategy.as_str(), weight),
    }
}

/// Events, newest first: when, what, at which generation of the token, in words.
pub(super) fn history(lang: Lang, events: &[Event], now: UnixMs) -> Table {
    let mut table = Table::with_head([
        text::head_when(lang),
        text::head_event(lang),
        text::head_generation(lang),
        text::head_what(lang),
    ]);
    for event in events {
        let generation = event.generation.map_or("-".to_owned(), |one| one.to_string());
        table.row([
            when::relative(lang, event.at, now).into(),
            event.kind.as_str().into(),
            generation.into(),
            event.detail.as_str().into(),
        ]);
    }
    table
}
