//! An upstream answer on its way to the client, frame by frame.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hermes_http::ReplyBody;
use hermes_pool::{Lease, Outcome};
use hermes_translate::{Failure, Translator};
use hermes_wire::{UsageWatcher, Withholder, conversation_after, stream_error};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::alive::{Between, ping};
use crate::body::BodyError;
use crate::headers;
use crate::job::{Crossing, Served};
use crate::limits::Limits;
use crate::opening::{Held, Rest};
use crate::record::Record;

/// The body of an answer that is passed through. Dropping it drops the upstream's half at once.
pub(crate) struct Relay {
    upstream: Option<ReplyBody>,
    /// What came before this relay was made; it goes first.
    held: Held,
    /// The credential counts as used until the answer has ended.
    lease: Arc<Lease>,
    /// The head as the upstream sent it.
    head: HeaderMap,
    /// Whether the pool knows of the error inside the stream.
    told: bool,
    /// Whether the pool knows of the answer's id.
    noted: bool,
    /// Reads along an answer that is passed through.
    watcher: Option<UsageWatcher>,
    /// Turns an answer into the client's protocol.
    translator: Option<Translator>,
    /// Keeps back what says who the account is, in events that are passed through.
    withholder: Option<Withholder>,
    record: Record,
    events: bool,
    idle: Duration,
    last: Instant,
    /// A sign of life goes to the client after this long without anything.
    ping: Duration,
    sent: Instant,
    /// Whether the last byte for the client ended an event, so that another may follow.
    between: Between,
    timer: Pin<Box<Sleep>>,
    /// Whether the upstream has no more.
    over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Relay {
    pub(crate) fn new(
        served: Served,
        crossing: Option<&Crossing>,
        withholder: Option<Withholder>,
        record: Record,
        limits: &Limits,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let last = Instant::now();
        let (head, upstream) = served.response.into_parts();
        let over = served.held.frames.is_empty() && upstream.is_end_stream();
        let translator = crossing.map(|crossing| Translator::new(&crossing.context));
        let watcher = translator
            .is_none()
            .then(|| UsageWatcher::new(served.protocol, served.events));
        let mut relay = Self {
            upstream: Some(upstream),
            held: served.held,
            lease: served.lease,
            head: head.headers,
            told: served.told,
            noted: false,
            watcher,
            translator,
            withholder: withholder.filter(|_| served.events),
            record,
            events: served.events,
            idle: limits.upstream_idle,
            last,
            ping: limits.ping,
            sent: last,
            between: Between::default(),
            timer: Box::pin(sleep_until(last)),
            over,
            _permit: permit,
        };
        let due = relay.due();
        relay.timer.as_mut().reset(due);
        relay
    }

    pub(crate) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            if let Some(frame) = self.translated() {
                return Poll::Ready(Some(Ok(frame)));
            }
            let Some(upstream) = &mut self.upstream else {
                return Poll::Ready(None);
            };
            if let Some(data) = self.held.frames.pop_front() {
                let ended = self.held.frames.is_empty() && upstream.is_end_stream();
                if let Some(frame) = self.pass(data, ended) {
                    return Poll::Ready(Some(Ok(frame)));
                }
                continue;
            }
            if self.held.rest != Rest::More {
                return self.end_of_held();
            }
            match Pin::new(&mut *upstream).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers are not passed on; no protocol uses them.
                    let Ok(data) = frame.into_data() else { continue };
                    let ended = upstream.is_end_stream();
                    if !data.is_empty()
                        && let Some(frame) = self.pass(data, ended)
                    {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    tracing::debug!(%error, "upstream answer broke off");
                    return self.cut();
                }
                Poll::Ready(None) => return self.end(),
                Poll::Pending => {
                    ready!(self.timer.as_mut().poll(cx));
                    if self.last + self.idle <= Instant::now() {
                        return self.silent();
                    }
                    let ping = self.pinged();
                    let due = self.due();
                    self.timer.as_mut().reset(due);
                    if let Some(frame) = ping {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                }
            }
        }
    }

    /// When to look again: at a sign of life that is due, or at the end of patience.
    fn due(&self) -> Instant {
        let end = self.last + self.idle;
        if self.events && self.between.is_between() {
            end.min(self.sent + self.ping)
        } else {
            end
        }
    }

    /// A sign of life, where one is due and may stand.
    fn pinged(&mut self) -> Option<Frame<Bytes>> {
        let now = Instant::now();
        if !self.events || !self.between.is_between() || now < self.sent + self.ping {
            return None;
        }
        self.sent = now;
        let mut out = Vec::new();
        match &mut self.translator {
            Some(translator) => translator.ping(&mut out),
            None => out.extend_from_slice(ping(self.record.protocol)),
        }
        (!out.is_empty()).then(|| Frame::data(out.into()))
    }

    /// Nothing follows what was held.
    fn end_of_held(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.held.rest {
            Rest::More | Rest::Ended => self.end(),
            Rest::Cut => self.cut(),
            Rest::Silent => self.silent(),
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        match &self.upstream {
            None => self.is_done(),
            // The end of a stream of events has to be looked at, so it is always asked for.
            Some(upstream) => !self.events && self.held.frames.is_empty() && upstream.is_end_stream(),
        }
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        match &self.upstream {
            // An error event may be added, so no length is promised.
            Some(upstream) if !self.events => with_held(&self.held, &upstream.size_hint()),
            None if self.is_done() => SizeHint::with_exact(0),
            _ => SizeHint::default(),
        }
    }

    /// Whether the client got all that there was; a translation has more to say at the end.
    fn is_done(&self) -> bool {
        self.over && self.translator.as_ref().is_none_or(Translator::ended)
    }

    /// The client's half of what came; nothing where a translation has nothing to say yet.
    fn pass(&mut self, data: Bytes, ended: bool) -> Option<Frame<Bytes>> {
        self.last = Instant::now();
        self.over = ended;
        if let Some(translator) = &mut self.translator {
            translator.push(&data);
            self.tell();
            return self.translated();
        }
        if let Some(watcher) = &mut self.watcher {
            watcher.feed(&data);
        }
        self.tell();
        self.note_id();
        let changed = self.withholder.as_mut().and_then(|one| one.pass(&data));
        self.frame(changed.map_or(data, Bytes::from))
    }

    /// The next portion of what a translation has to say.
    fn translated(&mut self) -> Option<Frame<Bytes>> {
        let translator = self.translator.as_mut()?;
        let mut out = Vec::new();
        translator.write(&mut out);
        self.frame(out.into())
    }

    fn frame(&mut self, data: Bytes) -> Option<Frame<Bytes>> {
        if data.is_empty() {
            return None;
        }
        self.record.byte();
        self.sent = self.last;
        self.between.feed(&data);
        Some(Frame::data(data))
    }

    /// Tells the pool once of an error inside the stream, so that the next request does not meet it again. The client gets it as
    /// it came: part of the answer is already there.
    fn tell(&mut self) {
        if self.told {
            return;
        }
        let watched = self.watcher.as_ref().and_then(UsageWatcher::error_body);
        let read = self.translator.as_ref().and_then(Translator::error_data);
        let Some(body) = watched.or(read.map(str::as_bytes)) else {
            return;
        };
        self.told = true;
        let outcome = Outcome::StreamFailed {
            headers: headers::told(&self.head),
            body: body.to_vec(),
        };
        let lease = Arc::clone(&self.lease);
        tokio::spawn(async move { lease.report(outcome).await });
    }

    /// Tells the pool once which id the next request of the conversation may name.
    fn note_id(&mut self) {
        if self.noted {
            return;
        }
        let id = self.watcher.as_ref().and_then(UsageWatcher::answer_id);
        if let Some(id) = id {
            self.lease.continued_as(conversation_after(id));
            self.noted = true;
        }
    }

    fn cut(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.broken("upstream_cut", "the provider's answer broke off in the middle")
    }

    fn silent(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.broken("upstream_idle", "the provider sent nothing for too long")
    }

    fn end(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(translator) = &mut self.translator {
            translator.finish();
            self.tell();
            self.upstream = None;
            self.over = true;
            return Poll::Ready(self.translated().map(Ok));
        }
        let clean = self
            .watcher
            .as_ref()
            .is_none_or(|watcher| watcher.ended_cleanly() || watcher.error().is_some());
        if self.events && !clean {
            return self.broken(
                "upstream_cut",
                "the provider's answer ended before it was complete",
            );
        }
        self.upstream = None;
        self.over = true;
        let rest = self
            .withholder
            .take()
            .map(|one| Bytes::copy_from_slice(one.rest()));
        Poll::Ready(rest.and_then(|rest| self.frame(rest)).map(Ok))
    }

    /// Ends a stream of events with an error event; any other body by cutting the connection, since a part must not look whole.
    fn broken(&mut self, kind: &'static str, message: &str) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.upstream = None;
        self.over = true;
        self.record.error = Some(kind.to_owned());
        if !self.events {
            return Poll::Ready(Some(Err(message.to_owned().into())));
        }
        if let Some(translator) = &mut self.translator {
            translator.fail(failure(kind, message));
            return Poll::Ready(self.translated().map(Ok));
        }
        let id = self.record.id.to_string();
        let event = stream_error(self.record.protocol, 502, kind, message, &id);
        Poll::Ready(Some(Ok(Frame::data(event.into()))))
    }
}

fn failure(kind: &str, message: &str) -> Failure {
    Failure {
        status: 502,
        kind: kind.to_owned(),
        message: message.to_owned(),
    }
}

/// The size of a whole body whose beginning is held.
fn with_held(held: &Held, rest: &SizeHint) -> SizeHint {
    let size: usize = held.frames.iter().map(Bytes::len).sum();
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    let mut hint = SizeHint::new();
    hint.set_lower(rest.lower().saturating_add(size));
    if let Some(upper) = rest.upper() {
        hint.set_upper(upper.saturating_add(size));
    }
    hint
}

impl Drop for Relay {
    fn drop(&mut self) {
        let done = self.is_done();
        let failed = match (self.watcher.take(), self.translator.take()) {
            (Some(watcher), _) => {
                let failed = watcher
                    .error()
                    .map(|error| error.code.clone().unwrap_or_else(|| "stream_error".to_owned()));
                self.record.usage = watcher.finish();
                failed
            }
            (None, Some(translator)) => {
                self.record.usage = translator.usage();
                translator.failure().map(|failure| failure.kind.clone())
            }
            (None, None) => return,
        };
        if self.record.error.is_none() {
            self.record.error = if done {
                failed
            } else {
                Some("client_gone".to_owned())
            };
        }
    }
}
