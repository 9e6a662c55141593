//! Keeps the snapshot up to date and tokens fresh.

use std::sync::Arc;
use std::time::Duration;

use crate::entry::{Entry, Standing};
use crate::flight::{self, Reason};
use crate::pool::Inner;

/// Time between two looks. A change by another process is seen within two seconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn follow(pool: &Arc<Inner>) {
    loop {
        match pool.store.version().await {
            Ok(version) if pool.has_seen(version).await => {}
            Ok(_) => match pool.reload().await {
                Ok(()) => pool.warm().await,
                Err(error) => tracing::warn!(%error, "the logins could not be read again"),
            },
            Err(error) => tracing::warn!(%error, "the store could not be looked at"),
        }
        renew_due(pool);
        pool.clock.sleep(LOOK_EVERY).await;
    }
}

/// Starts a refresh of every usable credential that is due. Each runs by itself, so none waits for another.
fn renew_due(pool: &Arc<Inner>) {
    let now = pool.clock.now();
    let wants = |entry: &Arc<Entry>| {
        let standing = entry.stands(None, now);
        matches!(standing, Standing::Due | Standing::Stale) && entry.slot.paused_until(now).is_none()
    };
    for entry in pool.snapshot.load().entries().filter(wants) {
        drop(flight::join(pool, &entry, Reason::Due));
    }
}
