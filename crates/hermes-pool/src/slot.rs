//! What this process remembers of a credential from one snapshot to the next.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hermes_core::{CoolCause, Material, UnixMs};

use crate::flight::Flight;

/// Shortest pause after a refresh that failed for a passing reason.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);
/// Longest.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// How many models' cool-downs are remembered; the oldest goes first.
const MOST_MODELS: usize = 64;

pub(crate) struct Slot {
    /// Requests that hold a lease.
    pub(crate) in_flight: AtomicU32,
    /// The generation that a refresh after a refused token made and that has not served yet; 0 when there is none.
    pub(crate) unproven: AtomicU64,
    /// The refresh under way.
    pub(crate) flight: Mutex<Option<Flight>>,
    /// Orders the writes of health, so that the last state is the one stored.
    pub(crate) save_order: tokio::sync::Mutex<()>,
    /// A renewed token that the store did not take yet, with the generation it replaces.
    pub(crate) unsaved: Mutex<Option<(u64, Material)>>,
    /// How much of the usual lead this node takes, in thousandths.
    pub(crate) ahead_permille: AtomicU32,
    saving: AtomicU32,
    pause: Mutex<Pause>,
    models: Mutex<Vec<ModelRest>>,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            in_flight: AtomicU32::default(),
            unproven: AtomicU64::default(),
            flight: Mutex::default(),
            save_order: tokio::sync::Mutex::default(),
            unsaved: Mutex::default(),
            ahead_permille: AtomicU32::new(1000),
            saving: AtomicU32::default(),
            pause: Mutex::default(),
            models: Mutex::default(),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Pause {
    fails: u32,
    until: Option<UnixMs>,
}

struct ModelRest {
    model: String,
    until: UnixMs,
    cause: CoolCause,
}

pub(crate) fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    pub(crate) fn is_saving(&self) -> bool {
        self.saving.load(Ordering::Acquire) > 0
    }

    pub(crate) fn saving(&self, more: bool) {
        if more {
            self.saving.fetch_add(1, Ordering::AcqRel);
        } else {
            self.saving.fetch_sub(1, Ordering::AcqRel);
        }
    }

    /// No refresh before this moment.
    pub(crate) fn paused_until(&self, now: UnixMs) -> Option<UnixMs> {
        hold(&self.pause).until.filter(|until| *until > now)
    }

    /// A refresh failed for a passing reason: each failure in a row doubles the pause, unless the issuer names one.
    pub(crate) fn pause(&self, now: UnixMs, asked: Option<Duration>) {
        let mut pause = hold(&self.pause);
        let doubled = SHORTEST_PAUSE.saturating_mul(1 << pause.fails.min(6));
        let span = asked.unwrap_or(doubled).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        pause.fails = pause.fails.saturating_add(1);
        pause.until = Some(now.plus(span));
    }

    pub(crate) fn resume(&self) {
        *hold(&self.pause) = Pause::default();
    }

    /// The cool-down that covers a model.
    pub(crate) fn model_rest(&self, model: &str, now: UnixMs) -> Option<(UnixMs, CoolCause)> {
        let rests = hold(&self.models);
        let covering = rests
            .iter()
            .filter(|rest| rest.until > now && covers_for(rest.cause, &rest.model, model));
        covering
            .max_by_key(|rest| rest.until)
            .map(|rest| (rest.until, rest.cause))
    }

    pub(crate) fn rest_model(&self, model: &str, until: UnixMs, cause: CoolCause) {
        let mut rests = hold(&self.models);
        rests.retain(|rest| rest.model != model);
        if rests.len() >= MOST_MODELS {
            rests.remove(0);
        }
        rests.push(ModelRest {
            model: model.to_owned(),
            until,
            cause,
        });
    }

    /// Forgets every failure; for a person's reset.
    pub(crate) fn clear(&self) {
        self.resume();
        self.unproven.store(0, Ordering::Release);
        hold(&self.models).clear();
    }
}

/// Whether a cool-down covers a model: a model that the account does not have is that one alone, a limit covers the family
/// that it names.
pub(crate) fn covers_for(cause: CoolCause, rest: &str, model: &str) -> bool {
    match cause {
        CoolCause::NoModel => rest == model,
        _ => covers(rest, model),
    }
}

/// Whether a cool-down of this model or family covers a model.
pub(crate) fn covers(rest: &str, model: &str) -> bool {
    !rest.is_empty() && model.to_ascii_lowercase().contains(&rest.to_ascii_lowercase())
}
