use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::Origin;
use hermes_text::errors::http as text;
use hermes_text::{Both, Word};
use http::Uri;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use crate::address::{Allowed, is_explicit_loopback, literal, refusal};
use crate::error::{foreign, printable};
use crate::socket::{Marks, Socket};
use crate::tls::Tls;
use crate::{HttpConfig, HttpError, Lab};

/// Deadline from name to a connection that is ready for HTTP.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes connections: the lab map, the address rules, proxies and TLS are all here and nowhere else.
#[derive(Debug)]
pub(crate) struct Dialer {
    lab: Option<Lab>,
    proxy: Option<Matcher>,
    allow_private: bool,
    tls: Tls,
}

impl Dialer {
    pub(crate) fn new(config: &HttpConfig) -> Self {
        Self {
            lab: config.lab.clone(),
            proxy: config.proxy.matcher().filter(|_| config.lab.is_none()),
            allow_private: config.allow_private,
            tls: Tls::new(config.extra_ca.clone()),
        }
    }

    /// Whether an origin may be dialled, as far as its spelling tells.
    pub(crate) fn check(&self, origin: &Origin) -> Result<(), HttpError> {
        if let Some(lab) = &self.lab {
            return lab.address(origin.host()).map(drop);
        }
        let bad = |why: Word| HttpError::BadUrl {
            url: printable(&origin.to_string()),
            why,
        };
        match origin.scheme() {
            _ if origin.host().is_empty() || origin.port() == 0 => Err(bad(text::url_no_host_or_port)),
            "https" => Ok(()),
            "http" if is_explicit_loopback(origin) => Ok(()),
            "http" => Err(bad(text::url_plain)),
            _ => Err(bad(text::url_not_https)),
        }?;
        match literal(origin) {
            Some(ip) => self.permit(origin, SocketAddr::new(ip, origin.port())),
            None => Ok(()),
        }
    }

    /// Connects within five seconds.
    pub(crate) async fn dial(&self, origin: &Origin, marks: Arc<Marks>) -> Result<Socket, HttpError> {
        let dialled = timeout(CONNECT_TIMEOUT, self.dial_untimed(origin, marks)).await;
        dialled.unwrap_or_else(|_| {
            Err(HttpError::Timeout {
                host: origin.host().to_owned(),
                after: CONNECT_TIMEOUT,
                sent: false,
            })
        })
    }

    async fn dial_untimed(&self, origin: &Origin, marks: Arc<Marks>) -> Result<Socket, HttpError> {
        self.check(origin)?;
        if let Some(lab) = &self.lab {
            let stream = connect(origin, &[lab.address(origin.host())?]).await?;
            return Ok(Socket::plain(stream, marks));
        }
        let stream = match self.proxy_for(origin) {
            Some(proxy) => through(&proxy, origin).await?,
            None => connect(origin, &self.resolve(origin).await?).await?,
        };
        if origin.scheme() == "http" {
            return Ok(Socket::plain(stream, marks));
        }
        let stream = self.tls.handshake(origin.host(), stream).await?;
        Ok(Socket::tls(stream, marks))
    }

    fn proxy_for(&self, origin: &Origin) -> Option<Intercept> {
        if is_explicit_loopback(origin) {
            return None;
        }
        self.proxy.as_ref()?.intercept(&target(origin)?)
    }

    /// The addresses of a host that may be dialled. These very addresses are dialled, so a name that answers differently
    /// the next time gains nothing.
    async fn resolve(&self, origin: &Origin) -> Result<Vec<SocketAddr>, HttpError> {
        let port = origin.port();
        if let Some(ip) = literal(origin) {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let found = tokio::net::lookup_host((origin.host(), port))
            .await
            .map_err(|error| refused(origin, foreign(&error)))?;
        let mut addresses = Vec::new();
        let mut refused_one = None;
        for address in found {
            match self.permit(origin, address) {
                Ok(()) => addresses.push(address),
                Err(error) => refused_one = Some(error),
            }
        }
        match refused_one {
            _ if !addresses.is_empty() => Ok(addresses),
            Some(error) => Err(error),
            None => Err(refused(origin, Both::of(text::no_address))),
        }
    }

    fn permit(&self, origin: &Origin, address: SocketAddr) -> Result<(), HttpError> {
        let loopback = is_explicit_loopback(origin);
        let allowed = Allowed {
            loopback,
            private: self.allow_private,
        };
        let refusal = match refusal(address.ip(), allowed) {
            None if loopback && !address.ip().is_loopback() => Some(text::address_not_this_machine as Word),
            refusal => refusal,
        };
        refusal.map_or(Ok(()), |why| {
            Err(HttpError::PrivateAddress {
                host: printable(origin.host()),
                address: address.ip().to_string(),
                why,
            })
        })
    }
}

fn refused(origin: &Origin, reason: Both) -> HttpError {
    HttpError::Connect {
        host: printable(origin.host()),
        reason,
    }
}

fn target(origin: &Origin) -> Option<Uri> {
    let text = format!("{}://{}:{}/", origin.scheme(), origin.host(), origin.port());
    text.parse().ok()
}

/// Tries the addresses in order; each gets its share of the time, so that one that never answers does not use it all.
async fn connect(origin: &Origin, addresses: &[SocketAddr]) -> Result<TcpStream, HttpError> {
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut last = refused(origin, Both::of(text::no_address));
    for address in addresses {
        match timeout(CONNECT_TIMEOUT / count, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return without_delay(origin, stream),
            Ok(Err(error)) => last = refused(origin, foreign(&error)),
            Err(_) => last = refused(origin, Both::of(text::no_answer)),
        }
    }
    Err(last)
}

/// Nagle's algorithm holds a small write back until the one before is acknowledged: 40 ms for each stream.
fn without_delay(origin: &Origin, stream: TcpStream) -> Result<TcpStream, HttpError> {
    stream
        .set_nodelay(true)
        .map_err(|error| refused(origin, foreign(&error)))?;
    Ok(stream)
}

/// Opens a tunnel through a proxy. The proxy's own address is the person's choice and not checked; it resolves the name.
async fn through(proxy: &Intercept, origin: &Origin) -> Result<TcpStream, HttpError> {
    let failed = |reason| HttpError::Proxy {
        host: printable(origin.host()),
        reason,
    };
    let target = target(origin).ok_or_else(|| failed(Both::of(text::proxy_cannot_name)))?;
    let uri = proxy.uri().clone();
    let tunnelled = match uri.scheme_str() {
        Some("http") => {
            let mut tunnel = Tunnel::new(uri, ToProxy);
            if let Some(auth) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(auth.clone());
            }
            let opened = tunnel.call(target).await;
            opened.map_err(|error| failed(foreign(&hermes_core::chain(&error))))
        }
        Some(scheme @ ("socks5" | "socks5h")) => {
            let mut tunnel = SocksV5::new(uri.clone(), ToProxy).local_dns(scheme == "socks5");
            if let Some((user, password)) = proxy.raw_auth() {
                tunnel = tunnel.with_auth(user.to_owned(), password.to_owned());
            }
            let opened = tunnel.call(target).await;
            opened.map_err(|error| failed(foreign(&hermes_core::chain(&error))))
        }
        other => {
            let scheme = printable(other.unwrap_or_default());
            Err(failed(Both::of(|lang| text::proxy_scheme(lang, &scheme))))
        }
    }?;
    without_delay(origin, tunnelled.into_inner())
}

/// Connects to the proxy itself.
#[derive(Clone, Copy, Debug)]
struct ToProxy;

impl Service<Uri> for ToProxy {
    type Response = TokioIo<TcpStream>;
    type Error = std::io::Error;
    type Future = futures_util::future::BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        Box::pin(async move {
            let host = proxy.host().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let default = if proxy.scheme_str() == Some("http") {
                80
            } else {
                1080
            };
            let port = proxy.port_u16().unwrap_or(default);
            TcpStream::connect((host, port)).await.map(TokioIo::new)
        })
    }
}

#[cfg(test)]
mod tests;
