//! A small web server for tests: another page on this machine, or an API to try a tool on. It remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// The first header with this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: String,
    body: String,
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            headers: format!("content-type: {content_type}\r\n"),
            body: body.to_owned(),
        }
    }

    pub(super) fn html(body: &str) -> Self {
        let whole = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Test</title><link rel=icon href='data:,'>{body}"
        );
        Self::new(200, "text/html; charset=utf-8", &whole)
    }

    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", &body.to_string())
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers = format!("{}{name}: {value}\r\n", self.headers);
        self
    }
}

/// The running server; it ends when dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Asked>>>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Answers every request by this function.
    pub(super) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&seen);
        let answer = Arc::new(answer);
        let accepting = tokio::spawn(async move {
            // Dropped with this task, and then every connection ends too.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, answer) = (Arc::clone(&memory), Arc::clone(&answer));
                connections.spawn(async move {
                    // A caller may hang up whenever it likes.
                    let _ = serve(stream, &memory, &*answer).await;
                });
            }
        });
        Self {
            port,
            seen,
            accepting,
        }
    }

    /// Its address by number.
    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Every request so far.
    pub(super) fn seen(&self) -> Vec<Asked> {
        self.seen.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    stream: TcpStream,
    memory: &Mutex<Vec<Asked>>,
    answer: &(dyn Fn(&Asked) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head).await? == 0 {
            return Ok(());
        }
    }
    let mut asked = parse(&String::from_utf8_lossy(&head));
    let length = asked.header("content-length").and_then(|text| text.parse().ok());
    asked.body = vec![0; length.unwrap_or_default()];
    stream.read_exact(&mut asked.body).await?;
    let reply = answer(&asked);
    let whole = asked.method != "HEAD";
    memory.lock().expect("nobody panics with it").push(asked);
    let body = if whole { reply.body.as_str() } else { "" };
    let text = format!(
        "HTTP/1.1 {} Test\r\n{}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        reply.status,
        reply.headers,
        reply.body.len()
    );
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

fn parse(head: &str) -> Asked {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let fields = lines.filter_map(|line| line.split_once(": "));
    Asked {
        method,
        target,
        headers: fields
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: Vec::new(),
    }
}
