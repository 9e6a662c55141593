//! Requests as they end, for whoever watches: a live list and how many there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use hermes_store::RequestRow;
use tokio::sync::broadcast;

/// Requests that a watcher may lag behind before it misses some.
const ROOM: usize = 1024;
/// Seconds whose requests are counted apart; more than are averaged, so that none is read while it is begun anew.
const SECONDS: usize = 16;
/// Whole seconds that a rate is the average of.
const AVERAGED: u64 = 5;

/// The live feed of a gateway. Clones share one; without a watcher a request costs three counts and no copy.
#[derive(Clone, Debug)]
pub struct Feed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    rows: broadcast::Sender<Arc<RequestRow>>,
    in_flight: AtomicI64,
    /// The second in the upper half, its count in the lower one.
    seconds: [AtomicU64; SECONDS],
}

impl Default for Feed {
    fn default() -> Self {
        Self(Arc::new(Inner {
            rows: broadcast::Sender::new(ROOM),
            in_flight: AtomicI64::new(0),
            seconds: Default::default(),
        }))
    }
}

impl Feed {
    /// Every request that ends from now on. A watcher that is slow is told how many it missed.
    pub fn watch(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.0.rows.subscribe()
    }

    /// Counts a request that begins.
    pub fn begun(&self) {
        self.0.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request that has ended, at a moment of the monotonic clock, and shows it to those who watch.
    pub fn ended(&self, row: &RequestRow, now: Duration) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.count(now);
        if self.0.rows.receiver_count() > 0 {
            // Nobody is left by now, which is no matter.
            let _ = self.0.rows.send(Arc::new(row.clone()));
        }
    }

    /// Requests under way.
    pub fn in_flight(&self) -> u64 {
        u64::try_from(self.0.in_flight.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// Requests that ended in each second, as the average of the last five whole ones.
    pub fn per_second(&self, now: Duration) -> f64 {
        let this = now.as_secs();
        let wanted = this.saturating_sub(AVERAGED)..this;
        let counts = self.0.seconds.iter().filter_map(|cell| {
            let (second, count) = apart(cell.load(Ordering::Relaxed));
            let is_wanted = wanted.clone().any(|one| halved(one) == second);
            is_wanted.then_some(count)
        });
        let sum: u32 = counts.fold(0, u32::saturating_add);
        f64::from(sum) / f64::from(u32::try_from(AVERAGED).unwrap_or(1))
    }

    fn count(&self, now: Duration) {
        let second = now.as_secs();
        let place = usize::try_from(second).unwrap_or_default() % SECONDS;
        let next = |cell: u64| {
            let (of, count) = apart(cell);
            let count = if of == halved(second) { count } else { 0 };
            Some((u64::from(halved(second)) << 32) | u64::from(count.saturating_add(1)))
        };
        // The closure always gives a value.
        let _ = self.0.seconds[place].fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    }
}

fn apart(cell: u64) -> (u32, u32) {
    let half = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    (half(cell >> 32), half(cell))
}

/// A second in half a number, which is enough for 136 years.
fn halved(second: u64) -> u32 {
    u32::try_from(second & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
