//! `hermes doctor`: one line for each thing that can be wrong. Calls no provider and changes nothing.

mod listener;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use hermes_core::{ExitKind, UnixMs, chain};
use hermes_pool::{CLOCK_SETTING, State};
use hermes_store::Store;
use owo_colors::{OwoColorize as _, Style};
use serde::Serialize;
use serde_json::json;

use super::{overview, protection_words, reach};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;

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

#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) about: &'static str,
    pub(super) grade: Grade,
    pub(super) text: String,
    pub(super) hint: Option<String>,
}

pub(super) async fn run(app: &App<'_>) -> Outcome {
    let findings = examine(app).await;
    if app.printer.is_json() {
        app.printer.json(&json!({ "findings": findings }));
    } else {
        for finding in &findings {
            show(app, finding);
        }
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

fn show(app: &App<'_>, finding: &Finding) {
    let (mark, style) = match finding.grade {
        Grade::Good => ("ok  ", Style::new().green()),
        Grade::Note => ("note", Style::new().cyan()),
        Grade::Bad => ("bad ", Style::new().red()),
    };
    app.printer.line(format_args!(
        "{} {:<9}{}",
        mark.style(style),
        finding.about,
        term_line(&finding.text)
    ));
    if let Some(hint) = &finding.hint {
        app.printer
            .line(format_args!("              {}", term_line(hint)));
    }
}

fn good(about: &'static str, text: impl Into<String>) -> Finding {
    Finding {
        about,
        grade: Grade::Good,
        text: text.into(),
        hint: None,
    }
}

fn note(about: &'static str, text: impl Into<String>) -> Finding {
    Finding {
        about,
        grade: Grade::Note,
        text: text.into(),
        hint: None,
    }
}

fn bad(about: &'static str, failure: Failure) -> Finding {
    Finding {
        about,
        grade: Grade::Bad,
        text: failure.message,
        hint: failure.hint,
    }
}

async fn settings(app: &App<'_>) -> Finding {
    let file = app.config.file();
    if let Err(failure) = app.catalog().await {
        return bad("settings", failure);
    }
    if file.exists() {
        good("settings", format!("`{}` is in order", file.display()))
    } else {
        good("settings", format!("defaults; there is no `{}`", file.display()))
    }
}

fn clock(now: UnixMs) -> Finding {
    if now.as_millis() < EARLIEST_SANE {
        let wrong = Failure::new(
            ExitKind::Failure,
            "clock",
            "the clock of this machine is years behind",
        );
        return bad(
            "clock",
            wrong.hint("Set it; the end of every token is reckoned by it."),
        );
    }
    good("clock", crate::when::rfc3339(now))
}

/// Opens the store and every secret in it.
async fn store(app: &App<'_>, findings: &mut Vec<Finding>) -> bool {
    let store = match app.existing_store().await {
        Ok(Some(store)) => store,
        Ok(None) => {
            findings.push(note("store", format!("none yet in `{}`", app.store_place())));
            return false;
        }
        Err(failure) => {
            findings.push(bad("store", failure));
            return false;
        }
    };
    let info = store.info();
    let kind = if info.lab { ", a lab store" } else { "" };
    match store.check().await {
        Ok(damage) if damage.is_empty() => {
            findings.push(good(
                "store",
                format!("`{}`, schema {}{kind}", info.place, info.schema),
            ));
        }
        Ok(damage) => {
            let mut damage: Vec<_> = damage.iter().map(ToString::to_string).collect();
            let left = damage.len().saturating_sub(MOST_DAMAGE);
            damage.truncate(MOST_DAMAGE);
            if left > 0 {
                damage.push(format!("and {left} more"));
            }
            let torn = Failure::new(ExitKind::Store, "store_damaged", damage.join("; "));
            findings.push(bad(
                "store",
                torn.hint("Sign in to these accounts again, or `hermes restore` a backup."),
            ));
        }
        Err(error) => findings.push(bad("store", error.into())),
    }
    if let Some(suspicion) = super::store::suspicion(store.as_ref()) {
        let stale = Failure::new(ExitKind::Store, "store_suspect", suspicion.words());
        findings.push(bad("standing", stale.hint(suspicion.next)));
    }
    findings.push(good("key", protection_words(&info.protection)));
    findings.extend(issuers_clock(store.as_ref()).await);
    true
}

/// How far this machine's clock was off when a token was last renewed.
async fn issuers_clock(store: &dyn Store) -> Option<Finding> {
    let ahead: i64 = store.setting(CLOCK_SETTING).await.ok()??.parse().ok()?;
    let (apart, way) = (
        Duration::from_millis(ahead.unsigned_abs()),
        if ahead > 0 { "behind" } else { "ahead of" },
    );
    let text = format!(
        "this machine's clock was {} {way} a provider's at the last renewal",
        crate::when::span(apart)
    );
    Some(Finding {
        hint: Some("Set it; the end of every token is reckoned by it.".to_owned()),
        ..note("clock", text)
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
        return vec![good("files", "only you can read them")];
    }
    let loose = Failure::new(
        ExitKind::Store,
        "files",
        format!("others can enter {}", open.join(" and ")),
    );
    vec![bad("files", loose.hint("Run `chmod 700` on it."))]
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
            findings.push(bad("logins", failure));
            return;
        }
    };
    if views.is_empty() {
        findings.push(note("logins", "none yet"));
    }
    for view in &views {
        let row = &view.credential;
        let text = format!(
            "{}:{} is {}: {}",
            row.provider,
            row.label,
            view.state.as_str(),
            view.words
        );
        if view.state.usable() {
            findings.push(good(
                "login",
                format!("{}:{} is {}", row.provider, row.label, view.state.as_str()),
            ));
        } else {
            let hint = format!("See `hermes auth status {} -v`.", row.provider);
            findings.push(Finding {
                about: "login",
                grade: Grade::Note,
                text,
                hint: Some(hint),
            });
        }
        for ignored in &view.ignored {
            findings.push(note(
                "setting",
                format!("{} is ignored: {}", ignored.setting, ignored.why),
            ));
        }
    }
    if !views.is_empty() && !State::best(views.iter().map(|view| view.state)).usable() {
        findings.push(note("logins", "none can serve a request now"));
    }
}

/// Listeners that other machines can reach: the one of the settings, and whatever listens on its port now.
async fn exposure(app: &App<'_>) -> Vec<Finding> {
    let Ok(address) = reach::address(app.config.listen()) else {
        return Vec::new();
    };
    let judged = reach::judged(app, address).await;
    let configured = judged.map(|judged| match judged {
        Ok(text) => note("listener", text),
        Err(failure) => bad("listener", failure),
    });
    let open = listener::open_to_others(address.port());
    let found = open.into_iter().map(|ip| {
        let at = SocketAddr::new(ip, address.port());
        note(
            "listener",
            format!("something listens on {at} now, which other machines can reach"),
        )
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
        let foreign = Failure::new(
            ExitKind::Failure,
            "listener_of_another_user",
            format!(
                "a program of user {user}, not of yours, listens on {address}: a client that goes there shows it its key"
            ),
        );
        return bad(
            "gateway",
            foreign
                .hint("Set another `listen` under `[gateway]`, and make new client keys if some were shown."),
        );
    }
    if overview::listens(address).await {
        return note("gateway", format!("something listens on {address}"));
    }
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => good("gateway", format!("{address} is free for `hermes up`")),
        Err(error) => {
            let taken = Failure::new(
                ExitKind::Failure,
                "listen",
                format!("{address} cannot be used: {}", chain(&error)),
            );
            bad("gateway", taken.hint("Set another `listen` under `[gateway]`."))
        }
    }
}
