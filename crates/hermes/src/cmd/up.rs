//! `hermes up`: gateway and dashboard in the foreground.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hermes_core::{ExitKind, Protocol};
use hermes_dashboard::Dashboard;
use hermes_pool::{Feed, KeyLimits};
use hermes_store::StoreInfo;
use hermes_text::cli::{login, serve as words};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use super::chat::CHAT_KEY;
use super::dashboard::facts::Questions;
use super::reach::Reach;
use super::server::{self, Server};
use super::signals::{Signal, Signals};
use super::store::Suspicion;
use super::{dashboard, key, protection_words, status, store};
use crate::app::App;
use crate::args::Up;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;

/// Connections that may wait to be taken.
const BACKLOG: u32 = 4096;

pub(super) async fn run(app: &App<'_>, args: &Up) -> Outcome {
    log_to_stderr(app);
    let reach = Reach::of(app, args).await?;
    let listener = listen_on(reach.address).map_err(|error| not_bound(reach.address, &error))?;
    let signals = Signals::new().map_err(|error| Failure::io(login::no_signals, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::io(words::no_address, &error))?;
    let keys = Arc::new(key::keys(app).await?);
    let (asker, questions) = dashboard::facts::channel();
    let feed = Feed::default();
    let dashboard = dashboard::build(app, &keys, feed.clone(), asker, reach.far_hosts.clone()).await?;
    let fallback = dashboard::fallback(dashboard.clone());
    let server = server::build(app, keys, feed, reach.edge.clone(), Some(fallback)).await?;
    greet(app, &server, &reach, address).await?;
    let signal = serve(app, &server, &dashboard, &reach, questions, listener, signals).await?;
    app.printer.say(words::stopped(app.lang()));
    server.close().await;
    Ok(match signal {
        Signal::Interrupt => ExitKind::Interrupted.code(),
        Signal::Terminate => 0,
    })
}

/// Listens with room for a burst of connections; the usual 128 lets the kernel reset some of 500 at once.
fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Without it a restart has to wait for the connections of the last run to be forgotten.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until a signal comes, then lets open streams end; a second signal ends them.
async fn serve(
    app: &App<'_>,
    server: &Server,
    dashboard: &Dashboard,
    reach: &Reach,
    mut questions: Questions,
    listener: TcpListener,
    mut signals: Signals,
) -> Result<Signal, Failure> {
    let pool = app.pool().await?.clone();
    let address = listener
        .local_addr()
        .map_err(|error| Failure::io(words::no_address, &error))?;
    let (stop, stopped) = oneshot::channel();
    let gateway = Arc::clone(&server.gateway).serve(listener, async {
        // The sender is dropped only with this function.
        let _ = stopped.await;
    });
    let background = async {
        pool.warm().await;
        let renewals = async {
            if let Some(tls) = &reach.edge.tls {
                tls.follow(&*app.clock).await;
            }
        };
        tokio::join!(
            pool.follow(),
            server.keys.follow(&*app.clock),
            questions.answer(app, address),
            renewals
        );
    };
    tokio::pin!(gateway, background);
    let first = tokio::select! {
        ended = &mut gateway => return ended.map(|()| Signal::Terminate).map_err(Failure::from),
        () = &mut background => Signal::Terminate,
        signal = signals.next() => signal,
    };
    app.printer.say(words::stopping(app.lang()));
    dashboard.stop();
    // The gateway is waiting for this.
    let _ = stop.send(());
    tokio::select! {
        ended = gateway => ended?,
        () = background => {}
        _ = signals.next() => app.printer.warn(words::cut(app.lang())),
    }
    Ok(first)
}

/// Where it is, with which key, who protects the store, and what is signed in.
async fn greet(app: &App<'_>, server: &Server, reach: &Reach, address: SocketAddr) -> Result<(), Failure> {
    let key = first_key(app, server).await?;
    let base = reach.base(address)?;
    let url = base.as_str().trim_end_matches('/');
    let link = dashboard::link(app, &base).await?;
    let store = app.store().await?;
    let (info, suspicion) = (store.info().clone(), store::suspicion(store.as_ref()));
    if app.printer.is_json() {
        let key = key.as_ref().map(|key| key.expose().as_str());
        app.printer.json_line(&json!({
            "event": "listening", "url": url, "dashboard": link, "key": key, "protection": info.protection, "place": info.place,
            "suspect": suspicion,
        }));
        return Ok(());
    }
    let (printer, lang) = (app.printer, app.lang());
    printer.line(words::listens_on(lang, url));
    if !reach.far_hosts.is_empty() {
        printer.say(words::reached_at(lang, &address.to_string()));
    }
    match key {
        Some(key) => {
            printer.line(words::client_key(lang, key.expose()));
            printer.say(words::key_once(lang));
        }
        None => printer.say(words::key_known(lang)),
    }
    printer.line(words::dashboard(lang, link.as_str()));
    printer.say(words::link_once(lang));
    for protocol in Protocol::ALL {
        let path = protocol.gateway_path();
        printer.say(format_args!("  {:<25}{url}{path}", protocol.title()));
    }
    tell_store(app, &info, suspicion.as_ref());
    let views = app.views().await?;
    if views.is_empty() {
        printer.say(words::no_logins(lang));
    } else {
        status::talk(app, &views);
    }
    printer.say(words::stop_with(lang));
    Ok(())
}

/// Who protects the store, and what is unusual about it.
fn tell_store(app: &App<'_>, info: &StoreInfo, suspicion: Option<&Suspicion>) {
    let (printer, lang) = (app.printer, app.lang());
    // A store that was just made has said so itself.
    if !info.created {
        let protection = protection_words(lang, &info.protection);
        printer.say(words::store(lang, &protection));
    }
    if info.shared {
        printer.say(words::store_shared(lang, &term_line(&info.place)));
    }
    if let Some(suspicion) = suspicion {
        printer.warn(term_line(&suspicion.words(lang)));
        printer.say(words::served_all_the_same(lang, suspicion.next.get(lang)));
    }
}

/// The client key that the first start makes.
async fn first_key(app: &App<'_>, server: &Server) -> Result<Option<hermes_core::Secret>, Failure> {
    let keys = server.keys.list().await?;
    if keys
        .iter()
        .any(|key| key.revoked.is_none() && key.name != CHAT_KEY)
    {
        return Ok(None);
    }
    Ok(Some(
        server
            .keys
            .create("default", KeyLimits::default(), app.now(), &*app.random)
            .await?
            .secret,
    ))
}

fn not_bound(address: SocketAddr, error: &io::Error) -> Failure {
    let (port, shown) = (address.port(), address.to_string());
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = SocketAddr::new(address.ip(), port.checked_add(1).unwrap_or(7766)).to_string();
            let in_use = |lang| words::in_use(lang, &shown, port);
            Failure::new(ExitKind::Failure, "port_in_use", in_use)
                .hint(|lang| words::in_use_next(lang, &other))
        }
        io::ErrorKind::PermissionDenied => {
            let forbidden = |lang| words::forbidden(lang, port);
            Failure::new(ExitKind::Failure, "port_forbidden", forbidden).hint(words::forbidden_next)
        }
        _ => Failure::io(|lang| words::not_bound(lang, &shown), error),
    }
}

/// Warnings of the crates below go to stderr; `HERMES_LOG` asks for more, as `debug` or `hermes_pool=debug`.
fn log_to_stderr(app: &App<'_>) {
    let filter = app.env.get("HERMES_LOG").unwrap_or("warn");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(app.printer.talks_to_terminal() && app.env.get("NO_COLOR").is_none());
    // A second subscriber is refused, which only a test could try.
    let _ = subscriber.try_init();
}
