//! What changes, as it changes. A page keeps one stream open and asks for what it shows when it hears that it changed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use hermes_core::{AttemptId, KeyId};
use hermes_pool::RequestRow;
use hermes_text::Lang;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};

use super::logins::standing;
use crate::error::ErrorBody;
use crate::requests::{Names, key_names};
use crate::session::Current;
use crate::shared::Shared;
use crate::ui::Spoken;

/// Time between two looks at what no event tells of: the rate, and whether the session still holds.
const TICK: Duration = Duration::from_secs(2);
/// Ticks between two lines that only show that both sides are still there.
const TICKS_PER_BEAT: u32 = 8;
/// Changes that come closer together are told once.
const CALM: Duration = Duration::from_millis(200);
/// Requests that end closer together than this are told in one piece: a busy gateway wakes a page ten times a second, not a thousand.
const GATHERED: Duration = Duration::from_millis(100);
/// Most requests of a piece.
const MOST_AT_ONCE: usize = 1024;

/// One page that listens.
struct Listener {
    shared: Arc<Shared>,
    current: Current,
    moves: watch::Receiver<u64>,
    findings: watch::Receiver<u64>,
    logins: broadcast::Receiver<AttemptId>,
    requests: broadcast::Receiver<Arc<RequestRow>>,
    /// The rate that the page knows.
    told_rate: Option<Value>,
    keys: HashMap<KeyId, String>,
    /// When requests were last told, by the clock that never goes back.
    told_requests: Duration,
    /// The moment of the next tick, by the clock that never goes back.
    next_tick: Duration,
    ticks: u32,
    over: bool,
    /// What the page speaks.
    lang: Lang,
}

/// Streams changes as server-sent events: `changed` names what to ask for again, `login` is a login that moved, `bye` means that the
/// session has ended.
#[utoipa::path(get, path = "/api/events", tag = "events",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn stream(
    State(shared): State<Arc<Shared>>,
    Extension(current): Extension<Current>,
    Spoken(lang): Spoken,
) -> Response {
    let listener = Listener {
        moves: shared.parts.pool.moves(),
        findings: shared.findings.late(),
        logins: shared.parts.desk.changes(),
        requests: shared.parts.feed.watch(),
        told_rate: None,
        current,
        keys: HashMap::new(),
        told_requests: Duration::ZERO,
        next_tick: shared.parts.clock.monotonic(),
        ticks: 0,
        over: false,
        lang,
        shared,
    };
    let events = stream::unfold(listener, async |mut listener| {
        let text = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), listener))
    });
    let hello = stream::iter([Ok(Bytes::from_static(b": listening\n\n"))]);
    let body = Body::from_stream(stream::StreamExt::chain(hello, events));
    ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
}

impl Listener {
    /// The next events; none at the end.
    async fn next(&mut self) -> Option<String> {
        let shared = Arc::clone(&self.shared);
        while !self.over {
            let left = self.next_tick.saturating_sub(shared.parts.clock.monotonic());
            let text = tokio::select! {
                () = shared.stopped() => return None,
                Ok(()) = self.moves.changed() => self.moved().await,
                Ok(()) = self.findings.changed() => event("changed", &json!({ "what": "settings" })),
                login = self.logins.recv() => self.login(&login),
                row = self.requests.recv() => self.ended(row).await,
                () = shared.parts.clock.sleep(left) => self.tick().await,
            };
            if !text.is_empty() {
                return Some(text);
            }
        }
        None
    }

    /// Requests that have ended: one that comes alone at once, of many as many as there are by then.
    async fn ended(&mut self, row: Result<Arc<RequestRow>, broadcast::error::RecvError>) -> String {
        let clock = Arc::clone(&self.shared.parts.clock);
        let since = clock.monotonic().saturating_sub(self.told_requests);
        clock.sleep(GATHERED.saturating_sub(since)).await;
        self.told_requests = clock.monotonic();
        let mut text = self.request(row).await;
        for _ in 1..MOST_AT_ONCE {
            let row = match self.requests.try_recv() {
                Ok(row) => Ok(row),
                Err(broadcast::error::TryRecvError::Lagged(missed)) => {
                    Err(broadcast::error::RecvError::Lagged(missed))
                }
                Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => break,
            };
            text += &self.request(row).await;
        }
        text
    }

    /// A request that has ended. Of those that a slow page missed it is told that there are some.
    async fn request(&mut self, row: Result<Arc<RequestRow>, broadcast::error::RecvError>) -> String {
        let Ok(row) = row else {
            return event("changed", &json!({ "what": "requests" }));
        };
        if row.key.is_some_and(|key| !self.keys.contains_key(&key))
            && let Ok(keys) = key_names(&self.shared).await
        {
            self.keys = keys;
        }
        let names = Names::with(&self.shared, &self.keys);
        event("request", &json!(names.request(&row)))
    }

    /// How many requests there are now, where that is news.
    fn rate(&mut self) -> Option<String> {
        let parts = &self.shared.parts;
        let now = parts.clock.monotonic();
        let rate = json!({ "per_second": parts.feed.per_second(now), "in_flight": parts.feed.in_flight() });
        if self.told_rate.as_ref() == Some(&rate) {
            return None;
        }
        let text = event("rate", &rate);
        self.told_rate = Some(rate);
        Some(text)
    }

    async fn moved(&mut self) -> String {
        self.shared.parts.clock.sleep(CALM).await;
        self.moves.mark_unchanged();
        event("changed", &json!({ "what": "credentials" }))
    }

    fn login(&self, moved: &Result<AttemptId, broadcast::error::RecvError>) -> String {
        let login = moved
            .as_ref()
            .ok()
            .and_then(|id| self.shared.parts.desk.login(*id));
        let list = event("changed", &json!({ "what": "logins" }));
        match login {
            Some(login) => event("login", &json!(standing(&login, self.lang))) + &list,
            // It fell behind, or the login is forgotten.
            None => list,
        }
    }

    async fn tick(&mut self) -> String {
        self.next_tick = self.shared.parts.clock.monotonic() + TICK;
        self.ticks = self.ticks.wrapping_add(1);
        // A store that cannot be read ends no session.
        if let Ok(false) = self.shared.sessions.goes_on(&self.current).await {
            self.over = true;
            return event("bye", &json!({}));
        }
        let beat = self.ticks.is_multiple_of(TICKS_PER_BEAT);
        let beat = beat.then(|| ": still here\n\n".to_owned());
        self.rate().or(beat).unwrap_or_default()
    }
}

fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
