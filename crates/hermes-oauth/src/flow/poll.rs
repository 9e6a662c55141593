//! What every polling dialect does with faults of the network.

use std::time::Duration;

use hermes_core::Explain as _;
use hermes_http::HttpError;
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde::{Deserialize, Serialize};

use super::Turn;
use crate::OauthError;

/// The longest wait between polls that trouble can lead to.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Time between polls and what went wrong lately.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pace {
    interval_ms: u64,
    /// Polls in a row that brought no usable answer.
    #[serde(default)]
    faults: u32,
    /// How often the issuer asked for longer waits.
    #[serde(default)]
    slowed: u32,
    /// Whether a poll was sent whose answer never came: it may have been the one that succeeded.
    #[serde(default)]
    pub(crate) lost: bool,
}

impl Pace {
    pub(crate) fn new(interval: Duration) -> Self {
        Self {
            interval_ms: crate::attempt::millis(interval),
            faults: 0,
            slowed: 0,
            lost: false,
        }
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms)
    }

    /// The issuer says "not yet".
    pub(crate) fn pending(&mut self) -> Turn {
        self.faults = 0;
        // RFC 8628 section 3.5 counts on honest clocks; after two requests to slow down, ours may be the one that is not.
        let note = (self.slowed >= 2).then(|| Both::of(say::note_slow));
        Turn::Wait {
            wait: self.interval(),
            note,
        }
    }

    /// The issuer asks for longer waits, from now on (RFC 8628 section 3.5): five seconds more, or what it names if that is longer.
    pub(crate) fn slow_down(&mut self, named: Option<Duration>) -> Turn {
        self.slowed = self.slowed.saturating_add(1);
        let longer = self.interval().saturating_add(Duration::from_secs(5));
        let longer = longer.max(named.unwrap_or_default()).min(LONGEST_WAIT);
        self.interval_ms = crate::attempt::millis(longer);
        self.pending()
    }

    /// A fault that may pass: the wait doubles with each one in a row.
    pub(crate) fn trouble(&mut self, what: &Both, at_least: Option<Duration>) -> Turn {
        self.faults = self.faults.saturating_add(1);
        let factor = 1_u32 << self.faults.min(6);
        let wait = self
            .interval()
            .saturating_mul(factor)
            .min(Duration::from_mins(1))
            .max(self.interval());
        Turn::Wait {
            wait: wait.max(at_least.unwrap_or_default().min(LONGEST_WAIT)),
            note: Some(Both::of(|lang| say::note_trying(lang, what.get(lang)))),
        }
    }

    /// A poll without an answer.
    pub(crate) fn no_answer(
        &mut self,
        kind: &'static str,
        step: Word,
        source: HttpError,
    ) -> Result<Turn, OauthError> {
        match source {
            HttpError::Connect { .. }
            | HttpError::Tls { .. }
            | HttpError::Timeout { .. }
            | HttpError::Reset { .. }
            | HttpError::TooLarge { .. }
            | HttpError::Protocol { .. }
            | HttpError::Proxy { .. } => {
                self.lost |= source.sent();
                Ok(self.trouble(&source.text(), None))
            }
            source => Err(OauthError::Http { kind, step, source }),
        }
    }
}
