use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// One request as the provider saw it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

type Step = Result<Bytes, std::io::Error>;

/// What the provider answers.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Whole(Bytes),
    /// Chunks as the test sends them; an error cuts the connection.
    Live(mpsc::Receiver<Step>),
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self {
            status,
            headers,
            body: Body::Whole(body.into()),
        }
    }

    /// A whole stream of events.
    pub(crate) fn events(body: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", "text/event-stream; charset=utf-8".to_owned())],
            body: Body::Whole(body.into()),
        }
    }

    /// A stream of events whose chunks the test sends.
    pub(crate) fn live() -> (mpsc::Sender<Step>, Self) {
        let (send, steps) = mpsc::channel(1);
        let headers = vec![("content-type", "text/event-stream".to_owned())];
        (
            send,
            Self {
                status: 200,
                headers,
                body: Body::Live(steps),
            },
        )
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

type Script = Arc<dyn Fn(&Call) -> Reply + Send + Sync>;

/// A provider on a loopback port.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
    open: Arc<AtomicUsize>,
    accepting: Arc<OnceLock<AbortHandle>>,
}

impl Upstream {
    #[expect(clippy::unused_async, reason = "it needs a runtime, and says so")]
    /// Answers every request as `script` says.
    pub(crate) async fn start(script: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = super::listen();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            calls: Arc::default(),
            open: Arc::default(),
            accepting: Arc::default(),
        };
        let (calls, open) = (Arc::clone(&upstream.calls), Arc::clone(&upstream.open));
        let script: Script = Arc::new(script);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (calls, open, script) = (Arc::clone(&calls), Arc::clone(&open), Arc::clone(&script));
                tokio::spawn(async move {
                    open.fetch_add(1, Ordering::SeqCst);
                    let service = service_fn(|request| serve(request, &calls, &script));
                    drop(
                        http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service)
                            .await,
                    );
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        upstream.accepting.set(accepting.abort_handle()).unwrap();
        upstream
    }

    /// Takes no further connections.
    pub(crate) fn close(&self) {
        self.accepting.get().unwrap().abort();
    }

    /// Gives these replies in order, then 500.
    pub(crate) async fn replies(replies: impl IntoIterator<Item = Reply>) -> Self {
        let queue: Mutex<VecDeque<Reply>> = Mutex::new(replies.into_iter().collect());
        Self::start(move |_| {
            queue
                .lock()
                .unwrap()
                .pop_front()
                .unwrap_or_else(|| Reply::json(500, "{}"))
        })
        .await
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Connections that are open now.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

async fn serve(
    request: Request<Incoming>,
    calls: &Mutex<Vec<Call>>,
    script: &Script,
) -> Result<Response<UnsyncBoxBody<Bytes, std::io::Error>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let call = Call {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: head.headers,
        body,
    };
    let reply = script(&call);
    calls.lock().unwrap().push(call);
    let body = match reply.body {
        Body::Whole(bytes) => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
        Body::Live(mut steps) => {
            let frames = futures_util::stream::poll_fn(move |cx| {
                steps
                    .poll_recv(cx)
                    .map(|step| step.map(|step| step.map(Frame::data)))
            });
            StreamBody::new(frames).boxed_unsync()
        }
    };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    Ok(response.body(body).unwrap())
}
