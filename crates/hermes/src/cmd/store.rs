//! `hermes store`: what the store is, how it stands, and a person's word on it.

use std::sync::Arc;

use hermes_core::ExitKind;
use hermes_store::{Store, StoreError, Suspicion as Why};
use hermes_text::Lang;
use owo_colors::Style;
use serde::Serialize;
use serde_json::json;

use super::protection_words;
use crate::app::App;
use crate::args::StoreCommand;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::table::{Cell, Table};

/// Whether a store may renew tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// It is the one in use.
    Good,
    /// It stands in another place than the one that was noted in it.
    Copy,
    /// This machine has seen renewals that are missing in it.
    Older,
    /// Its logins are in another store now.
    Moved,
}

/// Why a store renews nothing, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Suspicion {
    pub(crate) standing: Standing,
    pub(crate) problem: String,
    pub(crate) next: &'static str,
}

impl Suspicion {
    fn of(why: &Why) -> Self {
        let standing = match why {
            Why::Moved { .. } => Standing::Moved,
            Why::Copy { .. } => Standing::Copy,
            Why::Older { .. } => Standing::Older,
        };
        Self {
            standing,
            problem: why.to_string(),
            next: why.next_step(Lang::En),
        }
    }

    /// One sentence.
    pub(crate) fn words(&self) -> String {
        format!("this store renews no token: {}", self.problem)
    }
}

/// `1 login`, `2 logins`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Why this store renews nothing; none for one in good standing.
pub(crate) fn suspicion(store: &dyn Store) -> Option<Suspicion> {
    store.suspect().as_ref().map(Suspicion::of)
}

pub(super) async fn run(app: &App<'_>, command: &StoreCommand) -> Outcome {
    match command {
        StoreCommand::Info => info(app).await,
        StoreCommand::Adopt { yes } => adopt(app, *yes).await,
        StoreCommand::Check => check(app).await,
    }
}

/// The store, or the words for a home without one.
pub(super) async fn existing<'a>(app: &'a App<'_>) -> Result<&'a Arc<dyn Store>, Failure> {
    app.existing_store().await?.ok_or_else(|| {
        let text = format!("there is no store in `{}` yet", app.store_place());
        Failure::new(ExitKind::Failure, "not_found", text)
            .hint("It is made by the first `hermes auth add` or `hermes up`.")
    })
}

async fn info(app: &App<'_>) -> Outcome {
    let Some(store) = app.existing_store().await? else {
        if app.printer.is_json() {
            app.printer
                .json(&json!({ "exists": false, "place": app.store_place() }));
        } else {
            app.printer
                .line(format_args!("No store yet in {}", term_line(&app.store_place())));
        }
        return Ok(0);
    };
    let store = store.as_ref();
    let (about, suspicion) = (store.info(), suspicion(store));
    let standing = suspicion.as_ref().map_or(Standing::Good, |one| one.standing);
    let kind = if about.shared { "server" } else { "file" };
    let machine = hermes_store::machine_name(&app.paths.home);
    let counts = counts(store).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({
            "exists": true, "place": about.place, "kind": kind, "id": about.id, "lab": about.lab, "schema": about.schema,
            "protection": about.protection, "standing": standing, "problem": suspicion.map(|one| one.problem),
            "machine": machine, "logins": counts.logins, "client_keys": counts.keys, "strategies": counts.strategies,
            "logins_started": counts.attempts,
        }));
        return Ok(0);
    }
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add("place", about.place.clone());
    add("kind", kind_words(about.shared, about.lab).to_owned());
    add("id", about.id.clone());
    add("schema", about.schema.to_string());
    add("protection", protection_words(&about.protection));
    add("standing", standing_words(suspicion.as_ref()));
    add(
        "machine",
        machine.unwrap_or_else(|| "no name yet: nothing was renewed here".to_owned()),
    );
    add("logins", counts.logins.to_string());
    add("client keys", counts.keys.to_string());
    app.printer.line(table);
    if let Some(suspicion) = suspicion {
        app.printer.say(suspicion.next);
    }
    Ok(0)
}

struct Counts {
    logins: usize,
    keys: usize,
    strategies: usize,
    attempts: usize,
}

async fn counts(store: &dyn Store) -> Result<Counts, StoreError> {
    let keys = store.keys().await?;
    Ok(Counts {
        logins: store.credentials().await?.len(),
        keys: keys.iter().filter(|key| key.revoked.is_none()).count(),
        strategies: store.pools().await?.len(),
        attempts: store.attempts().await?.len(),
    })
}

fn kind_words(shared: bool, lab: bool) -> &'static str {
    match (shared, lab) {
        (false, false) => "a file of this machine",
        (false, true) => "a file of this machine, for labs only",
        (true, false) => "a database that several machines may share",
        (true, true) => "a database that several machines may share, for labs only",
    }
}

fn standing_words(suspicion: Option<&Suspicion>) -> String {
    suspicion.map_or_else(
        || "good: tokens are renewed".to_owned(),
        |one| format!("renews no token: {}", one.problem),
    )
}

async fn adopt(app: &App<'_>, yes: bool) -> Outcome {
    let store = existing(app).await?;
    let place = term_line(&store.info().place);
    let Some(suspicion) = suspicion(store.as_ref()) else {
        tell_adopted(app, &place, false);
        app.printer
            .done(format_args!("`{place}` is in good standing; nothing was changed"));
        return Ok(0);
    };
    if !yes {
        agree(app, &suspicion)?;
    }
    store.adopt(app.now()).await?;
    tell_adopted(app, &place, true);
    app.printer
        .done(format_args!("`{place}` is the store in use from now on"));
    Ok(0)
}

fn tell_adopted(app: &App<'_>, place: &str, changed: bool) {
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "place": place, "standing": Standing::Good, "changed": changed }));
    }
}

/// Two stores that renew the same logins end them, so a person has to say which one it is.
fn agree(app: &App<'_>, suspicion: &Suspicion) -> Result<(), Failure> {
    if app.printer.is_json() || !app.prompter.can_ask() {
        let text = format!("{}, and nobody is here to say otherwise", suspicion.words());
        return Err(Failure::new(ExitKind::Cancelled, "consent_missing", text)
            .hint("If no other store renews these logins any more, run it again with `--yes`."));
    }
    app.printer.warn(term_line(&suspicion.words()));
    let question =
        "If another store renews the same logins, the providers end them. Type `yes` if this is the only one";
    if app.prompter.ask(question)?.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::cancelled("not agreed, nothing was changed"))
    }
}

async fn check(app: &App<'_>) -> Outcome {
    let store = existing(app).await?;
    let damage = store.check().await?;
    let logins = store.credentials().await?.len();
    if app.printer.is_json() {
        app.printer.json(&json!({
            "place": store.info().place, "whole": damage.is_empty(), "logins": logins, "damage": damage.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }));
    }
    if damage.is_empty() {
        app.printer.done(format_args!(
            "Every secret of {} opens, and no row is damaged",
            counted(logins, "login")
        ));
        return Ok(0);
    }
    if !app.printer.is_json() {
        for one in &damage {
            app.printer.line(term_line(one.get(Lang::En)));
        }
    }
    app.printer
        .say("Sign in to these accounts again, or `hermes restore` a backup; the other logins still work.");
    Ok(ExitKind::Store.code())
}
