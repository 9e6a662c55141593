//! A client without a library between it and the wire, and a clock that waits for nobody.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hermes_core::{Clock, UnixMs};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Sim, SimOptions};

/// Where every test's clock starts.
pub(super) fn start() -> UnixMs {
    UnixMs::from_millis(1_795_000_000_000)
}

/// Stands still but for what is slept and what a test adds.
#[derive(Default)]
pub(super) struct TestClock {
    passed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub(super) fn advance(&self, span: Duration) {
        *self.passed.lock().unwrap() += span;
    }

    pub(super) fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        start().plus(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    async fn sleep(&self, span: Duration) {
        self.slept.lock().unwrap().push(span);
        self.advance(span);
    }
}

/// A simulation, its clock and a client of it.
pub(super) struct World {
    pub(super) sim: Sim,
    pub(super) clock: Arc<TestClock>,
    pub(super) client: Client,
}

pub(super) async fn world() -> World {
    let clock = Arc::new(TestClock::default());
    let options = SimOptions {
        clock: clock.clone(),
        token_life: Duration::from_mins(15),
        journal: true,
    };
    let sim = Sim::start(options).await.unwrap();
    let client = Client::of(&sim);
    World { sim, clock, client }
}

/// Sends each request over a connection of its own.
pub(super) struct Client {
    address: String,
}

/// What came back until the connection ended.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The chunks of a chunked body.
    pub(super) chunks: Vec<Vec<u8>>,
    /// Whether the body came to its proper end.
    pub(super) complete: bool,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Client {
    pub(super) fn of(sim: &Sim) -> Self {
        Self {
            address: sim.origin().strip_prefix("http://").unwrap().to_owned(),
        }
    }

    pub(super) async fn send(
        &self,
        method: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Reply {
        let mut stream = self.open(method, host, path, headers, body).await;
        let mut bytes = Vec::new();
        // A cut may come as a reset.
        let _ = stream.read_to_end(&mut bytes).await;
        parse(&bytes).expect("an answer")
    }

    /// Sends a request and leaves the reading to the caller.
    pub(super) async fn open(
        &self,
        method: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = request(method, host, path, headers, body);
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    pub(super) async fn get(&self, host: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", host, path, headers, "").await
    }

    pub(super) async fn form(&self, host: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.form_with(host, path, &[], fields).await
    }

    pub(super) async fn form_with(
        &self,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = headers.iter().copied().chain([kind]).collect();
        self.send("POST", host, path, &headers, &body).await
    }

    pub(super) async fn json(&self, host: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let kind = ("content-type", "application/json");
        let headers: Vec<_> = headers.iter().copied().chain([kind]).collect();
        self.send("POST", host, path, &headers, &body.to_string()).await
    }

    /// An inference call with a bearer; its status.
    pub(super) async fn infer(&self, host: &str, path: &str, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("anthropic-version", "2023-06-01"),
            ("anthropic-beta", "oauth-2025-04-20"),
        ];
        // With all that the narrowest of them asks for.
        let body = serde_json::json!({
            "model": "simulated-1", "instructions": "Be brief.", "input": [], "store": false, "stream": true,
        });
        self.json(host, path, &headers, &body).await.status
    }
}

pub(super) fn request(method: &str, host: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request + "\r\n" + body
}

/// The answer in these bytes; none when there is not even a head.
pub(super) fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut reply = Reply {
        status,
        headers,
        body: bytes[end + 4..].to_vec(),
        chunks: Vec::new(),
        complete: false,
    };
    if reply.header("transfer-encoding") == Some("chunked") {
        (reply.chunks, reply.complete) = unchunk(&reply.body);
        reply.body = reply.chunks.concat();
    } else if let Some(length) = reply.header("content-length") {
        reply.complete = length.parse() == Ok(reply.body.len());
    }
    Some(reply)
}

fn unchunk(mut rest: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut chunks = Vec::new();
    while let Some(line) = find(rest, b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return (chunks, true);
        }
        let Some(chunk) = rest.get(line + 2..line + 2 + size) else {
            break;
        };
        chunks.push(chunk.to_vec());
        rest = rest.get(line + 4 + size..).unwrap_or_default();
    }
    (chunks, false)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
