//! A scripted server, a hand-moved clock, counted randomness, and the catalogue's rows.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes_catalog::{Catalog, Provider};
use hermes_core::{Clock, NewCredential, Random, UnixMs};
use hermes_http::{Http, HttpConfig, Lab, ProxySettings};
use hermes_oauth::{Attempt, Engine, Input, OauthError, Plan, StartOptions, Step};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// 2026-01-09T15:23:13Z.
pub(crate) const NOW: i64 = 1_767_972_193_000;

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Closes without a word.
    Cut,
    /// Promises more bytes than it sends.
    Half,
    /// Says nothing and keeps the connection.
    Hang,
    /// Sends for ever.
    Endless,
}

pub(crate) fn json(status: u16, body: &Value) -> Reply {
    Reply::Answer(
        status,
        vec![("content-type", "application/json".to_owned())],
        body.to_string().into_bytes(),
    )
}

pub(crate) fn ok(body: &Value) -> Reply {
    json(200, body)
}

pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(
        status,
        vec![("content-type", "text/html".to_owned())],
        body.into(),
    )
}

pub(crate) fn with_header(reply: Reply, name: &'static str, value: &str) -> Reply {
    match reply {
        Reply::Answer(status, mut headers, body) => {
            headers.push((name, value.to_owned()));
            Reply::Answer(status, headers, body)
        }
        other => other,
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Form fields in their order.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }

    pub(crate) fn field(&self, name: &str) -> String {
        self.form()
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
            .unwrap_or_default()
    }
}

/// A scripted server. Its last line is repeated for ever.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    port: u16,
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: socket.local_addr().unwrap().port(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            seen: Arc::default(),
        };
        let worker = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                let worker = worker.clone();
                tokio::spawn(async move { worker.serve(stream).await });
            }
        });
        server
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(seen) = read_request(&mut stream).await else {
            return;
        };
        let state = seen.field("state");
        self.seen.lock().unwrap().push(seen);
        let reply = {
            let mut script = self.script.lock().unwrap();
            if script.len() > 1 {
                script.pop_front()
            } else {
                script.front().cloned()
            }
        };
        // `{state}` in a body stands for the state of the request.
        let _ = write_reply(&mut stream, reply.unwrap_or(Reply::Cut), &state).await;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, n)| n.parse().unwrap());
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head + 4..].to_vec()).unwrap();
    Some(Seen { line, headers, body })
}

async fn write_reply(stream: &mut TcpStream, reply: Reply, state: &str) -> std::io::Result<()> {
    match reply {
        Reply::Cut => Ok(()),
        Reply::Hang => std::future::pending().await,
        Reply::Half => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"status\":")
                .await
        }
        Reply::Endless => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"a\":\"")
                .await?;
            loop {
                stream.write_all(&[b'x'; 4096]).await?;
            }
        }
        Reply::Answer(status, headers, body) => {
            let body = match String::from_utf8(body) {
                Ok(text) => text.replace("{state}", state).into_bytes(),
                Err(bad) => bad.into_bytes(),
            };
            let mut head = format!(
                "HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\nconnection: close\r\n",
                body.len()
            );
            for (name, value) in headers {
                let _ = write!(head, "{name}: {value}\r\n");
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await?;
            stream.write_all(&body).await
        }
    }
}

/// Moves only when it is told to, or when somebody sleeps.
#[derive(Debug, Default)]
pub(crate) struct HandClock {
    passed: AtomicI64,
    set_by: AtomicI64,
    nap: AtomicI64,
}

impl HandClock {
    pub(crate) fn pass(&self, span: Duration) {
        self.passed
            .fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The machine sleeps for so long after each look at how long it has been up.
    pub(crate) fn nap_after_looks(&self, millis: i64) {
        self.nap.store(millis, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub(crate) fn set_by(&self, millis: i64) {
        self.set_by.fetch_add(millis, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> UnixMs {
        UnixMs::from_millis(NOW + self.passed.load(Ordering::SeqCst) + self.set_by.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.passed.load(Ordering::SeqCst)).unwrap())
    }

    fn boot(&self) -> Duration {
        let now = self.monotonic();
        self.passed
            .fetch_add(self.nap.load(Ordering::SeqCst), Ordering::SeqCst);
        now
    }

    async fn sleep(&self, span: Duration) {
        self.pass(span);
    }
}

/// Every fill is full of the next number.
#[derive(Debug, Default)]
struct Counted(AtomicU8);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::SeqCst) + 1);
    }
}

/// What a test works with.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<HandClock>,
}

/// A client that reaches only these servers under these names. A name without a server leads to a closed port.
pub(crate) fn world(hosts: &[(&str, Option<&Server>)]) -> World {
    let entries = hosts.iter().map(|(host, server)| {
        format!(
            "{host}=http://127.0.0.1:{}",
            server.map_or(9, |server| server.port)
        )
    });
    let lab = Lab::parse(&entries.collect::<Vec<_>>().join(",")).unwrap();
    let http = Http::new(HttpConfig {
        user_agent: "hermes-test".to_owned(),
        lab: Some(lab),
        proxy: ProxySettings::default(),
        extra_ca: None,
        allow_private: false,
    });
    let clock = Arc::new(HandClock::default());
    World {
        engine: Engine {
            http: http.unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Arc::new(Counted::default()),
        },
        clock,
    }
}

/// A built-in row.
pub(crate) fn row(id: &str) -> Provider {
    Catalog::builtin().unwrap().provider(id).unwrap().clone()
}

pub(crate) fn plan(id: &str, method: Option<&str>, region: Option<&str>) -> Plan {
    Plan::new(Arc::new(row(id)), method, region, None).unwrap()
}

impl World {
    pub(crate) async fn start(&self, plan: &Plan) -> Result<Attempt, OauthError> {
        Attempt::start(&self.engine, plan, StartOptions::default()).await
    }

    /// Polls until something other than waiting comes, moving the clock; also gives the waits and notes on the way.
    pub(crate) async fn poll_out(&self, attempt: &mut Attempt, plan: &Plan) -> Polled {
        let mut polled = Polled::default();
        for _ in 0..10_000 {
            match attempt.advance(&self.engine, plan, Input::Poll).await {
                Ok(Step::Waiting { next_poll, note }) => {
                    polled.waits.push(next_poll.as_millis());
                    polled.notes.extend(note.map(|note| note.to_string()));
                    self.clock.pass(next_poll);
                }
                Ok(Step::Done { credential, notes }) => {
                    polled.notes.extend(notes.iter().map(ToString::to_string));
                    polled.credential = Some(*credential);
                    return polled;
                }
                Err(error) => {
                    polled.error = Some(error);
                    return polled;
                }
            }
        }
        panic!("the attempt never ends");
    }
}

/// What polling came to.
#[derive(Debug, Default)]
pub(crate) struct Polled {
    pub(crate) waits: Vec<u128>,
    pub(crate) notes: Vec<String>,
    pub(crate) credential: Option<NewCredential>,
    pub(crate) error: Option<OauthError>,
}

/// A JWT with these claims and no signature worth the name.
pub(crate) fn jwt(claims: &Value) -> String {
    use base64::Engine as _;
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part("{\"alg\":\"RS256\"}"),
        part(&claims.to_string()),
        part("signature")
    )
}
