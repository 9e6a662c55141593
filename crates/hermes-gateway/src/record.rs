//! What is remembered of one request: the log row and the counters, written when the last part of the answer is gone.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Billing, Clock, CredentialId, KeyId, Protocol, ProviderId, RequestId, UnixMs};
use hermes_pool::{RequestRow, Story};
use hermes_wire::Usage;

use crate::log::LogSender;
use crate::metrics::Metrics;

/// One request. Dropping it writes the row, so that a client that goes away is recorded like any other.
pub(crate) struct Record {
    pub(crate) id: RequestId,
    pub(crate) key: Option<KeyId>,
    pub(crate) credential: Option<CredentialId>,
    pub(crate) provider: Option<ProviderId>,
    pub(crate) label: Option<Arc<str>>,
    pub(crate) billing: Option<Billing>,
    pub(crate) model: String,
    pub(crate) protocol: Protocol,
    /// 0 until an answer is on its way.
    pub(crate) status: u16,
    pub(crate) attempts: u32,
    pub(crate) usage: Option<Usage>,
    pub(crate) error: Option<String>,
    /// Bytes that were held back until the answer was known to be one.
    pub(crate) held: Option<u32>,
    pub(crate) story: Option<Box<Story>>,
    /// What was left out of the request, for a header.
    pub(crate) dropped: Option<String>,
    /// When the call under way began.
    call_began: Duration,
    at: UnixMs,
    began: Duration,
    first_byte: Option<Duration>,
    clock: Arc<dyn Clock>,
    log: LogSender,
    metrics: Arc<Metrics>,
}

impl Record {
    pub(crate) fn new(
        id: RequestId,
        protocol: Protocol,
        clock: Arc<dyn Clock>,
        log: LogSender,
        metrics: Arc<Metrics>,
    ) -> Self {
        log.begun();
        Self {
            id,
            key: None,
            credential: None,
            provider: None,
            label: None,
            billing: None,
            model: String::new(),
            protocol,
            status: 0,
            attempts: 0,
            usage: None,
            error: None,
            held: None,
            story: None,
            dropped: None,
            call_began: Duration::ZERO,
            at: clock.now(),
            began: clock.monotonic(),
            first_byte: None,
            clock,
            log,
            metrics,
        }
    }

    /// Notes the first bytes of the answer's body.
    pub(crate) fn byte(&mut self) {
        if self.first_byte.is_none() {
            self.first_byte = Some(self.clock.monotonic());
        }
    }

    /// Notes that a call upstream begins.
    pub(crate) fn call(&mut self) {
        self.attempts += 1;
        self.call_began = self.clock.monotonic();
    }

    /// Milliseconds since the call under way began.
    pub(crate) fn call_millis(&self) -> u32 {
        let span = self.clock.monotonic().saturating_sub(self.call_began);
        u32::try_from(span.as_millis()).unwrap_or(u32::MAX)
    }

    fn millis(&self, moment: Duration) -> u32 {
        u32::try_from(moment.saturating_sub(self.began).as_millis()).unwrap_or(u32::MAX)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.status == 0 {
            self.error.get_or_insert_with(|| "client_gone".to_owned());
        }
        self.metrics.request(Some(self.protocol), self.status);
        let now = self.clock.monotonic();
        let row = RequestRow {
            id: self.id.to_string(),
            at: self.at,
            key: self.key,
            credential: self.credential,
            provider: self.provider.take(),
            model: std::mem::take(&mut self.model),
            protocol: self.protocol.as_str().to_owned(),
            // 499 is nginx's number for a client that closed the connection first.
            status: if self.status == 0 { 499 } else { self.status },
            attempts: self.attempts,
            first_byte_ms: self.first_byte.map(|moment| self.millis(moment)),
            total_ms: self.millis(now),
            tokens: self
                .usage
                .map(|usage| [usage.input, usage.cache_read, usage.cache_write, usage.output]),
            reasoning: self.usage.map(|usage| usage.reasoning).filter(|count| *count > 0),
            error: self.error.take(),
            held: self.held,
            story: self.story.take(),
        };
        self.log.send(row, now);
    }
}
