use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::BuildHasher;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hermes_core::Origin;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use crate::error::printable;
use crate::socket::{Marks, Socket};
use crate::{Attach, AttachStyle, HttpError, SendBody};

/// How long a connection may rest before it is not used again. Load balancers commonly keep an idle one for 60 s; one that
/// is let go earlier is not closed by them at the moment a request is written to it, which could not be repeated.
const IDLE_LIMIT: Duration = Duration::from_secs(50);

/// How often the connections that rest too long are let go, at most.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// Most resting connections of one origin and credential.
const IDLE_EACH: usize = 64;

/// Whose connection it is: those of one credential are never used for another, so no answer can reach the wrong account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    origin: Origin,
    /// A keyed hash of the secret and its header; zero without a credential.
    credential: u64,
}

impl Key {
    pub(crate) fn host(&self) -> &str {
        self.origin.host()
    }
}

/// Connections that rest between requests.
#[derive(Debug)]
pub(crate) struct Pool {
    hasher: RandomState,
    resting: Mutex<Resting>,
}

#[derive(Debug)]
struct Resting {
    connections: HashMap<Key, Vec<(Connection, Instant)>>,
    swept: Instant,
}

impl Pool {
    pub(crate) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            resting: Mutex::new(Resting {
                connections: HashMap::new(),
                swept: Instant::now(),
            }),
        }
    }

    pub(crate) fn key(&self, origin: Origin, credential: Option<&Attach>) -> Result<Key, HttpError> {
        let credential = match credential {
            None => 0,
            Some(attach) => {
                let secret = attach.open(&origin)?.expose();
                let header = match &attach.style {
                    AttachStyle::Bearer => "",
                    AttachStyle::Header(name) => name.as_str(),
                };
                self.hasher.hash_one((header, secret))
            }
        };
        Ok(Key { origin, credential })
    }

    /// The connection that rested last, if it is not too old.
    pub(crate) fn take(&self, key: &Key) -> Option<Connection> {
        let mut resting = self.lock();
        let list = resting.connections.get_mut(key)?;
        let (connection, since) = list.pop()?;
        (since.elapsed() < IDLE_LIMIT).then_some(connection)
    }

    /// Lets a connection rest.
    pub(crate) fn put(&self, key: Key, connection: Connection) {
        let now = Instant::now();
        let mut resting = self.lock();
        if now.duration_since(resting.swept) >= SWEEP_EVERY {
            resting.swept = now;
            resting.connections.retain(|_, list| {
                list.retain(|(_, since)| now.duration_since(*since) < IDLE_LIMIT);
                !list.is_empty()
            });
        }
        let list = resting.connections.entry(key).or_default();
        if list.len() < IDLE_EACH {
            list.push((connection, now));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One HTTP/1.1 connection. It runs inside whoever uses it, not in a task of its own: dropping it closes it at once, and
/// no request or chunk waits for a second task to be woken.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: http1::SendRequest<SendBody>,
    /// None once the connection has ended. Boxed, since connections are handed on several times for each request.
    driver: Option<Box<http1::Connection<TokioIo<Socket>, SendBody>>>,
    marks: Arc<Marks>,
}

/// A request that got no answer.
pub(crate) struct Failure {
    /// The request, if no byte of it left.
    pub(crate) unsent: Option<Request<SendBody>>,
    /// Why.
    pub(crate) error: HttpError,
}

impl Connection {
    pub(crate) async fn open(socket: Socket, host: &str) -> Result<Self, HttpError> {
        let marks = socket.marks();
        let (sender, driver) = http1::Builder::new()
            .max_headers(128)
            .handshake(TokioIo::new(socket))
            .await
            .map_err(|error| failure(host, &error, &marks))?;
        Ok(Self {
            sender,
            driver: Some(Box::new(driver)),
            marks,
        })
    }

    /// Lets the connection read and write what it can.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        if let Some(driver) = &mut self.driver
            && Pin::new(driver).poll(cx).is_ready()
        {
            self.driver = None;
        }
    }

    /// Whether a rested connection can take a request; looks at the socket once.
    pub(crate) async fn is_alive(&mut self) -> bool {
        std::future::poll_fn(|cx| {
            self.drive(cx);
            let ready = matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(())));
            Poll::Ready(ready && self.driver.is_some())
        })
        .await
    }

    /// Whether the connection can rest after an answer was read to its end.
    pub(crate) fn is_reusable(&mut self, cx: &mut Context<'_>) -> bool {
        self.drive(cx);
        self.driver.is_some() && !self.sender.is_closed()
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn exchange(
        &mut self,
        request: Request<SendBody>,
        host: &str,
    ) -> Result<Response<Incoming>, Failure> {
        self.marks.reset();
        let mut answer = pin!(self.sender.try_send_request(request));
        let outcome = std::future::poll_fn(|cx| {
            if let Some(driver) = &mut self.driver
                && Pin::new(driver).poll(cx).is_ready()
            {
                self.driver = None;
            }
            answer.as_mut().poll(cx)
        })
        .await;
        outcome.map_err(|mut refused| {
            let error = refused.error();
            Failure {
                error: failure(host, error, &self.marks),
                unsent: refused.take_message().filter(|_| !self.marks.written()),
            }
        })
    }
}

/// Sorts what the HTTP library says.
pub(crate) fn failure(host: &str, error: &hyper::Error, marks: &Marks) -> HttpError {
    let (host, sent) = (printable(host), marks.written());
    if error.is_parse() || error.is_user() {
        let reason = printable(&hermes_core::chain(error));
        return HttpError::Protocol { host, reason, sent };
    }
    HttpError::Reset { host, sent }
}
