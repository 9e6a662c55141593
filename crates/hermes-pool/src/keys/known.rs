//! A living client key as a request meets it: who it is, what it may do, and what this process counts of it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use hermes_core::{KeyId, ProviderId, UnixMs};
use hermes_store::{ClientKey, KeyLimits};

/// The moment of a key that was never used.
const NEVER: i64 = i64::MIN;
const MINUTE: Duration = Duration::from_mins(1);

/// A client key that is kept in memory. All counts are single atomic numbers, so that no request waits for another.
#[derive(Debug)]
pub struct KnownKey {
    id: KeyId,
    name: Box<str>,
    hash: Box<str>,
    limits: KeyLimits,
    /// Last use in this process, unix milliseconds.
    used: AtomicI64,
    /// The last use that the store knows of.
    written: AtomicI64,
    /// When the requests so far would be over if each took its share of a minute, nanoseconds of the monotonic clock.
    busy_until: AtomicU64,
}

impl KnownKey {
    pub(super) fn new(key: &ClientKey) -> Self {
        let used = key.last_used.map_or(NEVER, UnixMs::as_millis);
        Self {
            id: key.id,
            name: key.name.as_str().into(),
            hash: key.hash.as_str().into(),
            limits: key.limits.clone(),
            used: AtomicI64::new(used),
            written: AtomicI64::new(used),
            busy_until: AtomicU64::new(0),
        }
    }

    /// Id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may do.
    pub fn limits(&self) -> &KeyLimits {
        &self.limits
    }

    pub(super) fn hash(&self) -> &str {
        &self.hash
    }

    /// Counts a request at a moment of the monotonic clock.
    ///
    /// A key that rested may send a whole minute's worth at once; then each request has to wait for its share of a minute.
    ///
    /// # Errors
    /// How long to wait, when it was one too many; it is then not counted.
    pub fn count(&self, now: Duration) -> Result<(), Duration> {
        let Some(limit) = self.limits.requests_per_minute else {
            return Ok(());
        };
        let share = nanos(MINUTE) / u64::from(limit.max(1));
        let now = nanos(now);
        // The last of a burst begins when all but its own share is taken.
        let room = nanos(MINUTE).saturating_sub(share);
        let next = |busy: u64| {
            let busy = busy.max(now);
            (busy - now <= room).then(|| busy.saturating_add(share))
        };
        let counted = self
            .busy_until
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        counted.map(drop).map_err(|busy| {
            let ahead = busy.saturating_sub(now).saturating_sub(room);
            Duration::from_nanos(ahead.max(1))
        })
    }

    /// Whether it may ask a provider for a model, which the client called `asked`.
    pub fn allows(&self, asked: &str, provider: &ProviderId, model: &str) -> bool {
        let models = &self.limits.models;
        models.is_empty()
            || models.iter().any(|allowed| {
                let whole = |rest: &str| rest == "*" || rest == model;
                allowed == asked
                    || allowed == model
                    || allowed
                        .strip_prefix(provider.as_str())
                        .and_then(|rest| rest.strip_prefix('/'))
                        .is_some_and(whole)
            })
    }

    pub(super) fn note(&self, now: UnixMs) {
        self.used.fetch_max(now.as_millis(), Ordering::Relaxed);
    }

    pub(super) fn used(&self) -> Option<UnixMs> {
        let used = self.used.load(Ordering::Relaxed);
        (used != NEVER).then(|| UnixMs::from_millis(used))
    }

    /// The last use, if it is later than what was written by at least this.
    pub(super) fn unwritten(&self, after: Duration) -> Option<UnixMs> {
        let used = self.used()?;
        let written = self.written.load(Ordering::Relaxed);
        let is_due = written == NEVER
            || (used.as_millis() > written && used.since(UnixMs::from_millis(written)) >= after);
        is_due.then_some(used)
    }

    pub(super) fn written(&self, at: UnixMs) {
        self.written.fetch_max(at.as_millis(), Ordering::Relaxed);
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
