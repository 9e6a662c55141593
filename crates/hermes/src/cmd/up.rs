//! `hermes up`: gateway and dashboard in the foreground.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hermes_core::{ExitKind, Protocol};
use hermes_dashboard::Dashboard;
use hermes_pool::{Feed, KeyLimits};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use super::chat::CHAT_KEY;
use super::dashboard::facts::Questions;
use super::reach::Reach;
use super::server::{self, Server};
use super::signals::{Signal, Signals};
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
    let signals = Signals::new().map_err(|error| Failure::io(|_| "signals cannot be caught", &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::io(|_| "the listener has no address", &error))?;
    let keys = Arc::new(key::keys(app).await?);
    let (asker, questions) = dashboard::facts::channel();
    let feed = Feed::default();
    let dashboard = dashboard::build(app, &keys, feed.clone(), asker, reach.far_hosts.clone()).await?;
    let fallback = dashboard::fallback(dashboard.clone());
    let server = server::build(app, keys, feed, reach.edge.clone(), Some(fallback)).await?;
    greet(app, &server, &reach, address).await?;
    let signal = serve(app, &server, &dashboard, &reach, questions, listener, signals).await?;
    app.printer
        .say("Stopped; every stream has ended and nothing is lost.");
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
        .map_err(|error| Failure::io(|_| "the listener has no address", &error))?;
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
    app.printer
        .say("Stopping: open streams may end, nothing new is taken. Once more to stop at once.");
    dashboard.stop();
    // The gateway is waiting for this.
    let _ = stop.send(());
    tokio::select! {
        ended = gateway => ended?,
        () = background => {}
        _ = signals.next() => app.printer.warn("stopped at once; open streams were cut"),
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
    app.printer.line(format_args!("Hermes listens on {url}"));
    if !reach.far_hosts.is_empty() {
        app.printer
            .say(format_args!("  Other machines reach it, at {address}."));
    }
    match key {
        Some(key) => {
            app.printer.line(format_args!("Client key: {}", key.expose()));
            app.printer
                .say("  This is the only time it is shown; make others with `hermes key create NAME`.");
        }
        None => app
            .printer
            .say("Clients use the key you have; `hermes key create NAME` makes another."),
    }
    app.printer.line(format_args!("Dashboard:  {link}"));
    app.printer
        .say("  The link works once, within a minute; `hermes dashboard` opens it again at any time.");
    for protocol in Protocol::ALL {
        let path = protocol.gateway_path();
        app.printer
            .say(format_args!("  {:<25}{url}{path}", protocol.title()));
    }
    // A store that was just made has said so itself.
    if !info.created {
        app.printer.say(format_args!(
            "Store: {}",
            protection_words(app.lang(), &info.protection)
        ));
    }
    if info.shared {
        app.printer.say(format_args!(
            "Store: {}. If it goes away, tokens that are still good are served, and none is renewed until it is back.",
            term_line(&info.place)
        ));
    }
    if let Some(suspicion) = suspicion {
        app.printer.warn(term_line(&suspicion.words()));
        app.printer.say(format_args!(
            "  Keys, and tokens until they end, are served all the same. {}",
            suspicion.next
        ));
    }
    let views = app.views().await?;
    if views.is_empty() {
        app.printer
            .say("No logins yet: sign in with `hermes auth add PROVIDER`, this gateway will notice.");
    } else {
        status::talk(app, &views);
    }
    app.printer.say("Stop with Ctrl-C.");
    Ok(())
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
    let port = address.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            Failure::new(ExitKind::Failure, "port_in_use", |_| format!("`{address}` is already in use: another program holds port {port}"))
                .hint(|_| format!(
                    "Perhaps `hermes up` runs already: see `hermes`. Otherwise choose another port, such as `hermes up --listen {}:{}`.",
                    address.ip(),
                    port.checked_add(1).unwrap_or(7766)
                ))
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new(ExitKind::Failure, "port_forbidden", |_| format!("port {port} needs rights this user does not have"))
                .hint(|_| "Choose a port above 1023 with `--listen`.")
        }
        _ => Failure::io(|_| format!("cannot listen on {address}"), error),
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
