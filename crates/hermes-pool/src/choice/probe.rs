//! One request goes first when a cool-down has ended; the others wait for how it fares, or go elsewhere.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hermes_core::UnixMs;
use tokio::sync::watch;

/// How long one request may go first before the next one does.
pub(crate) const SPAN: Duration = Duration::from_secs(30);

/// The probes of one credential, or of one organisation.
#[derive(Default)]
pub(crate) struct Probing(Mutex<State>);

#[derive(Default)]
struct State {
    running: Option<Running>,
    /// Until when the store's claim is this process's.
    claimed: Option<UnixMs>,
    count: u64,
}

struct Running {
    number: u64,
    lapses: UnixMs,
    elsewhere: bool,
    ended: watch::Sender<()>,
}

/// What a request learns that finds a cool-down ended.
pub(crate) enum Turn {
    /// It goes first.
    First(Ticket),
    /// Another does; the receiver wakes when that one's outcome is known.
    After(watch::Receiver<()>),
}

/// The right to go first. Dropping it lets the next one.
pub(crate) struct Ticket {
    probing: Arc<Probing>,
    number: u64,
}

impl Probing {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn turn(self: &Arc<Self>, now: UnixMs) -> Turn {
        let mut state = self.state();
        if let Some(running) = state.running.as_ref().filter(|running| running.lapses > now) {
            return Turn::After(running.ended.subscribe());
        }
        state.count += 1;
        let number = state.count;
        state.running = Some(Running {
            number,
            lapses: now.plus(SPAN),
            elsewhere: false,
            ended: watch::channel(()).0,
        });
        Turn::First(Ticket {
            probing: Arc::clone(self),
            number,
        })
    }

    /// Whether a request is going first now.
    pub(crate) fn is_running(&self, now: UnixMs) -> bool {
        let state = self.state();
        state.running.as_ref().is_some_and(|running| running.lapses > now)
    }

    /// Whether it is one of another process.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.state()
            .running
            .as_ref()
            .is_some_and(|running| running.elsewhere)
    }

    /// The stored state changed: what another process tried has an outcome.
    pub(crate) fn moved(&self) {
        self.state().running.take_if(|running| running.elsewhere);
    }
}

impl Ticket {
    /// Notes what the store said to this claim; false when another process goes first.
    pub(crate) fn answered(&self, granted: bool, now: UnixMs) -> bool {
        let mut state = self.probing.state();
        if granted {
            state.claimed = Some(now.plus(SPAN));
        }
        // A claim of ours that led to nothing is still ours.
        let ours = state.claimed.is_some_and(|until| until > now);
        if let Some(running) = state.running.as_mut()
            && running.number == self.number
        {
            running.elsewhere = !ours;
        }
        ours
    }

    /// The outcome is known, or there will be none.
    pub(crate) fn end(&self) {
        // Dropping the sender wakes everyone who waits.
        self.probing
            .state()
            .running
            .take_if(|running| running.number == self.number && !running.elsewhere);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end();
    }
}
