//! `hermes store`: what the store is, how it stands, and a person's word on it.

use std::sync::Arc;

use hermes_core::ExitKind;
use hermes_store::{Store, StoreError, Suspicion as Why};
use hermes_text::cli::store as words;
use hermes_text::{Both, Lang};
use owo_colors::Style;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::protection_words;
use crate::app::App;
use crate::args::StoreCommand;
use crate::failure::{Failure, Outcome};
use crate::prompt::is_yes;
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

/// Why a store renews nothing, and what to do. Scripts get it in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Suspicion {
    pub(crate) standing: Standing,
    #[serde(serialize_with = "in_english")]
    pub(crate) problem: Both,
    #[serde(serialize_with = "in_english")]
    pub(crate) next: Both,
}

fn in_english<S: Serializer>(text: &Both, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.get(Lang::En))
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
            problem: Both::of(|lang| why.message(lang)),
            next: Both::of(|lang| why.next_step(lang)),
        }
    }

    /// One sentence.
    pub(crate) fn words(&self, lang: Lang) -> String {
        words::suspect(lang, self.problem.get(lang))
    }
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
        let place = app.store_place();
        let missing = Failure::new(ExitKind::Failure, "not_found", |lang| words::none(lang, &place));
        missing.hint(words::none_next)
    })
}

async fn info(app: &App<'_>) -> Outcome {
    let Some(store) = app.existing_store().await? else {
        if app.printer.is_json() {
            app.printer
                .json(&json!({ "exists": false, "place": app.store_place() }));
        } else {
            let place = term_line(&app.store_place());
            app.printer.line(words::no_store_in(app.lang(), &place));
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
            "protection": about.protection, "standing": standing, "problem": suspicion.map(|one| one.problem.get(Lang::En).to_owned()),
            "machine": machine, "logins": counts.logins, "client_keys": counts.keys, "strategies": counts.strategies,
            "logins_started": counts.attempts,
        }));
        return Ok(0);
    }
    let lang = app.lang();
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add(words::place(lang), about.place.clone());
    add(
        words::kind(lang),
        kind_words(lang, about.shared, about.lab).to_owned(),
    );
    add(words::id(lang), about.id.clone());
    add(words::schema(lang), about.schema.to_string());
    add(words::protection(lang), protection_words(lang, &about.protection));
    add(words::standing(lang), standing_words(lang, suspicion.as_ref()));
    add(
        words::machine(lang),
        machine.unwrap_or_else(|| words::nameless(lang).to_owned()),
    );
    add(words::logins(lang), counts.logins.to_string());
    add(words::keys(lang), counts.keys.to_string());
    app.printer.line(table);
    if let Some(suspicion) = suspicion {
        app.printer.say(suspicion.next.get(lang));
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

fn kind_words(lang: Lang, shared: bool, lab: bool) -> &'static str {
    match (shared, lab) {
        (false, false) => words::file(lang),
        (false, true) => words::lab_file(lang),
        (true, false) => words::server(lang),
        (true, true) => words::lab_server(lang),
    }
}

fn standing_words(lang: Lang, suspicion: Option<&Suspicion>) -> String {
    match suspicion {
        Some(suspicion) => words::renews_none(lang, suspicion.problem.get(lang)),
        None => words::good(lang).to_owned(),
    }
}

async fn adopt(app: &App<'_>, yes: bool) -> Outcome {
    let store = existing(app).await?;
    let place = term_line(&store.info().place);
    let Some(suspicion) = suspicion(store.as_ref()) else {
        tell_adopted(app, &place, false);
        app.printer.done(words::good_already(app.lang(), &place));
        return Ok(0);
    };
    if !yes {
        agree(app, &suspicion)?;
    }
    store.adopt(app.now()).await?;
    tell_adopted(app, &place, true);
    app.printer.done(words::adopted(app.lang(), &place));
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
        let text = |lang| words::nobody_agrees(lang, suspicion.problem.get(lang));
        let missing = Failure::new(ExitKind::Cancelled, "consent_missing", text);
        return Err(missing.hint(words::nobody_agrees_next));
    }
    let lang = app.lang();
    app.printer.warn(term_line(&suspicion.words(lang)));
    if is_yes(lang, &app.prompter.ask(words::agree(lang))?) {
        Ok(())
    } else {
        Err(Failure::cancelled(words::not_agreed))
    }
}

async fn check(app: &App<'_>) -> Outcome {
    let store = existing(app).await?;
    let damage = store.check().await?;
    let logins = store.credentials().await?.len();
    if app.printer.is_json() {
        let told: Vec<&str> = damage.iter().map(|one| one.get(Lang::En)).collect();
        app.printer.json(&json!({
            "place": store.info().place, "whole": damage.is_empty(), "logins": logins, "damage": told,
        }));
    }
    if damage.is_empty() {
        app.printer.done(words::whole(app.lang(), logins));
        return Ok(0);
    }
    if !app.printer.is_json() {
        for one in &damage {
            app.printer.line(term_line(one.get(app.lang())));
        }
    }
    app.printer.say(words::damaged_next(app.lang()));
    Ok(ExitKind::Store.code())
}
