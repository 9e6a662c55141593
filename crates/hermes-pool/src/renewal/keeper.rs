//! Keeps the snapshot up to date and tokens fresh.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::Health;
use sha2::{Digest, Sha256};

use crate::entry::{Entry, Standing};
use crate::pool::Inner;
use crate::renewal::flight::{self, Reason};
use crate::renewal::renew;
use crate::slot::hold;

/// Time between two looks. A change by another process is seen within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks between two signs of life to the other machines.
const BEAT_EVERY: u32 = 15;
/// A version that is this far away from the last one tells of another history: the database lost its last changes.
const HISTORY_GAP: i64 = 500_000;

pub(crate) async fn follow(pool: &Arc<Inner>) {
    let mut keeper = Keeper {
        seen: None,
        looks: 0,
        bring_back: true,
    };
    loop {
        keeper.look(pool).await;
        pool.clock.sleep(LOOK_EVERY).await;
    }
}

struct Keeper {
    /// The version at the last look.
    seen: Option<i64>,
    looks: u32,
    /// Whether received tokens of this machine are to be offered: at the start, and after the database was away.
    bring_back: bool,
}

impl Keeper {
    async fn look(&mut self, pool: &Arc<Inner>) {
        match pool.store.version().await {
            Ok(version) => self.follow(pool, version).await,
            Err(error) => {
                tracing::warn!(%error, "the store could not be looked at");
                self.bring_back = true;
            }
        }
        if self.looks.is_multiple_of(BEAT_EVERY) && pool.store.info().shared {
            share(pool).await;
        }
        self.looks = self.looks.wrapping_add(1);
        renew_due(pool);
    }

    async fn follow(&mut self, pool: &Arc<Inner>, version: i64) {
        if self.seen.is_some_and(|seen| (version - seen).abs() > HISTORY_GAP) {
            self.bring_back = true;
        }
        if self.bring_back {
            self.bring_back = !bring_back(pool).await;
        }
        self.seen = Some(version);
        if pool.has_seen(version).await {
            return;
        }
        match pool.reload().await {
            Ok(()) => pool.warm().await,
            Err(error) => tracing::warn!(%error, "the logins could not be read again"),
        }
    }
}

/// Offers what this machine has received and the database has not; true when nothing is left.
async fn bring_back(pool: &Arc<Inner>) -> bool {
    let waiting: Vec<_> = pool
        .snapshot
        .load()
        .entries()
        .filter(|entry| hold(&entry.slot.unsaved).is_some())
        .map(|entry| entry.credential.id)
        .collect();
    for id in waiting {
        renew::bring_back(pool, id).await;
    }
    match pool.store.offer_spills(None, pool.clock.now()).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "received tokens could not be stored yet");
            false
        }
    }
}

/// Gives a sign of life and learns who else renews. Of all of them one goes first for each credential, and the others a little
/// later, if it has not: so a renewal is rarely raced for, and never waits for a machine that is gone.
async fn share(pool: &Arc<Inner>) {
    let names = match pool.store.heartbeat().await {
        Ok(names) => names,
        Err(error) => {
            tracing::warn!(%error, "no sign of life could be given");
            return;
        }
    };
    for entry in pool.snapshot.load().entries() {
        let ahead = ahead_permille(&names, &entry.credential.id.to_string());
        entry
            .slot
            .ahead_permille
            .store(ahead, std::sync::atomic::Ordering::Relaxed);
    }
}

/// How much of the usual lead this node takes for a credential, in thousandths, from 800 to 1200. `names` begins with this
/// node's; the one that is chosen by rendezvous takes most.
pub(crate) fn ahead_permille(names: &[String], credential: &str) -> u32 {
    let weigh = |name: &String| {
        let hash = Sha256::digest(format!("hermes keeper 1 {name} {credential}"));
        u64::from_be_bytes(*hash.first_chunk::<8>().unwrap_or(&[0; 8]))
    };
    let Some(own) = names.first().map(weigh) else {
        return 1000;
    };
    if names.iter().all(|name| weigh(name) <= own) {
        return 1200;
    }
    800 + u32::try_from(own % 300).unwrap_or(0)
}

/// Starts a refresh of every credential whose token is due, those that rest among them: a limit says nothing about the token.
/// Each runs by itself, so none waits for another.
fn renew_due(pool: &Arc<Inner>) {
    let now = pool.clock.now();
    let wants = |entry: &Arc<Entry>| {
        let is_used = matches!(entry.credential.health, Health::Ready | Health::Cooling { .. });
        let due = matches!(entry.token_stands(now), Standing::Due | Standing::Stale);
        is_used
            && due
            && entry.switched_off.is_none()
            && entry.defect().is_none()
            && entry.slot.paused_until(now).is_none()
    };
    for entry in pool.snapshot.load().entries().filter(wants) {
        drop(flight::join(pool, &entry, Reason::Due));
    }
}

#[cfg(test)]
mod tests;
