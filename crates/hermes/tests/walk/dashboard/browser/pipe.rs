//! The pipe over which Chromium is driven: JSON messages, each ended by a zero byte. Unlike a debugging port it is open to nobody
//! else on the machine, and Chromium ends when it is cut.

use std::collections::HashMap;
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin as Writer, ChildStdout as Reader};
use tokio::sync::oneshot;

use super::PATIENCE;

/// Events that are kept; the others are too many and tell nothing that a test asks.
const KEPT: [&str; 14] = [
    "Audits.issueAdded",
    "Input.dragIntercepted",
    "Log.entryAdded",
    "Network.loadingFailed",
    "Network.loadingFinished",
    "Network.requestWillBeSent",
    "Network.requestWillBeSentExtraInfo",
    "Network.responseReceived",
    "Network.responseReceivedExtraInfo",
    "Network.webSocketCreated",
    "Network.webSocketHandshakeResponseReceived",
    "Page.javascriptDialogOpening",
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
];

/// The answer to a call, or the error's words.
pub(super) type Answer = Result<Value, String>;

/// Something that Chromium told.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) method: String,
    pub(super) params: Value,
}

/// The open pipe.
#[derive(Debug)]
pub(super) struct Pipe {
    writer: tokio::sync::Mutex<Writer>,
    next: AtomicU64,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    ended: bool,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
    events: HashMap<String, Vec<Event>>,
}

impl Pipe {
    /// Takes over both ends and starts to read.
    pub(super) fn open(input: ChildStdin, output: ChildStdout) -> Self {
        let reader = Reader::from_std(output).expect("a pipe");
        let state = Arc::default();
        tokio::spawn(read(reader, Arc::clone(&state)));
        Self {
            writer: tokio::sync::Mutex::new(Writer::from_std(input).expect("a pipe")),
            next: AtomicU64::new(1),
            state,
        }
    }

    /// Calls a method of the browser itself, or of the page with this session.
    pub(super) async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let (sender, answer) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            if state.ended {
                return Err("Chromium has ended".to_owned());
            }
            state.waiting.insert(id, sender);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let sent = self.writer.lock().await.write_all(&bytes).await;
        sent.map_err(|error| format!("{method}: {error}"))?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer.map_err(|error| format!("{method}: {error}")),
            Ok(Err(_)) => Err(format!("{method}: Chromium has ended")),
            Err(_) => Err(format!("{method}: no answer in time")),
        }
    }

    /// What the page with this session has told so far.
    pub(super) fn events(&self, session: &str) -> Vec<Event> {
        lock(&self.state).events.get(session).cloned().unwrap_or_default()
    }

    /// Forgets what the page has told.
    pub(super) fn forget(&self, session: &str) {
        lock(&self.state).events.remove(session);
    }
}

/// Reads until Chromium ends; then nobody waits any more.
async fn read(reader: Reader, state: Arc<Mutex<State>>) {
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader
        .read_until(0, &mut bytes)
        .await
        .is_ok_and(|length| length > 0)
    {
        bytes.pop();
        if let Ok(message) = serde_json::from_slice(&bytes) {
            take(message, &mut lock(&state));
        }
        bytes.clear();
    }
    let mut state = lock(&state);
    state.ended = true;
    state.waiting.clear();
}

fn take(mut message: Value, state: &mut State) {
    if let Some(id) = message["id"].as_u64() {
        let answer = match message.get("error") {
            Some(error) => Err(error["message"].as_str().unwrap_or_default().to_owned()),
            None => Ok(message["result"].take()),
        };
        if let Some(waiting) = state.waiting.remove(&id) {
            // A caller that gave up is no reason to stop.
            let _ = waiting.send(answer);
        }
        return;
    }
    let (Some(method), Some(session)) = (message["method"].as_str(), message["sessionId"].as_str()) else {
        return;
    };
    if KEPT.contains(&method) {
        let (method, session) = (method.to_owned(), session.to_owned());
        let params = message["params"].take();
        state
            .events
            .entry(session)
            .or_default()
            .push(Event { method, params });
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("nobody panics with it")
}
