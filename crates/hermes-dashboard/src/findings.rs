//! What an examination of the program found. A large store takes longer to look at than a page may take, so a page shows what was found
//! before, and is told when there is more.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::UnixMs;
use tokio::sync::watch;

use crate::facts::FindingFact;
use crate::shared::Shared;

/// What was found so long ago is looked for again when somebody looks.
const FRESH: Duration = Duration::from_secs(5);
/// How long a page waits for an examination, which is long enough for all but large stores.
const PATIENCE: Duration = Duration::from_millis(30);

/// The examinations of this program.
#[derive(Default)]
pub(crate) struct Findings {
    seen: watch::Sender<Seen>,
    /// Moves when an examination has ended that a page did not wait for.
    late: watch::Sender<u64>,
}

/// What is known at a moment.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    /// The findings of the last examination, and when it ended.
    pub(crate) last: Option<(UnixMs, Arc<[FindingFact]>)>,
    /// Whether one is under way.
    pub(crate) looking: bool,
    /// Whether somebody did not wait for the one under way.
    missed: bool,
}

impl Findings {
    /// Moves when there is more than a page has shown.
    pub(crate) fn late(&self) -> watch::Receiver<u64> {
        self.late.subscribe()
    }

    fn begin(&self, now: UnixMs) -> bool {
        self.seen.send_if_modified(|seen| {
            let is_fresh = seen.last.as_ref().is_some_and(|(at, _)| now.since(*at) < FRESH);
            let begins = !seen.looking && !is_fresh;
            seen.looking |= begins;
            begins
        })
    }

    fn end(&self, now: UnixMs, found: Option<Vec<FindingFact>>) {
        let mut missed = false;
        self.seen.send_modify(|seen| {
            seen.last = found
                .map(|found| (now, found.into()))
                .or_else(|| seen.last.take());
            seen.looking = false;
            missed = std::mem::take(&mut seen.missed);
        });
        if missed {
            self.late.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

/// What is known, after a short wait for an examination; one is begun when the last one is old.
pub(crate) async fn look(shared: &Arc<Shared>) -> Seen {
    let findings = &shared.findings;
    let mut seen = findings.seen.subscribe();
    if findings.begin(shared.now()) {
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let found = shared.parts.facts.examine().await;
            shared.findings.end(shared.now(), found);
        });
    }
    let ended = seen.wait_for(|seen| !seen.looking);
    tokio::select! {
        _ = ended => {}
        () = shared.parts.clock.sleep(PATIENCE) => {}
    }
    findings.seen.send_if_modified(|seen| {
        seen.missed |= seen.looking;
        false
    });
    findings.seen.borrow().clone()
}

#[cfg(test)]
mod tests;
