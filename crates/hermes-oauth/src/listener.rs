use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hermes_catalog::Loopback;
use hermes_core::{Random, Secret};
use hermes_text::Both;
use hermes_text::errors::oauth as say;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use url::Url;

use crate::callback::Callback;
use crate::{Engine, OauthError, Plan, pkce};

mod page;
mod serve;

pub use page::Page;

/// How long [`Listener::close`] waits for the last page to be read.
const CLOSING: Duration = Duration::from_secs(2);

/// Waits on loopback for the browser to come back from a login.
///
/// It answers `GET` on one exact path with the right `Host` and nothing else, hands out one callback, and shows its page only once the
/// caller knows how the login ended. Dropping it closes every socket.
#[derive(Debug)]
pub struct Listener {
    redirect: Url,
    callbacks: mpsc::Receiver<(Callback, Responder)>,
    task: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

/// Owes the browser a page.
#[derive(Debug)]
pub struct Responder {
    page: oneshot::Sender<Page>,
}

impl Responder {
    /// Shows how the login ended. After [`Page::TryAgain`] the listener takes another callback; after the others it answers 410.
    pub fn show(self, page: Page) {
        // The browser may have gone away; then nobody reads the page.
        let _ = self.page.send(page);
    }
}

impl Listener {
    /// Binds the listener that a plan's login needs; none where the login has no loopback callback.
    ///
    /// # Errors
    /// [`OauthError::Listen`] when every port is taken.
    pub async fn for_plan(engine: &Engine, plan: &Plan) -> Result<Option<Self>, OauthError> {
        let random = plan.random_path().then_some(engine.random.as_ref());
        match plan.loopback() {
            Some(loopback) => Self::bind(loopback, random).await.map(Some),
            None => Ok(None),
        }
    }

    /// Binds to the first free port. With `random`, a random path segment is added, for logins without a `state`.
    ///
    /// # Errors
    /// [`OauthError::Listen`] when every port is taken.
    pub async fn bind(loopback: &Loopback, random: Option<&dyn Random>) -> Result<Self, OauthError> {
        let sockets = open(loopback).await?;
        let port = sockets.first().map_or(0, |(_, port)| *port);
        let segment = random.map(pkce::random_text);
        let redirect = redirect_url(loopback, port, segment.as_ref())?;
        let (sender, callbacks) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let sockets = sockets.into_iter().map(|(socket, _)| socket).collect();
        let task = tokio::spawn(serve::run(sockets, serve::Gate::new(&redirect, sender), stopped));
        Ok(Self {
            redirect,
            callbacks,
            task,
            stop: Some(stop),
        })
    }

    /// The redirect URL with the bound port, for [`crate::StartOptions`].
    pub fn redirect_url(&self) -> &Url {
        &self.redirect
    }

    /// The next callback. Waits for ever; race it against pasting and the attempt's end.
    pub async fn next(&mut self) -> Option<(Callback, Responder)> {
        self.callbacks.recv().await
    }

    /// Takes no more callbacks and gives the browser a moment to read the page it was shown.
    pub async fn close(mut self) {
        drop(self.stop.take());
        let _ = tokio::time::timeout(CLOSING, &mut self.task).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The redirect URL of a loopback callback.
pub(crate) fn redirect_url(
    loopback: &Loopback,
    port: u16,
    segment: Option<&Secret>,
) -> Result<Url, OauthError> {
    let path = loopback.path.trim_end_matches('/');
    let segment = segment
        .map(|segment| format!("/{}", segment.expose()))
        .unwrap_or_default();
    let text = format!("http://{}:{port}{path}{segment}", loopback.host);
    Url::parse(&text).map_err(|error| OauthError::Row {
        problem: Both::of(|lang| say::row_not_callback(lang, &text, error)),
    })
}

/// Opens the first port of the list that is free, or any. A name that browsers resolve to both families is opened on both, if it can be.
async fn open(loopback: &Loopback) -> Result<Vec<(TcpListener, u16)>, OauthError> {
    let host = loopback.host.trim_start_matches('[').trim_end_matches(']');
    let (main, other) = match host.parse::<IpAddr>() {
        Ok(ip) if ip.is_loopback() => (ip, None),
        Err(_) if host == "localhost" => (
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ),
        _ => {
            return Err(OauthError::Row {
                problem: Both::of(|lang| say::row_not_loopback(lang, host)),
            });
        }
    };
    let ports: &[u16] = if loopback.ports.is_empty() {
        &[0]
    } else {
        &loopback.ports
    };
    let mut problem = String::new();
    for port in ports {
        match bind(main, *port).await {
            Ok((socket, port)) => {
                let mut sockets = vec![(socket, port)];
                if let Some(other) = other {
                    sockets.extend(bind(other, port).await.ok());
                }
                return Ok(sockets);
            }
            Err(error) => problem = error.to_string(),
        }
    }
    Err(OauthError::Listen {
        ports: loopback.ports.clone(),
        problem: Both::same(problem),
    })
}

async fn bind(ip: IpAddr, port: u16) -> std::io::Result<(TcpListener, u16)> {
    let socket = TcpListener::bind(SocketAddr::new(ip, port)).await?;
    let port = socket.local_addr()?.port();
    Ok((socket, port))
}
