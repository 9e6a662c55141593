//! A server on a real loopback socket that plays a script, connection by connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hermes_core::{Bound, Clock, SystemClock};
use hermes_http::{Attach, Http, HttpConfig, HttpError, Lab, ProxySettings, SendBody, Url, origin_of};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// One step of a connection's script.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads a whole request and notes it.
    Read,
    /// Reads only the first bytes that come.
    ReadSome,
    /// Writes this.
    Write(Vec<u8>),
    /// Writes this again and again until the other side is gone.
    Flood(Vec<u8>),
    /// Waits.
    Wait(u64),
    /// Keeps the connection open and silent.
    Hang,
}

pub(crate) fn write(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

/// An answer with a length.
pub(crate) fn ok(body: &str) -> Step {
    write(&format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Requests as text, each with the number of its connection.
    pub(crate) seen: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Server {
    /// Plays one script a connection, then closes it; the last script is repeated.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let script = scripts[number.min(scripts.len() - 1)].clone();
                tokio::spawn(play(stream, number, script, Arc::clone(&log)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<(usize, String)> {
        self.seen.lock().unwrap().clone()
    }

    /// A lab map that leads these hosts here.
    pub(crate) fn lab(&self, hosts: &[&str]) -> Lab {
        let entries: Vec<_> = hosts
            .iter()
            .map(|host| format!("{host}=http://{}", self.address))
            .collect();
        Lab::parse(&entries.join(",")).unwrap()
    }
}

pub(crate) async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    number: usize,
    script: Vec<Step>,
    log: Arc<Mutex<Vec<(usize, String)>>>,
) {
    for step in script {
        match step {
            Step::Read => match read_request(&mut stream).await {
                Some(request) => log.lock().unwrap().push((number, request)),
                None => return,
            },
            Step::ReadSome => {
                let mut buffer = [0; 16];
                let _ = stream.read(&mut buffer).await;
            }
            Step::Write(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
                let _ = stream.flush().await;
            }
            Step::Flood(bytes) => while stream.write_all(&bytes).await.is_ok() {},
            Step::Wait(ms) => SystemClock::new().sleep(Duration::from_millis(ms)).await,
            Step::Hang => std::future::pending().await,
        }
    }
    let _ = stream.shutdown().await;
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(str::to_owned)
                })
                .find_map(|value| value.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

pub(crate) fn config(lab: Option<Lab>) -> HttpConfig {
    HttpConfig {
        user_agent: "hermes-test/1".to_owned(),
        lab,
        proxy: ProxySettings::none(),
        extra_ca: None,
        allow_private: false,
    }
}

pub(crate) fn client() -> Http {
    Http::new(config(None)).unwrap()
}

pub(crate) fn bearer(secret: &str, url: &Url) -> Attach {
    Attach::bearer(Bound::new(secret.into(), [origin_of(url)]))
}

pub(crate) fn post(url: &Url, body: &str) -> http::Request<SendBody> {
    http::Request::post(url.as_str())
        .body(SendBody::full(body.to_owned()))
        .unwrap()
}

/// Sends and reads the whole answer.
pub(crate) async fn fetch(
    http: &Http,
    request: http::Request<SendBody>,
    credential: Option<&Attach>,
) -> Result<String, HttpError> {
    let answer = http.send(request, credential).await?;
    let body = answer.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}
