//! Sockets, keep-alive and shutdown.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue};
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
use crate::reply::Refusal;
use crate::socket::{Borders, ClientSocket};

/// How long a client may take to read its last answer while it is still sending.
const LINGER: Duration = Duration::from_secs(5);
/// Pause after the system refused to accept, for example because file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

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
            .get_or_init(|| Guard::new(port, &self.parts.allowed_hosts));
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
    let limits = &gateway.parts.limits;
    let borders = Borders::new(limits.head);
    let visitor = gateway.lobby.enter();
    let socket = ClientSocket::new(stream, borders.clone(), limits.head_time);
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&visitor));
        let answer: Pin<Box<dyn Future<Output = Result<_, Infallible>> + Send>> =
            Box::pin(strictly(Arc::clone(&gateway), borders.next(), request, peer));
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
    gateway.lobby.leave(&visitor);
    match ended {
        Ok(()) if !borders.complete() => connection.into_parts().io.into_inner().linger(LINGER).await,
        Ok(()) => {}
        Err(error) => tracing::debug!(%error, "client connection ended"),
    }
}

/// Refuses what another server may read differently, and ends the connection after a transfer coding.
async fn strictly(
    gateway: Arc<Gateway>,
    framing: Framing,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    let refusal = match framing {
        Framing::Plain | Framing::Last => None,
        Framing::Refused(why) => Some(Refusal::new(400, "ambiguous_request", why)),
        Framing::TooLong => Some(Refusal::new(
            431,
            "head_too_long",
            "the request's headers are too long",
        )),
    };
    if let Some(refusal) = refusal {
        gateway.metrics.refused_head();
        return Ok(refusal.closing().answer(None, ""));
    }
    let mut response = gateway.handle(request, peer).await;
    if framing == Framing::Last {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
