use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hermes_translate::Replay;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

use crate::relay::Relay;

/// What a body may fail with; the connection is then cut, so that nobody takes a part for the whole.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer.
pub struct Body(Kind);

enum Kind {
    Full(Option<Bytes>),
    Relay(Box<Relay>),
    /// None after its last portion.
    Replay(Option<Replay>),
    Boxed(UnsyncBoxBody<Bytes, BodyError>),
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Self(Kind::Full(None))
    }

    /// These bytes.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(Kind::Full((!bytes.is_empty()).then_some(bytes)))
    }

    /// Another service's body, such as a page of the dashboard.
    pub fn boxed<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(Kind::Boxed(body.map_err(Into::into).boxed_unsync()))
    }

    /// A whole answer as a stream.
    pub(crate) fn replay(replay: Replay) -> Self {
        Self(Kind::Replay(Some(replay)))
    }

    pub(crate) fn relay(relay: Relay) -> Self {
        Self(Kind::Relay(Box::new(relay)))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Kind::Full(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Relay(relay) => relay.poll_frame(cx),
            Kind::Replay(replay) => Poll::Ready(portion(replay).map(|data| Ok(Frame::data(data)))),
            Kind::Boxed(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Full(bytes) => bytes.is_none(),
            Kind::Relay(relay) => relay.is_end_stream(),
            Kind::Replay(replay) => replay.is_none(),
            Kind::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64)),
            Kind::Relay(relay) => relay.size_hint(),
            Kind::Replay(_) => SizeHint::default(),
            Kind::Boxed(body) => body.size_hint(),
        }
    }
}

/// The next portion of a replay, none after its last.
fn portion(replay: &mut Option<Replay>) -> Option<Bytes> {
    let mut out = Vec::new();
    if !replay.as_mut()?.write(&mut out) {
        *replay = None;
    }
    (!out.is_empty()).then(|| out.into())
}
