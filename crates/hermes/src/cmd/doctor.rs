//! `hermes doctor`: one line for each thing that can be wrong. Calls no provider and changes nothing.

mod listener;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use hermes_core::{ExitKind, UnixMs};
use hermes_pool::{CLOCK_SETTING, State, View};
use hermes_store::Store;
use hermes_text::cli::{doctor as words, machine};
use hermes_text::{Both, Lang, Word, common};
use owo_colors::Style;
use serde::Serialize;
use serde_json::{Value, json};

use super::{overview, protection_words, reach};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::table::{Cell, Table};
use crate::when;

/// Damaged rows that are told one by one; `hermes store check` tells all.
const MOST_DAMAGE: usize = 10;

/// 2025-01-01; a clock before it cannot judge any token.
const EARLIEST_SANE: i64 = 1_735_689_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Grade {
    Good,
    Note,
    Bad,
}

/// What was looked at, and what was found. Scripts get it in English.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) about: Both,
    pub(super) grade: Grade,
    pub(super) text: Both,
    pub(super) hint: Option<Both>,
}

impl Finding {
    fn to_json(&self) -> Value {
        let hint = self.hint.as_ref().map(|hint| hint.get(Lang::En));
        json!({ "about": self.about.get(Lang::En), "grade": self.grade, "text": self.text.get(Lang::En), "hint": hint })
    }
}

pub(super) async fn run(app: &App<'_>) -> Outcome {
    let findings = examine(app).await;
    if app.printer.is_json() {
        let findings: Vec<_> = findings.iter().map(Finding::to_json).collect();
        app.printer.json(&json!({ "findings": findings }));
    } else {
        app.printer.line(table(app.lang(), &findings));
    }
    let bad = findings.iter().any(|finding| finding.grade == Grade::Bad);
    Ok(if bad { ExitKind::Failure.code() } else { 0 })
}

/// Looks at everything that can be wrong.
pub(super) async fn examine(app: &App<'_>) -> Vec<Finding> {
    let mut findings = vec![settings(app).await, clock(app.now())];
    let store = store(app, &mut findings).await;
    findings.extend(files(app));
    if store {
        logins(app, &mut findings).await;
    }
    findings.push(gateway(app).await);
    findings.extend(exposure(app).await);
    findings
}

/// One row for each finding, with what to do below it.
fn table(lang: Lang, findings: &[Finding]) -> Table {
    let mut table = Table::default();
    for finding in findings {
        let (mark, style) = match finding.grade {
            Grade::Good => (words::good(lang), Style::new().green()),
            Grade::Note => (words::note(lang), Style::new().cyan()),
            Grade::Bad => (words::bad(lang), Style::new().red()),
        };
        table.row([
            Cell::styled(mark, style),
            finding.about.get(lang).into(),
            finding.text.get(lang).into(),
        ]);
        if let Some(hint) = &finding.hint {
            table.row(["".into(), "".into(), hint.get(lang).into()]);
        }
    }
    table
}

fn good<S: Into<String>>(about: Word, text: impl Fn(Lang) -> S) -> Finding {
    Finding {
        about: Both::of(about),
        grade: Grade::Good,
        text: Both::of(text),
        hint: None,
    }
}

fn note<S: Into<String>>(about: Word, text: impl Fn(Lang) -> S) -> Finding {
    Finding {
        grade: Grade::Note,
        ..good(about, text)
    }
}

fn bad(about: Word, failure: Failure) -> Finding {
    Finding {
        about: Both::of(about),
        grade: Grade::Bad,
        text: failure.message,
        hint: failure.hint,
    }
}

async fn settings(app: &App<'_>) -> Finding {
    let file = app.config.file();
    if let Err(failure) = app.catalog().await {
        return bad(words::settings, failure);
    }
    let shown = file.display().to_string();
    if file.exists() {
        good(words::settings, |lang| words::in_order(lang, &shown))
    } else {
        good(words::settings, |lang| words::defaults(lang, &shown))
    }
}

fn clock(now: UnixMs) -> Finding {
    if now.as_millis() < EARLIEST_SANE {
        let wrong = Failure::new(ExitKind::Failure, "clock", words::years_behind);
        return bad(words::clock, wrong.hint(words::set_clock));
    }
    good(words::clock, |_| when::rfc3339(now))
}

/// Opens the store and every secret in it.
async fn store(app: &App<'_>, findings: &mut Vec<Finding>) -> bool {
    let store = match app.existing_store().await {
        Ok(Some(store)) => store,
        Ok(None) => {
            let place = app.store_place();
            findings.push(note(words::store, |lang| words::no_store(lang, &place)));
            return false;
        }
        Err(failure) => {
            findings.push(bad(words::store, failure));
            return false;
        }
    };
    let info = store.info();
    match store.check().await {
        Ok(damage) if damage.is_empty() => {
            let said = if info.lab {
                words::lab_store_at
            } else {
                words::store_at
            };
            let schema = info.schema.to_string();
            findings.push(good(words::store, |lang| said(lang, &info.place, &schema)));
        }
        Ok(damage) => {
            let mut damage: Vec<_> = damage.iter().map(ToString::to_string).collect();
            let left = damage.len().saturating_sub(MOST_DAMAGE);
            damage.truncate(MOST_DAMAGE);
            let torn = Failure::new(ExitKind::Store, "store_damaged", |lang| {
                let more = (left > 0).then(|| common::and_more(lang, left));
                let all: Vec<_> = damage.iter().cloned().chain(more).collect();
                all.join(words::then(lang))
            });
            findings.push(bad(words::store, torn.hint(words::damaged_next)));
        }
        Err(error) => findings.push(bad(words::store, error.into())),
    }
    if let Some(suspicion) = super::store::suspicion(store.as_ref()) {
        let stale = Failure::new(ExitKind::Store, "store_suspect", |lang| suspicion.words(lang));
        findings.push(bad(words::standing, stale.hint(|lang| suspicion.next.get(lang))));
    }
    findings.push(good(words::key, |lang| protection_words(lang, &info.protection)));
    findings.extend(issuers_clock(store.as_ref()).await);
    true
}

/// How far this machine's clock was off when a token was last renewed.
async fn issuers_clock(store: &dyn Store) -> Option<Finding> {
    let ahead: i64 = store.setting(CLOCK_SETTING).await.ok()??.parse().ok()?;
    let apart = Duration::from_millis(ahead.unsigned_abs());
    // The issuer is ahead where this machine is behind.
    let said = if ahead > 0 { words::behind } else { words::ahead };
    Some(Finding {
        hint: Some(Both::of(words::set_clock)),
        ..note(words::clock, |lang| said(lang, &when::span(lang, apart)))
    })
}

/// Files and folders that others could read.
fn files(app: &App<'_>) -> Vec<Finding> {
    let open: Vec<_> = [app.paths.home.as_path(), app.paths.config_folder.as_path()]
        .into_iter()
        .filter(|folder| is_open_to_others(folder))
        .map(|folder| format!("`{}`", folder.display()))
        .collect();
    if open.is_empty() {
        return vec![good(words::files, words::closed)];
    }
    let loose = Failure::new(ExitKind::Store, "files", |lang| {
        words::open(lang, &open.join(words::and(lang)))
    });
    vec![bad(words::files, loose.hint(words::open_next))]
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs_err::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

async fn logins(app: &App<'_>, findings: &mut Vec<Finding>) {
    let views = match app.views().await {
        Ok(views) => views,
        Err(failure) => {
            findings.push(bad(words::logins, failure));
            return;
        }
    };
    if views.is_empty() {
        findings.push(note(words::logins, words::none_yet));
    }
    for view in &views {
        findings.push(login(view, app.now()));
        for ignored in &view.ignored {
            let told = |lang| words::ignored(lang, ignored.setting.get(lang), ignored.why.get(lang));
            findings.push(note(words::setting, told));
        }
    }
    if !views.is_empty() && !State::best(views.iter().map(|view| view.state)).usable() {
        findings.push(note(words::logins, words::none_usable));
    }
}

/// How one login stands.
fn login(view: &View, now: UnixMs) -> Finding {
    let row = &view.credential;
    let name = format!("{}:{}", row.provider, row.label);
    let text = |lang| words::stands(lang, &name, &crate::words::state(lang, view, now));
    if view.state.usable() {
        return good(words::login, text);
    }
    let provider = row.provider.as_str();
    Finding {
        hint: Some(Both::of(|lang| words::see_status(lang, provider))),
        ..note(words::login, text)
    }
}

/// Listeners that other machines can reach: the one of the settings, and whatever listens on its port now.
async fn exposure(app: &App<'_>) -> Vec<Finding> {
    let Ok(address) = reach::address(app.config.listen()) else {
        return Vec::new();
    };
    let judged = reach::judged(app, address).await;
    let configured = judged.map(|judged| match judged {
        Ok(text) => note(words::listener, |lang| text.get(lang)),
        Err(failure) => bad(words::listener, failure),
    });
    let open = listener::open_to_others(address.port());
    let found = open.into_iter().map(|ip| {
        let at = SocketAddr::new(ip, address.port()).to_string();
        note(words::listener, |lang| words::reachable(lang, &at))
    });
    configured.into_iter().chain(found).collect()
}

async fn gateway(app: &App<'_>) -> Finding {
    let address = app.config.listen();
    if let Some(user) = address
        .parse()
        .ok()
        .and_then(|address| listener::strangers(address).pop())
    {
        let foreign = Failure::new(ExitKind::Failure, "listener_of_another_user", |lang| {
            words::stranger(lang, user, address)
        });
        return bad(words::gateway, foreign.hint(words::stranger_next));
    }
    if overview::listens(address).await {
        return note(words::gateway, |lang| words::listens(lang, address));
    }
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => good(words::gateway, |lang| words::free(lang, address)),
        Err(error) => {
            let taken = Failure::new(ExitKind::Failure, "listen", |lang| {
                words::unusable(lang, address, &machine::reason(lang, &error))
            });
            bad(words::gateway, taken.hint(words::unusable_next))
        }
    }
}
