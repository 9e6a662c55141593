//! Bare `hermes`: one screen with logins, gateway and the next step.

use std::net::SocketAddr;
use std::time::Duration;

use owo_colors::OwoColorize as _;
use serde_json::json;
use tokio::net::TcpStream;

use super::{status, store};
use crate::app::{App, VERSION};
use crate::failure::Outcome;
use crate::json;
use crate::safe::term_line;

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
    if views.is_empty() {
        printer.line("Logins   none yet");
    } else {
        status::show(app, &views);
        printer.line("");
    }
    let state = if running {
        "something listens on"
    } else {
        "not running; it would listen on"
    };
    printer.line(format_args!("Gateway  {state} {}", app.config.listen()));
    printer.line(format_args!("Keys     {keys}"));
    printer.line(format_args!("Home     {}", app.paths.home.display()));
    if let Some(server) = &app.server {
        printer.line(format_args!("Store    {}", term_line(&server.shown())));
    }
    if let Some(suspicion) = &suspicion {
        printer.line(format_args!("Store    {}", term_line(&suspicion.words()).red()));
        printer.line(format_args!("         {}", suspicion.next));
    }
    printer.line("");
    printer.line(format_args!("Next     {}", next.bold()));
    if views.is_empty() {
        printer.line("         hermes providers list   what you can sign in to");
        printer.line("         hermes drill login      watch a login without an account");
    }
    Ok(0)
}

/// Whether something listens there.
pub(super) async fn listens(address: &str) -> bool {
    let Ok(address) = address.parse::<SocketAddr>() else {
        return false;
    };
    let connected = tokio::time::timeout(CONNECT_LIMIT, TcpStream::connect(address)).await;
    connected.is_ok_and(|stream| stream.is_ok())
}
