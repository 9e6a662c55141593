//! What this process remembers of a credential from one snapshot to the next.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hermes_core::{CoolCause, Material, Random, Scope, UnixMs};

use crate::choice::probe::Probing;
use crate::classify;
use crate::quota::Left;
use crate::renewal::flight::Flight;

/// Shortest pause after a refresh that failed for a passing reason.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);
/// Longest.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// The first rest of a cause that names no time.
const SHORTEST_REST: Duration = Duration::from_mins(1);
/// Each repeat doubles it up to this.
const LONGEST_REST: Duration = Duration::from_hours(1);
/// How many scopes' repeats are remembered; the oldest goes first.
const MOST_STRIKES: usize = 64;

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
    /// Leases ever handed out.
    pub(crate) leased: AtomicU64,
    /// Requests served.
    pub(crate) served: AtomicU64,
    /// What the weighted strategy owes it.
    pub(crate) owed: AtomicI64,
    /// Who goes first when a cool-down of its own has ended.
    pub(crate) probing: Arc<Probing>,
    strikes: Mutex<Vec<(Scope, u32)>>,
    /// What is known of its plan.
    pub(crate) left: Mutex<Left>,
    /// When its provider was last asked for that; held while one is asked.
    pub(crate) asked: tokio::sync::Mutex<Option<UnixMs>>,
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
            leased: AtomicU64::default(),
            served: AtomicU64::default(),
            owed: AtomicI64::default(),
            probing: Arc::default(),
            strikes: Mutex::default(),
            left: Mutex::default(),
            asked: tokio::sync::Mutex::default(),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Pause {
    fails: u32,
    until: Option<UnixMs>,
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

    /// How long it rests after a failure that names no time: longer with each repeat, and a little different each time, so
    /// that what failed together does not come back together.
    pub(crate) fn strike(&self, scope: &Scope, cause: CoolCause, random: &dyn Random) -> Duration {
        let mut strikes = hold(&self.strikes);
        let before = strikes.iter().position(|(one, _)| one == scope);
        let repeats = before.map_or(0, |at| strikes.remove(at).1);
        if strikes.len() >= MOST_STRIKES {
            strikes.remove(0);
        }
        strikes.push((scope.clone(), repeats.saturating_add(1)));
        let first = classify::default_rest(cause).max(SHORTEST_REST);
        let rest = first
            .saturating_mul(1 << repeats.min(6))
            .min(LONGEST_REST.max(first));
        let mut byte = [0];
        random.fill(&mut byte);
        // Up to a tenth more.
        rest + rest / 2560 * u32::from(byte[0])
    }

    /// A success: the next failure of these scopes is a first one.
    pub(crate) fn forgive(&self, is_over: impl Fn(&Scope) -> bool) {
        hold(&self.strikes).retain(|(scope, _)| !is_over(scope));
    }

    pub(crate) fn is_struck(&self) -> bool {
        !hold(&self.strikes).is_empty()
    }

    /// Forgets every failure; for a person's reset.
    pub(crate) fn clear(&self) {
        self.resume();
        self.unproven.store(0, Ordering::Release);
        hold(&self.strikes).clear();
    }
}
