//! The dashboard on the gateway's listener, and `hermes dashboard`: a link that signs a browser in.

pub(super) mod facts;
mod password;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hermes_core::ExitKind;
use hermes_dashboard::{Dashboard, DashboardParts, Sessions};
use hermes_gateway::{Body, Fallback};
use hermes_pool::{Feed, Keys};
use hermes_text::cli::serve as words;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use self::facts::Asker;
use super::overview::listens;
use super::reach::{address, running_base};
use crate::app::{App, VERSION};
use crate::args::{DashboardCommand, DashboardVerb};
use crate::failure::{Failure, Outcome};

/// How long a listener on this machine may think about a first answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Wires the dashboard together, and goes on with the logins that an earlier run left waiting.
pub(super) async fn build(
    app: &App<'_>,
    keys: &Arc<Keys>,
    feed: Feed,
    facts: Asker,
    far_hosts: Vec<String>,
) -> Result<Dashboard, Failure> {
    let pool = app.pool().await?.clone();
    let desk = pool.desk();
    desk.resume().await?;
    Ok(Dashboard::new(DashboardParts {
        pool,
        desk,
        catalog: Arc::clone(app.catalog().await?),
        keys: Arc::clone(keys),
        feed,
        store: Arc::clone(app.store().await?),
        clock: Arc::clone(&app.clock),
        random: Arc::clone(&app.random),
        env: app.env.clone(),
        facts: Arc::new(facts),
        far_hosts,
        version: VERSION,
    }))
}

/// The dashboard as the gateway calls it for the paths that are not its own.
pub(super) fn fallback(dashboard: Dashboard) -> Fallback {
    Arc::new(move |request, peer| {
        let dashboard = dashboard.clone();
        Box::pin(async move { dashboard.answer(request, peer).await.map(Body::boxed) })
    })
}

/// A link that opens one session within a minute. The code stands behind `#`, which browsers send to nobody.
pub(super) async fn link(app: &App<'_>, base: &Url) -> Result<Url, Failure> {
    let code = sessions(app).await?.issue_code().await?;
    let mut link = base.clone();
    link.set_fragment(Some(&format!("c={}", code.expose())));
    Ok(link)
}

async fn sessions(app: &App<'_>) -> Result<Sessions, Failure> {
    let store = Arc::clone(app.store().await?);
    Ok(Sessions::new(
        store,
        Arc::clone(&app.clock),
        Arc::clone(&app.random),
    ))
}

pub(super) async fn run(app: &App<'_>, args: &DashboardCommand) -> Outcome {
    if let Some(DashboardVerb::Password { stdin, remove }) = args.verb {
        return password::run(app, stdin, remove).await;
    }
    if args.logout {
        return log_out(app).await;
    }
    let listen = args.listen.as_deref().unwrap_or_else(|| app.config.listen());
    let address = address(listen)?;
    if !listens(&near(address).to_string()).await {
        let shown = address.to_string();
        let silent = |lang| words::not_running(lang, &shown);
        let failure = Failure::new(ExitKind::Failure, "not_running", silent);
        return Err(failure.hint(words::not_running_next));
    }
    let base = running_base(app, address, speaks_tls(near(address)).await)?;
    let link = link(app, &base).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "url": link, "expires_in": 60 }));
        return Ok(0);
    }
    app.printer.line(&link);
    let opened = !args.no_browser && app.opener.open(&link);
    let said = if opened { words::opened } else { words::open_it };
    app.printer.say(said(app.lang()));
    Ok(0)
}

/// Whether a listener wants TLS: it has no answer to a request without, where every other one has.
async fn speaks_tls(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut begin = [0; 5];
        // A connection that ends before that has no answer.
        Ok::<_, std::io::Error>(stream.read_exact(&mut begin).await.is_ok() && &begin == b"HTTP/")
    };
    matches!(timeout(ANSWER_LIMIT, ask).await, Ok(Ok(false)))
}

/// Where this machine reaches a listener that is for every address.
fn near(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

async fn log_out(app: &App<'_>) -> Outcome {
    let ended = match app.existing_store().await? {
        Some(_) => sessions(app).await?.end_all().await?,
        None => 0,
    };
    if app.printer.is_json() {
        app.printer.json(&json!({ "ended": ended }));
    }
    app.printer.done(match ended {
        0 => words::nobody(app.lang()).to_owned(),
        more => words::ended(app.lang(), more),
    });
    Ok(0)
}
