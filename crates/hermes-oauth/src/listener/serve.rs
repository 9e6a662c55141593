//! The listener's sockets.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hermes_text::{Lang, callback as text};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use url::Url;

use super::Responder;
use super::page::{Page, html};
use crate::callback::Callback;
use crate::pkce;

/// Browsers open spare connections; more than this many at once is not a browser.
const MOST_CONNECTIONS: usize = 32;

/// A connection that sends no request for this long is closed.
const SILENT: Duration = Duration::from_secs(10);

/// Decides what a request gets.
#[derive(Debug)]
pub(super) struct Gate {
    /// `Host` that a request must name.
    host: String,
    path: String,
    /// Whether a callback has been handed out and not sent back.
    taken: AtomicBool,
    callbacks: mpsc::Sender<(Callback, Responder)>,
}

impl Gate {
    pub(super) fn new(redirect: &Url, callbacks: mpsc::Sender<(Callback, Responder)>) -> Arc<Self> {
        let host = redirect.host_str().unwrap_or_default();
        let host = match redirect.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Arc::new(Self {
            host,
            path: redirect.path().to_owned(),
            taken: AtomicBool::new(false),
            callbacks,
        })
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let lang = spoken(request.headers());
        let hosts = request.headers().get_all(header::HOST).iter().collect::<Vec<_>>();
        if hosts.len() != 1 || !hosts[0].as_bytes().eq_ignore_ascii_case(self.host.as_bytes()) {
            let status = StatusCode::MISDIRECTED_REQUEST;
            return html(lang, status, text::wrong_host, text::only_a_login(lang));
        }
        if !pkce::same(request.uri().path(), &self.path) {
            return html(
                lang,
                StatusCode::NOT_FOUND,
                text::not_found,
                text::nothing_here(lang),
            );
        }
        if request.method() != Method::GET {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let mut response = html(lang, status, text::not_allowed, text::only_get(lang));
            response
                .headers_mut()
                .insert(header::ALLOW, http::HeaderValue::from_static("GET"));
            return response;
        }
        let Ok(callback) = Callback::from_query(request.uri().query().unwrap_or_default()) else {
            return html(lang, StatusCode::BAD_REQUEST, text::waiting, text::twice(lang));
        };
        if callback.code.is_none() && callback.error.is_none() {
            return html(lang, StatusCode::BAD_REQUEST, text::waiting, text::no_code(lang));
        }
        self.hand_out(lang, callback).await
    }

    async fn hand_out(&self, lang: Lang, callback: Callback) -> Response<Full<Bytes>> {
        let gone = || html(lang, StatusCode::GONE, text::already_used, text::answered(lang));
        if self.taken.swap(true, Ordering::AcqRel) {
            return gone();
        }
        let (page, shown) = oneshot::channel();
        if self.callbacks.send((callback, Responder { page })).await.is_err() {
            return gone();
        }
        match shown.await {
            Ok(page) => {
                if matches!(page, Page::TryAgain { .. }) {
                    self.taken.store(false, Ordering::Release);
                }
                page.response(lang)
            }
            Err(_) => html(
                lang,
                StatusCode::BAD_REQUEST,
                text::not_signed_in,
                text::ended(lang),
            ),
        }
    }
}

/// The language that the browser asks for.
fn spoken(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE);
    Lang::accepted(wanted.and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// Serves until the listener is dropped, or, once `stopped`, until the connections that wait for a page have it.
pub(super) async fn run(sockets: Vec<TcpListener>, gate: Arc<Gate>, stopped: oneshot::Receiver<()>) {
    let (sender, mut streams) = mpsc::channel(1);
    let mut accepting = JoinSet::new();
    for socket in sockets {
        accepting.spawn(accept(socket, sender.clone()));
    }
    drop(sender);
    let mut serving = JoinSet::new();
    let mut stopped = stopped;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(stream) = streams.recv() => {
                while serving.try_join_next().is_some() {}
                if serving.len() < MOST_CONNECTIONS {
                    serving.spawn(serve(stream, Arc::clone(&gate)));
                }
            }
            else => break,
        }
    }
    accepting.abort_all();
    drop(streams);
    while serving.join_next().await.is_some() {}
}

async fn accept(socket: TcpListener, streams: mpsc::Sender<TcpStream>) {
    loop {
        match socket.accept().await {
            Ok((stream, _)) => {
                if streams.send(stream).await.is_err() {
                    return;
                }
            }
            // Out of file handles, or the peer went away first: let others run, then go on.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn serve(stream: TcpStream, gate: Arc<Gate>) {
    let service = service_fn(move |request| {
        let gate = Arc::clone(&gate);
        async move { Ok::<_, Infallible>(gate.answer(request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SILENT)
        .max_buf_size(32 * 1024)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A browser that goes away in the middle is nobody's fault.
    let _ = connection.await;
}
