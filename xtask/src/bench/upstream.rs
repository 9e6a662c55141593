//! A provider that answers at once, with a fixed body or with paced deltas.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One delta, as large as providers send them.
const DELTA: &str = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" hello\"}}\n\n";

/// The running provider.
pub(crate) struct Upstream {
    /// Its port on loopback.
    pub(crate) port: u16,
}

/// Starts it on the current runtime.
pub(crate) async fn start() -> Result<Upstream> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let answer: Arc<[u8]> = fixed().into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            // A client that goes away ends its own connection only.
            tokio::spawn(async move { serve(stream, &answer).await.ok() });
        }
    });
    Ok(Upstream { port })
}

fn fixed() -> Vec<u8> {
    let body = r#"{"id":"msg_1","type":"message","role":"assistant","model":"bench","content":[{"type":"text","text":"hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":2}}"#;
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn serve(mut stream: TcpStream, answer: &[u8]) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(256 * 1024);
    loop {
        buffer.clear();
        let Some(paced) = request(&mut stream, &mut buffer).await? else {
            return Ok(());
        };
        match paced {
            None => stream.write_all(answer).await?,
            Some((count, pause)) => deltas(&mut stream, count, pause).await?,
        }
    }
}

/// Reads one request; the count and pace of deltas stand in the header `x-bench-pace: deltas=N ms=P`.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<Option<(u32, Duration)>>> {
    let head = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let length: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .unwrap_or("0")
        .trim()
        .parse()?;
    while buffer.len() < head + length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let field = |name: &str| {
        let (_, rest) = text
            .lines()
            .find(|line| line.starts_with("x-bench-pace:"))?
            .split_once(name)?;
        rest.split(|one: char| !one.is_ascii_digit())
            .next()?
            .parse::<u32>()
            .ok()
    };
    Ok(Some(field("deltas=").map(|count| {
        (count, Duration::from_millis(field("ms=").unwrap_or(1).into()))
    })))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pace of the deltas is what is measured"
)]
async fn deltas(stream: &mut TcpStream, count: u32, pause: Duration) -> Result<()> {
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await?;
    let chunk = format!("{:x}\r\n{DELTA}\r\n", DELTA.len());
    for _ in 0..count {
        // The first one leaves at once, so that no timer's rounding hides or adds to what the server between takes.
        stream.write_all(chunk.as_bytes()).await?;
        tokio::time::sleep(pause).await;
    }
    let last = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    stream
        .write_all(format!("{:x}\r\n{last}\r\n0\r\n\r\n", last.len()).as_bytes())
        .await?;
    Ok(())
}
