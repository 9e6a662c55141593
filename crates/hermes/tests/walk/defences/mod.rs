//! What must hold against hostile providers, web pages, files and neighbours, shown with the real binary.

mod logins;
mod network;
mod secrets;
mod terminal;
mod tls;

use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::harness::{Done, Lab, Up};

/// How long anything here may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The path of MiniMax's inference call, and its host.
const MESSAGES: (&str, &str) = ("api.minimax.io", "/anthropic/v1/messages");

/// A small request to MiniMax.
fn question() -> Value {
    json!({"model": "minimax-oauth/MiniMax-M2.7", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]})
}

/// A lab that is signed in to MiniMax.
async fn signed_in() -> Lab {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    lab
}

/// Sends these bytes to a gateway and gives everything that comes back until the connection ends.
pub(crate) async fn raw(up: &Up, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(up.base.trim_start_matches("http://"))
        .await
        .expect("the gateway listens");
    // A gateway that has already refused may close before everything is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    // A reset after the answer is a way to end too.
    let _ = tokio::time::timeout(PATIENCE, read)
        .await
        .expect("an end in time");
    answer
}

/// The status of a raw answer.
pub(crate) fn status(answer: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned();
    line.parse()
        .unwrap_or_else(|_| panic!("no status: {:?}", String::from_utf8_lossy(answer)))
}

/// The head of a POST with the gateway's key, without its end.
fn head(up: &Up, path: &str) -> String {
    let host = up.base.trim_start_matches("http://");
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\nx-api-key: {}\r\n",
        up.key
    )
}

/// A whole POST.
fn post(up: &Up, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "{}{headers}content-length: {}\r\n\r\n",
        head(up, path),
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A listener that nobody may connect to.
struct Trap {
    listener: TcpListener,
    port: u16,
}

impl Trap {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self { listener, port }
    }

    /// Fails if anybody has connected.
    async fn assert_untouched(&self) {
        let accepted = tokio::time::timeout(Duration::from_millis(50), self.listener.accept()).await;
        assert!(accepted.is_err(), "somebody connected to the hostile listener");
    }
}

/// Runs a command whose three streams are a terminal; everything it printed is in `stdout`.
async fn on_terminal(mut command: Command) -> Done {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let name = ptsname(&master, Vec::new()).expect("a name");
    let slave = fs_err::OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().expect("a path"))
        .expect("the other end")
        .into_file();
    let stream = || Stdio::from(slave.try_clone().expect("a descriptor"));
    let mut child = command
        .stdin(stream())
        .stdout(stream())
        .stderr(stream())
        .spawn()
        .expect("the program starts");
    drop((command, slave));
    let printed = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        // Reading ends with an error once the last user of the other end is gone.
        let _ = std::fs::File::from(master).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let code = tokio::time::timeout(PATIENCE, child.wait()).await;
    Done {
        code: code
            .expect("an end in time")
            .expect("a status")
            .code()
            .unwrap_or(-1),
        stdout: printed.await.expect("the terminal is read"),
        stderr: String::new(),
    }
}
