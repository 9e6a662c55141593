//! Bare `hermes`: one screen with logins, gateway and the next step.

use std::net::SocketAddr;
use std::time::Duration;

use hermes_pool::View;
use hermes_text::Lang;
use hermes_text::cli::catalog as words;
use owo_colors::{OwoColorize as _, Style};
use serde_json::json;
use tokio::net::TcpStream;

use super::status;
use super::store::{self, Suspicion};
use crate::app::{App, VERSION};
use crate::failure::Outcome;
use crate::json;
use crate::table::{Cell, Table};

/// A port on this machine answers at once or not at all.
const CONNECT_LIMIT: Duration = Duration::from_millis(200);

pub(super) async fn run(app: &App<'_>) -> Outcome {
    let views = app.views().await?;
    let (keys, suspicion) = match app.existing_store().await? {
        Some(store) => {
            let keys = store.keys().await?;
            let keys = keys.iter().filter(|key| key.revoked.is_none()).count();
            (keys, store::suspicion(store.as_ref()))
        }
        None => (0, None),
    };
    let running = listens(app.config.listen()).await;
    let usable = views.iter().any(|view| view.state.usable());
    let next = match (views.is_empty(), usable, running) {
        _ if suspicion.is_some() => "hermes store info",
        (true, ..) => "hermes auth add PROVIDER",
        (false, false, _) => "hermes auth status",
        (false, true, false) => "hermes up",
        (false, true, true) => "hermes chat \"hello\"",
    };
    if app.printer.is_json() {
        app.printer.json(&json!({
            "version": VERSION, "home": app.paths.home, "credentials": json::logins(&views), "client_keys": keys,
            "gateway": { "address": app.config.listen(), "running": running }, "store": suspicion,
            "next": next,
        }));
        return Ok(0);
    }
    let printer = app.printer;
    printer.line(format_args!("{} {VERSION}", "Hermes".bold()));
    printer.line("");
    if !views.is_empty() {
        status::show(app, &views);
        printer.line("");
    }
    let mut table = facts(app, &views, running, keys, suspicion.as_ref());
    table.row(["".into()]);
    steps(app.lang(), &mut table, next, views.is_empty());
    printer.line(table);
    Ok(0)
}

/// What there is, beside the logins.
fn facts(app: &App<'_>, views: &[View], running: bool, keys: usize, suspicion: Option<&Suspicion>) -> Table {
    let (lang, listen) = (app.lang(), app.config.listen());
    let mut table = Table::default();
    let mut add = |name: &str, value: Cell| table.row([name.into(), value]);
    if views.is_empty() {
        add(words::logins(lang), words::none_yet(lang).into());
    }
    let gateway = if running {
        words::listens(lang, listen)
    } else {
        words::would_listen(lang, listen)
    };
    add(words::gateway(lang), gateway.into());
    add(words::keys(lang), keys.to_string().into());
    add(words::home(lang), app.paths.home.display().to_string().into());
    if let Some(server) = &app.server {
        add(words::store(lang), server.shown().into());
    }
    if let Some(suspicion) = suspicion {
        let red = Style::new().red();
        add(words::store(lang), Cell::styled(suspicion.words(lang), red));
        add("", suspicion.next.get(lang).into());
    }
    table
}

/// What to do next, and for newcomers what else there is.
fn steps(lang: Lang, table: &mut Table, next: &str, is_new: bool) {
    let bold = Cell::styled(next, Style::new().bold());
    table.row([words::next(lang).into(), bold]);
    if is_new {
        for (command, what) in [
            ("hermes providers list", words::what_providers(lang)),
            ("hermes drill login", words::what_drill(lang)),
        ] {
            table.row(["".into(), format!("{command:<21}   {what}").into()]);
        }
    }
}

/// Whether something listens there.
pub(super) async fn listens(address: &str) -> bool {
    let Ok(address) = address.parse::<SocketAddr>() else {
        return false;
    };
    let connected = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address)).await;
    connected.is_ok_and(|stream| stream.is_ok())
}
