//! A client's socket with strict message borders and a deadline for request heads.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::framing::{Follower, Framing};
use crate::wire::Wire;

/// What the socket saw, for the one who handles its requests.
#[derive(Clone, Debug)]
pub(crate) struct Borders(Arc<Mutex<Follower>>);

impl Borders {
    /// At the beginning of a connection; `longest` is the longest request head, bytes.
    pub(crate) fn new(longest: usize) -> Self {
        Self(Arc::new(Mutex::new(Follower::new(longest))))
    }

    /// The framing of the request that is handled next.
    pub(crate) fn next(&self) -> Framing {
        self.with(Follower::next)
            .unwrap_or(Framing::Refused("the request's borders are unclear"))
    }

    /// Whether every byte read so far belongs to a complete request.
    pub(crate) fn complete(&self) -> bool {
        self.with(|follower| follower.at_border())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Follower) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The socket.
pub(crate) struct ClientSocket {
    stream: Wire,
    borders: Borders,
    head_time: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl ClientSocket {
    /// Wraps an accepted socket; its first request head is due within `head_time`.
    pub(crate) fn new(stream: Wire, borders: Borders, head_time: Duration) -> Self {
        let deadline = Some(Box::pin(sleep_until(Instant::now() + head_time)));
        Self {
            stream,
            borders,
            head_time,
            deadline,
        }
    }

    /// Ends the sending half and throws away what the client still sends, so that the last answer is not lost to a reset.
    pub(crate) async fn linger(mut self, longest: Duration) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let drain = async {
            self.stream.shutdown().await?;
            let mut waste = vec![0; 16 << 10];
            while self.stream.read(&mut waste).await? > 0 {}
            io::Result::Ok(())
        };
        // Whether the client took its answer cannot be known, and nothing is left to do for it.
        drop(tokio::time::timeout(longest, drain).await);
    }

    /// Starts the deadline when a head begins and stops it when the head is complete.
    fn follow(&mut self, bytes: &[u8]) {
        let inside = self.borders.with(|follower| {
            follower.feed(bytes);
            follower.inside_head()
        });
        if !inside {
            self.deadline = None;
        } else if self.deadline.is_none() {
            self.deadline = Some(Box::pin(sleep_until(Instant::now() + self.head_time)));
        }
    }
}

impl AsyncRead for ClientSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                self.follow(&buffer.filled()[before..]);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let due = self
                    .deadline
                    .as_mut()
                    .is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready());
                if due {
                    Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
                } else {
                    Poll::Pending
                }
            }
        }
    }
}

impl AsyncWrite for ClientSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
