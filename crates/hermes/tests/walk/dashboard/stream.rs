//! The stream of events, which no tool for documents can follow to its end.

use std::time::Duration;

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::board::TOKEN;
use super::console::Console;
use crate::harness::Lab;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A stream that is being read.
struct Listener {
    stream: TcpStream,
    read: String,
}

impl Listener {
    async fn on(console: &Console, token: &str) -> Self {
        let address = console.board.up.base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        let head = format!("GET /api/events HTTP/1.1\r\nhost: {address}\r\n{TOKEN}: {token}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        Self {
            stream,
            read: String::new(),
        }
    }

    /// Reads on until this was told.
    async fn hears(&mut self, text: &str) {
        let reading = async {
            while !self.read.contains(text) {
                let mut bytes = [0; 4096];
                let count = self.stream.read(&mut bytes).await.expect("bytes");
                assert!(count > 0, "the stream ended without {text:?}: {}", self.read);
                self.read.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        };
        let heard = tokio::time::timeout(PATIENCE, reading).await;
        assert!(heard.is_ok(), "{text:?} was not told: {}", self.read);
    }
}

#[tokio::test]
async fn stream_tells_what_changed_and_ends_with_its_session() {
    // Twenty seconds are one of ours, so that the look whether the session holds comes soon.
    let lab = Lab::with(SimOptions::default(), "+0s,x20@").await;
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("openrouter", &key).await.code, 0);
    let console = Console::start(&lab).await;
    let mut listener = Listener::on(&console, &console.token).await;
    listener.hears("HTTP/1.1 200").await;
    listener.hears("content-type: text/event-stream").await;
    listener.hears("cache-control: no-store").await;
    listener.hears(": listening").await;
    let id = console.credentials().await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/credentials/{id}/disable");
    assert_eq!(console.post(&path, &json!({})).await.0, 200);
    listener.hears("event: changed").await;
    listener.hears(r#"data: {"what":"credentials"}"#).await;
    let started = console.start_login("minimax-oauth", &json!({})).await;
    let session = started["session_id"].as_str().expect("an id");
    let cancel = format!("/api/providers/oauth/sessions/{session}");
    assert_eq!(console.delete(&cancel).await.0, 200);
    listener.hears(r#""status":"cancelled""#).await;
    assert_eq!(console.delete("/api/session").await.0, 200);
    listener.hears("event: bye").await;
}

#[tokio::test]
async fn stream_needs_a_session_and_ends_with_the_program() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let console = Console::start(&lab).await;
    let mut wrong = Listener::on(&console, "wrong").await;
    wrong.hears("HTTP/1.1 401").await;
    let mut listener = Listener::on(&console, &console.token).await;
    listener.hears(": listening").await;
    assert_eq!(console.board.up.end().await.code, 0);
    let mut rest = Vec::new();
    let end = tokio::time::timeout(PATIENCE, listener.stream.read_to_end(&mut rest)).await;
    end.expect("an end in time").expect("a proper end");
}
