use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(20);

/// A client that writes exactly what it is told.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    /// Writes; a peer that has already ended the connection is not an error here.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        drop(self.stream.write_all(bytes).await);
    }

    /// What comes until `needle` has come, or the end.
    pub(crate) async fn until(&mut self, needle: &str) -> String {
        let mut seen = Vec::new();
        let mut part = [0; 4096];
        while !String::from_utf8_lossy(&seen).contains(needle) {
            match tokio::time::timeout(PATIENCE, self.stream.read(&mut part)).await {
                Ok(Ok(count)) if count > 0 => seen.extend_from_slice(&part[..count]),
                Ok(_) => break,
                Err(elapsed) => panic!("{elapsed}: nothing came after {}", String::from_utf8_lossy(&seen)),
            }
        }
        String::from_utf8_lossy(&seen).into_owned()
    }

    /// Everything until the end of the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut seen = Vec::new();
        let mut part = vec![0; 64 << 10];
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.read(&mut part)).await {
                Ok(Ok(count)) if count > 0 => seen.extend_from_slice(&part[..count]),
                Ok(_) => return seen,
                Err(elapsed) => panic!("{elapsed}: no end after {}", String::from_utf8_lossy(&seen)),
            }
        }
    }

    pub(crate) async fn answer(mut self) -> Answer {
        let bytes = self.rest().await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .unwrap_or(0);
        let (head, _) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        Answer {
            status,
            head: head.to_lowercase(),
            body: body_of(&bytes),
            text,
        }
    }
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 when nothing came.
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    /// Without its transfer coding.
    pub(crate) body: Vec<u8>,
    /// All of it.
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self
            .head
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}:")))?;
        Some(line.trim())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn text_body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The body of the bytes of an answer, with a chunked coding undone.
fn body_of(bytes: &[u8]) -> Vec<u8> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Vec::new();
    };
    let (head, mut rest) = (
        String::from_utf8_lossy(&bytes[..end]).to_lowercase(),
        &bytes[end + 4..],
    );
    if !head.contains("transfer-encoding: chunked") {
        return rest.to_vec();
    }
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        let start = line + 2;
        body.extend_from_slice(&rest[start..(start + size).min(rest.len())]);
        rest = rest.get(start + size + 2..).unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    body
}
