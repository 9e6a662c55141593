//! The listener: journal, scripted answers, then the simulated provider.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::answer::{Answer, Part};
use crate::journal::Entry;
use crate::refreshes::Running;
use crate::state::World;
use crate::{inference, login, replay, sim};

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Zero bytes are sent in blocks of this size.
const BLOCK: usize = 64 * 1024;

/// Serves until the task is aborted, which ends every connection too.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(stream, Arc::clone(&world)));
    }
}

async fn connection(stream: TcpStream, world: Arc<World>) {
    // A failure here only costs speed.
    let _ = stream.set_nodelay(true);
    speak(stream, world).await;
}

/// Answers every request of one connection.
pub(crate) async fn speak<S>(stream: S, world: Arc<World>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let world = Arc::clone(&world);
        async move { handle(&world, request).await }
    });
    // A cut connection is what the client is to see, and no fault of the simulation.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn handle(world: &Arc<World>, request: Request<Incoming>) -> Result<Response<Body>, io::Error> {
    let entry = read(world, request).await?;
    if world.keep_journal && !entry.headers.iter().any(|(name, _)| name == "x-sim-direct") {
        world.journal.add(entry.clone());
    }
    let refresh = Running::begin(world, &entry);
    let own_pace = || {
        let mut answer = provider(world, &entry);
        answer.delay += world.state().answer_delay;
        answer
    };
    let mut answer = scripted(world, &entry).unwrap_or_else(own_pace);
    if refresh.is_some() {
        answer.delay += world.state().refresh_delay;
    }
    // Even a wait of nothing costs a tick of the timer.
    if !answer.delay.is_zero() {
        world.clock.sleep(answer.delay).await;
    }
    if answer.drop_at_once {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(body(world, answer.parts)).map_err(io::Error::other)
}

async fn read(world: &World, request: Request<Incoming>) -> Result<Entry, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let headers: Vec<_> = head
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    let host = headers
        .iter()
        .find(|(name, _)| name == "host")
        .map(|(_, value)| value.as_str())
        .unwrap_or_default();
    Ok(Entry {
        at: world.clock.now(),
        host: host.split(':').next().unwrap_or_default().to_owned(),
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers,
        body,
    })
}

fn scripted(world: &World, entry: &Entry) -> Option<Answer> {
    if let Some(file) = recording(world, entry) {
        let answer = replay::answer(&file);
        return Some(answer.unwrap_or_else(|error| Answer::status(500).text(&error.to_string())));
    }
    let mut state = world.state();
    let place = (entry.host.clone(), entry.path.clone());
    let next = state
        .steps
        .get_mut(&place)
        .and_then(std::collections::VecDeque::pop_front);
    next.or_else(|| state.standing.get(&place).cloned())
}

/// The recording that a request names in its header, or as its model: a gateway that translates passes on no header.
fn recording(world: &World, entry: &Entry) -> Option<PathBuf> {
    if world.state().recordings.is_empty() {
        return None;
    }
    let case = entry
        .header("x-sim-case")
        .or_else(|| inference::asked_model(entry))?;
    world.state().recordings.get(&case).cloned()
}

fn provider(world: &World, entry: &Entry) -> Answer {
    let Some(issuer) = sim::issuer(&entry.host) else {
        return Answer::html(404, "this host is not simulated");
    };
    login::answer(world, entry, issuer)
        .or_else(|| inference::answer(world, entry, issuer))
        .unwrap_or_else(|| Answer::html(404, "<html><head><title>404 Not Found</title></head></html>"))
}

fn body(world: &Arc<World>, parts: Vec<Part>) -> Body {
    // A body of one piece is sent with its length, as servers send pages and JSON.
    let whole = match parts.as_slice() {
        [] => Some(Bytes::new()),
        [Part::Bytes(bytes)] => Some(bytes.clone()),
        _ => None,
    };
    if let Some(whole) = whole {
        return Full::new(whole).map_err(|never| match never {}).boxed_unsync();
    }
    let world = Arc::clone(world);
    let frames = stream::iter(parts).flat_map(move |part| frames(&world, part));
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

type Frames = Pin<Box<dyn stream::Stream<Item = Result<Frame<Bytes>, io::Error>> + Send>>;

fn frames(world: &Arc<World>, part: Part) -> Frames {
    match part {
        // Yielding lets each part leave in a write of its own.
        Part::Bytes(bytes) => Box::pin(stream::once(async move {
            tokio::task::yield_now().await;
            Ok(Frame::data(bytes))
        })),
        Part::Flood(count) => {
            let block = Bytes::from(vec![0; BLOCK]);
            Box::pin(stream::iter((0..count).step_by(BLOCK).map(move |sent| {
                let size = usize::try_from(count - sent).map_or(BLOCK, |left| left.min(BLOCK));
                Ok(Frame::data(block.slice(..size)))
            })))
        }
        Part::Pause(span) => {
            let world = Arc::clone(world);
            Box::pin(
                stream::once(async move { world.clock.sleep(span).await }).filter_map(|()| async { None }),
            )
        }
        // Yielding lets what came before leave first.
        Part::Cut => Box::pin(stream::once(async {
            tokio::task::yield_now().await;
            Err(io::ErrorKind::ConnectionReset.into())
        })),
        Part::Hang => Box::pin(stream::pending()),
    }
}
