//! One renewal of a credential at a time in this process, which everybody here waits for. Across processes and machines the
//! store's lease decides; see `renew.rs`.
//!
//! A flight runs to its end whatever becomes of those who wait for it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use hermes_core::{CredentialId, ExitKind, Explain};
use hermes_store::StoreError;
use hermes_text::Both;
use hermes_text::errors::pool as text;
use tokio::sync::watch;

use crate::entry::Entry;
use crate::error::PoolError;
use crate::pool::Inner;
use crate::renewal::renew::{self, Seen};

/// Why a token is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its time has come.
    Due,
    /// The provider refused it.
    Refused,
    /// A person asked.
    Person,
}

/// What a flight came to: the generation that holds now, or why there is none.
pub(crate) type Landing = Result<u64, Failed>;

/// Why a flight brought no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) problem: Both,
    pub(crate) exit: ExitKind,
    /// What a person can do about it, where it is not the login's fault.
    pub(crate) hint: Option<Both>,
    /// Whether only a person can mend it.
    pub(crate) ended: bool,
    /// Whether a pause until the next try is right. Losing a race, or a store that was busy, is no failure of the login.
    pub(crate) pauses: bool,
}

/// A flight that others can wait for.
#[derive(Clone)]
pub(crate) struct Flight(watch::Receiver<Option<Landing>>);

impl Flight {
    fn landed(landing: Landing) -> Self {
        Self(watch::channel(Some(landing)).1)
    }

    fn is_landed(&self) -> bool {
        self.0.borrow().is_some() || self.0.has_changed().is_err()
    }

    pub(crate) async fn wait(mut self) -> Landing {
        match self.0.wait_for(Option::is_some).await {
            Ok(landing) => landing.clone().expect("the condition waited for it"),
            Err(_) => Err(Failed::passing(Both::of(text::cut_off), ExitKind::Failure)),
        }
    }
}

impl Failed {
    pub(crate) fn passing(problem: Both, exit: ExitKind) -> Self {
        Self {
            problem,
            exit,
            hint: None,
            ended: false,
            pauses: true,
        }
    }

    /// Nothing was tried, and nothing speaks against trying again at once.
    pub(crate) fn untried(problem: Both, exit: ExitKind) -> Self {
        Self {
            pauses: false,
            ..Self::passing(problem, exit)
        }
    }

    pub(crate) fn ended(problem: Both) -> Self {
        Self {
            problem,
            exit: ExitKind::LoginRequired,
            hint: None,
            ended: true,
            pauses: false,
        }
    }

    pub(crate) fn gone() -> Self {
        Self::ended(Both::of(text::removed))
    }

    /// As told to whoever needed the token.
    pub(crate) fn of(self, entry: &Entry) -> PoolError {
        PoolError::Refresh {
            label: entry.credential.label.clone(),
            problem: self.problem,
            exit: self.exit,
            hint: self.hint,
        }
    }
}

impl From<&StoreError> for Failed {
    fn from(error: &StoreError) -> Self {
        Self {
            hint: error.hint_text(),
            ..Self::untried(error.text(), error.exit())
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

/// The flight that renews an entry's token, and whether this call started it. Lands at once when the token has been
/// renewed since the entry was read.
pub(crate) fn join(pool: &Arc<Inner>, entry: &Entry, reason: Reason) -> (Flight, bool) {
    let id = entry.credential.id;
    let seen = Seen::of(entry);
    let mut current = entry.slot.flight.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flight) = current.as_ref().filter(|flight| !flight.is_landed()) {
        return (flight.clone(), false);
    }
    match pool.snapshot.load().get(id) {
        None => return (Flight::landed(Err(Failed::gone())), false),
        Some(now) if now.credential.generation > seen.generation => {
            return (Flight::landed(Ok(now.credential.generation)), false);
        }
        Some(_) => {}
    }
    let (landing, flight) = watch::channel(None);
    let flight = Flight(flight);
    *current = Some(flight.clone());
    let inner = Arc::clone(pool);
    pool.work.spawn(async move {
        let outcome = fly(&inner, id, seen, reason).await;
        if let Err(failed) = &outcome {
            tracing::warn!(credential = %id, problem = %failed.problem, "a token was not renewed");
        }
        landing.send_replace(Some(outcome));
    });
    (flight, true)
}

async fn fly(pool: &Arc<Inner>, id: CredentialId, seen: Seen, reason: Reason) -> Landing {
    let outcome = renew::renew(pool, id, &seen, reason).await;
    if let Ok(entry) = pool.entry(id) {
        match &outcome {
            Ok(generation) => {
                entry.slot.resume();
                if reason == Reason::Refused {
                    entry.slot.unproven.store(*generation, Ordering::Release);
                }
            }
            // An issuer's own wish was noted where it was read; this is for every other passing fault.
            Err(failed) if failed.pauses && entry.slot.paused_until(pool.clock.now()).is_none() => {
                entry.slot.pause(pool.clock.now(), None);
            }
            Err(_) => {}
        }
    }
    outcome
}
