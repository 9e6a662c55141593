//! Sockets, keep-alive and shutdown.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue, STRICT_TRANSPORT_SECURITY};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::body::Body;
use crate::error::GatewayError;
use crate::framing::Framing;
use crate::gateway::Gateway;
use crate::guard::Guard;
use crate::lobby::Visitor;
use crate::proxies;
use crate::reply::Refusal;
use crate::socket::{Borders, ClientSocket};
use crate::wire::Wire;

/// How long a client may take to read its last answer while it is still sending.
const LINGER: Duration = Duration::from_secs(5);
/// Pause after the system refused to accept, for example because file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// A browser that has been here comes by TLS for a year, whatever a link says.
const SECURE_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

impl Gateway {
    /// Serves a listener until `shutdown` is ready; then nothing new is accepted, idle connections close, and open streams
    /// may end within `limits.drain`.
    ///
    /// # Errors
    /// [`GatewayError::Listen`] when the listener's own address cannot be read.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), GatewayError> {
        let port = listener.local_addr().map_err(GatewayError::Listen)?.port();
        self.guard
            .get_or_init(|| Guard::new(port, &self.parts.allowed_hosts, &self.parts.edge));
        let (stop, stopped) = watch::channel(false);
        let slots = Arc::new(Semaphore::new(self.parts.limits.connections));
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = async {
                let slot = Arc::clone(&slots)
                    .acquire_owned()
                    .await
                    .expect("the semaphore is never closed");
                (slot, listener.accept().await)
            };
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                (slot, accepted) = accepted => match accepted {
                    Ok((stream, peer)) => {
                        let connection = connection(Arc::clone(&self), stream, peer, stopped.clone());
                        connections.spawn(async move {
                            connection.await;
                            drop(slot);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        self.parts.clock.sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(listener);
        stop.send_replace(true);
        let drained = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(self.parts.limits.drain, drained)
            .await
            .is_err()
        {
            tracing::warn!(
                open = connections.len(),
                "streams were cut at the end of the shutdown time"
            );
            connections.shutdown().await;
        }
        Ok(())
    }
}

async fn connection(
    gateway: Arc<Gateway>,
    stream: TcpStream,
    peer: SocketAddr,
    mut stopped: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let visitor = gateway.lobby.enter();
    let open = Wire::open(
        stream,
        gateway.parts.edge.tls.as_deref(),
        gateway.parts.limits.handshake,
    );
    let opened = tokio::select! {
        biased;
        opened = open => opened,
        () = visitor.sent_away() => return,
        _ = stopped.wait_for(|stop| *stop) => Err(io::ErrorKind::Interrupted.into()),
    };
    match opened {
        Ok(wire) => exchange(&gateway, &visitor, wire, peer, stopped).await,
        Err(error) => tracing::debug!(%error, "the TLS handshake failed"),
    }
    gateway.lobby.leave(&visitor);
}

/// Answers the requests of a connection until it ends.
async fn exchange(
    gateway: &Arc<Gateway>,
    visitor: &Arc<Visitor>,
    wire: Wire,
    peer: SocketAddr,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = &gateway.parts.limits;
    let borders = Borders::new(limits.head);
    let socket = ClientSocket::new(wire, borders.clone(), limits.head_time);
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(visitor));
        let answer: Pin<Box<dyn Future<Output = Result<_, Infallible>> + Send>> =
            Box::pin(strictly(Arc::clone(gateway), borders.next(), request, peer));
        answer
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.keep_alive)
        .max_headers(limits.headers)
        .max_buf_size(2 * limits.head.max(8192))
        .pipeline_flush(false)
        .serve_connection(TokioIo::new(socket), service);
    let mut stopping = false;
    let ended = loop {
        let run = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx));
        tokio::select! {
            // In this order, since choosing one by chance costs more than it gives.
            biased;
            ended = run => break ended,
            () = visitor.sent_away() => return,
            _ = stopped.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    gateway.lobby.leave(visitor);
    match ended {
        // Only with TLS does the end have to be told before the socket is closed.
        Ok(()) if !borders.complete() || gateway.parts.edge.tls.is_some() => {
            connection.into_parts().io.into_inner().linger(LINGER).await;
        }
        Ok(()) => {}
        Err(error) => tracing::debug!(%error, "client connection ended"),
    }
}

/// Refuses what another server may read differently, and ends the connection after a transfer coding.
async fn strictly(
    gateway: Arc<Gateway>,
    framing: Framing,
    mut request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    let edge = &gateway.parts.edge;
    if edge.is_remote() {
        proxies::drop_lookalikes(request.headers_mut());
    }
    let peer = proxies::client(&edge.trusted_proxies, request.headers(), peer);
    let refusal = match framing {
        Framing::Plain | Framing::Last => None,
        Framing::Refused(why) => Some(Refusal::new(400, "ambiguous_request", why)),
        Framing::TooLong => Some(Refusal::new(
            431,
            "head_too_long",
            "the request's headers are too long",
        )),
    };
    let mut response = if let Some(refusal) = refusal {
        gateway.metrics.refused_head();
        refusal.closing().answer(None, "")
    } else {
        gateway.handle(request, peer).await
    };
    let headers = response.headers_mut();
    if framing == Framing::Last {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if edge.tls.is_some() {
        headers.insert(STRICT_TRANSPORT_SECURITY, SECURE_ONLY);
    }
    Ok(response)
}
