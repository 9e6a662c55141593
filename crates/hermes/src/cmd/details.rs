//! Everything that is known about a login: its row, its pool, a renewal that is not over, and what happened to it.

use hermes_core::{Rest, Scope, Source, Strategy, UnixMs};
use hermes_pool::{Event, View};
use hermes_store::{Lease, Phase};
use hermes_text::Lang;
use owo_colors::Style;
use serde_json::{Value, json};

use super::status::state_words;
use crate::app::App;
use crate::failure::Failure;
use crate::table::{Cell, Table};
use crate::{json, when};

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
    let now = app.now();
    for view in views {
        let detail = of(app, view).await?;
        app.printer.line("");
        app.printer.line(block(view, detail.as_ref(), now));
        if let Some(detail) = detail.filter(|detail| !detail.events.is_empty()) {
            app.printer.line(history(&detail.events, now));
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
            let renewal = detail
                .lease
                .as_ref()
                .and_then(|lease| renewal(lease, doubt, app.now()));
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
    events.iter().find(|one| one.kind == "doubt").map(|one| one.at)
}

/// A renewal that is not over, or one that has to wait, in words.
pub(crate) fn renewal(lease: &Lease, doubt: Option<UnixMs>, now: UnixMs) -> Option<String> {
    let words = match lease.phase {
        Phase::Leased | Phase::Sent if !lease.lapsed => "renewing".to_owned(),
        Phase::Leased => "renewing, by a process that has gone silent; the next use goes on".to_owned(),
        Phase::Sent => {
            "renewing, and no answer is known; nothing is sent until it is clear that none comes".to_owned()
        }
        Phase::Uncertain => {
            let since = doubt.map_or_else(String::new, |at| {
                format!(" since {} ({})", when::rfc3339(at), when::relative(at, now))
            });
            format!("in doubt{since}: a renewal ended without an answer")
        }
        Phase::NeedsLogin => {
            let cause = lease
                .cause
                .map_or("the provider ended this login", |cause| cause.words(Lang::En));
            format!("ended: {cause}")
        }
        Phase::Idle => match (lease.quiet_for, lease.retry_in) {
            (Some(quiet), _) => format!(
                "waits {}, since the database lost its last changes",
                when::span(quiet)
            ),
            (None, Some(pause)) => format!("the next try is in {}", when::span(pause)),
            (None, None) => return None,
        },
    };
    Some(words)
}

fn block(view: &View, detail: Option<&Detail>, now: UnixMs) -> Table {
    let row = &view.credential;
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add("login", format!("{}:{}", row.provider, row.label));
    add("id", row.id.to_string());
    add("state", state_words(view, now));
    for rest in row.rests.iter().filter(|rest| rest.until > now) {
        add("rests", rest_words(rest, now));
    }
    if let Some(words) = detail.and_then(|detail| {
        let lease = detail.lease.as_ref()?;
        renewal(lease, doubt(&detail.events), now)
    }) {
        add("renewal", words);
    }
    let account = row.account.display.clone();
    add("account", account.unwrap_or_else(|| row.identity.subject.clone()));
    if let Some(organisation) = &row.identity.organisation {
        add("organisation", organisation.clone());
    }
    if let Some(plan) = &row.account.plan {
        add("plan", plan.clone());
    }
    add("issuer", row.identity.issuer.clone());
    add("method", row.method.clone());
    add("source", source_words(&row.source));
    if let Some(detail) = detail {
        add("strategy", strategy_words(detail.strategy, row.weight));
    }
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

fn rest_words(rest: &Rest, now: UnixMs) -> String {
    let what = match &rest.scope {
        Scope::Account => "the account".to_owned(),
        Scope::Model(model) => format!("`{model}` models"),
        Scope::Organisation(name) => format!("the organisation {name}"),
    };
    let ends = when::relative(rest.until, now);
    format!("{what}: {}, ends {ends}", rest.cause.words(Lang::En))
}

fn strategy_words(strategy: Strategy, weight: u32) -> String {
    match (strategy, weight) {
        (Strategy::Weighted, weight) => format!("{}, weight {weight}", strategy.as_str()),
        (_, 1) => strategy.as_str().to_owned(),
        (_, weight) => format!("{}; the weight {weight} does not count", strategy.as_str()),
    }
}

fn source_words(source: &Source) -> String {
    match source {
        Source::Login => "login".to_owned(),
        Source::Key => "key".to_owned(),
        Source::Env(name) => format!("key from the variable {name}"),
        Source::Config(name) => format!("endpoint `{name}` of the config file"),
    }
}

/// Events, newest first: when, what, at which generation of the token, in words.
pub(super) fn history(events: &[Event], now: UnixMs) -> Table {
    let mut table = Table::with_head(["WHEN", "EVENT", "GEN", "WHAT"]);
    for event in events {
        let generation = event.generation.map_or("-".to_owned(), |one| one.to_string());
        table.row([
            when::relative(event.at, now).into(),
            event.kind.as_str().into(),
            generation.into(),
            event.detail.as_str().into(),
        ]);
    }
    table
}
