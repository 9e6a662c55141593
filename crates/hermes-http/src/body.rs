use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;

use crate::HttpError;
use crate::error::printable;
use crate::pool::{Connection, Key, Pool};

/// What a body to send may fail with.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body to send.
#[derive(Debug)]
pub struct SendBody(Kind);

#[derive(Debug)]
enum Kind {
    Full(Option<Bytes>),
    Stream(UnsyncBoxBody<Bytes, BodyError>),
}

impl SendBody {
    /// No body.
    pub fn empty() -> Self {
        Self(Kind::Full(None))
    }

    /// A body that is held in memory.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(Kind::Full((!bytes.is_empty()).then_some(bytes)))
    }

    /// A body that is passed on as it comes.
    pub fn stream<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(Kind::Stream(body.map_err(Into::into).boxed_unsync()))
    }
}

impl Body for SendBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Kind::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(bytes) => bytes.is_none(),
            Kind::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64)),
            Kind::Stream(body) => body.size_hint(),
        }
    }
}

/// The body of an answer, passed on frame by frame as it arrives. Dropping it before its end closes the connection.
#[derive(Debug)]
pub struct ReplyBody {
    incoming: Incoming,
    /// The connection it comes over, until the end; then it rests in the pool.
    lease: Option<Lease>,
    host: String,
}

/// A connection on loan from the pool.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) connection: Connection,
    pub(crate) key: Key,
    pub(crate) pool: Arc<Pool>,
}

impl ReplyBody {
    pub(crate) fn new(incoming: Incoming, lease: Option<Lease>, host: String) -> Self {
        Self {
            incoming,
            lease,
            host,
        }
    }

    fn give_back(&mut self, cx: &mut Context<'_>) {
        if let Some(mut lease) = self.lease.take()
            && lease.connection.is_reusable(cx)
        {
            lease.pool.put(lease.key, lease.connection);
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Some(lease) = &mut self.lease {
            lease.connection.drive(cx);
        }
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => {
                if self.incoming.is_end_stream() {
                    self.give_back(cx);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(_))) => {
                self.lease = None;
                let host = printable(&self.host);
                Poll::Ready(Some(Err(HttpError::Reset { host, sent: true })))
            }
            Poll::Ready(None) => {
                self.give_back(cx);
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
