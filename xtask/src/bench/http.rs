//! Just enough HTTP/1.1 to send prepared requests and find the end of an answer.

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// How an answer's body ends.
enum End {
    Length(usize),
    Chunked,
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads the whole answer; `arrived` is called at each read that brings a part of the body.
    pub(crate) async fn exchange(&mut self, request: &[u8], mut arrived: impl FnMut()) -> Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = self.read_head().await?;
        let end = framing(&self.buffer[..head])?;
        if self.buffer.len() > head {
            arrived();
        }
        while !complete(&self.buffer[head..], &end) {
            self.read().await?;
            arrived();
        }
        Ok(())
    }

    async fn read_head(&mut self) -> Result<usize> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                return Ok(at + 4);
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(
            read > 0,
            "the server closed the connection in the middle of an answer"
        );
        Ok(())
    }
}

fn framing(head: &[u8]) -> Result<End> {
    let text = std::str::from_utf8(head)
        .context("the head is not text")?
        .to_ascii_lowercase();
    if !text.starts_with("http/1.1 200") {
        bail!("unexpected answer: {}", text.lines().next().unwrap_or_default());
    }
    if text.contains("transfer-encoding: chunked") {
        return Ok(End::Chunked);
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .context("no length")?;
    Ok(End::Length(length.trim().parse()?))
}

fn complete(body: &[u8], end: &End) -> bool {
    match end {
        End::Length(length) => body.len() >= *length,
        End::Chunked => body.ends_with(b"0\r\n\r\n"),
    }
}
