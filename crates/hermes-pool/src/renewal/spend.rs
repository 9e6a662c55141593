//! Spending a refresh token under a lease: mark, send once, keep what comes, and only then let anybody see it.

use std::sync::Arc;
use std::time::Duration;

use hermes_catalog::{LoginMethod, Provider};
use hermes_core::{ExitKind, Explain, LoginCause, Material, Point};
use hermes_oauth::{RefreshError, Refreshed};
use hermes_store::{Attempt, Commit, LEASE, LeaseMove, StoreError};
use hermes_text::Both;

use crate::bounds;
use crate::entry::Entry;
use crate::pool::Inner;
use crate::renewal::flight::{Failed, Landing};
use crate::renewal::renew::check_bounds;
use crate::slot::hold;

/// Waits between the tries to store a renewed token.
const SAVE_WAITS_MS: [u64; 7] = [20, 50, 100, 250, 500, 1000, 2000];

/// A lease in our hands.
pub(crate) struct Held<'a> {
    pub(crate) entry: Arc<Entry>,
    pub(crate) provider: &'a Provider,
    pub(crate) method: &'a LoginMethod,
    pub(crate) generation: u64,
    pub(crate) attempt: Attempt,
    /// Whether the token was sent before: the lease is marked already, and its room is made.
    pub(crate) replay: bool,
    /// When the lease was asked for, by the clock that goes on while the machine sleeps.
    pub(crate) began: Duration,
}

/// What came of a lease.
pub(crate) enum Spent {
    Landed(Landing),
    /// The lease was lost before anything was sent.
    Again,
}

pub(crate) async fn spend(pool: &Arc<Inner>, held: Held<'_>) -> Spent {
    pool.faults.pass(Point::Leased);
    let material = match ready(pool, &held).await {
        Ok(Some(material)) => material,
        Ok(None) => {
            discard(pool, &held).await;
            return Spent::Again;
        }
        Err(failed) => return Spent::Landed(give_back(pool, &held, None, failed).await),
    };
    if !held.replay {
        let mark = LeaseMove::Mark(held.attempt.clone());
        match move_on(pool, &held, &mark).await {
            Ok(true) => {}
            Ok(false) => {
                discard(pool, &held).await;
                return Spent::Again;
            }
            Err(error) => {
                let failed = Failed::from(&error);
                return Spent::Landed(give_back(pool, &held, None, failed).await);
            }
        }
    }
    pool.faults.pass(Point::Marked);
    Spent::Landed(send(pool, &held, &material).await)
}

/// What must hold before the token is marked as sent: its room is made, which shows that this disk can be written, and it is the
/// token of the lease, bound for where it may go. None when the login has changed, and the lease with it.
async fn ready(pool: &Arc<Inner>, held: &Held<'_>) -> Result<Option<Material>, Failed> {
    if !held.replay {
        pool.store.prepare_spill(&held.attempt).await?;
    }
    let (generation, material) = pool.store.material(held.entry.credential.id).await?;
    if generation != held.generation {
        return Ok(None);
    }
    check_bounds(pool, &held.entry, held.provider, &material)?;
    Ok(Some(material))
}

async fn send(pool: &Arc<Inner>, held: &Held<'_>, material: &Material) -> Landing {
    let region = held.entry.credential.region.as_deref();
    // Later than this others may have taken this process for gone.
    let until = held.began + LEASE;
    let call = hermes_oauth::refresh(&pool.engine, held.provider, held.method, region, material, until);
    match call.await {
        Ok(refreshed) => {
            pool.faults.pass(Point::Answered);
            received(pool, held, material, refreshed).await
        }
        Err(RefreshError::Transient {
            problem,
            sent: true,
            exit,
            ..
        }) => doubted(pool, held, problem, exit).await,
        Err(RefreshError::Transient {
            problem,
            retry_after,
            exit,
            ..
        }) => {
            let now = pool.clock.now();
            held.entry.slot.pause(now, retry_after);
            let pause = held.entry.slot.paused_until(now).map(|until| until.since(now));
            give_back(pool, held, pause, Failed::passing(problem, exit)).await
        }
        Err(error @ (RefreshError::TooLate | RefreshError::NotPossible { .. })) => {
            give_back(pool, held, None, Failed::untried(error.text(), error.exit())).await
        }
        Err(error @ RefreshError::NoRefreshToken) => {
            condemned(pool, held, LoginCause::NoRefreshToken, &error).await
        }
        Err(error @ RefreshError::Terminal { .. }) => {
            let cause = if held.replay {
                LoginCause::LostRotation
            } else {
                LoginCause::RevokedOrReused
            };
            condemned(pool, held, cause, &error).await
        }
    }
}

async fn move_on(pool: &Inner, held: &Held<'_>, step: &LeaseMove) -> Result<bool, StoreError> {
    let id = held.entry.credential.id;
    pool.store.move_lease(id, held.generation, step).await
}

/// Nothing was spent: the lease goes back, and the next try may come after the pause.
async fn give_back(
    pool: &Arc<Inner>,
    held: &Held<'_>,
    retry_after: Option<Duration>,
    failed: Failed,
) -> Landing {
    pool.faults.pass(Point::Release);
    let step = LeaseMove::Release {
        attempt: held.attempt.clone(),
        retry_after,
    };
    if let Err(error) = move_on(pool, held, &step).await {
        // It lapses by itself.
        tracing::warn!(%error, "a lease could not be given back");
    }
    discard(pool, held).await;
    Err(failed)
}

async fn doubted(pool: &Arc<Inner>, held: &Held<'_>, problem: Both, exit: ExitKind) -> Landing {
    pool.faults.pass(Point::Doubt);
    let step = LeaseMove::Doubt {
        attempt: held.attempt.clone(),
        problem: problem.to_string(),
    };
    if let Err(error) = move_on(pool, held, &step).await {
        tracing::warn!(%error, "a doubt could not be noted; the lease lapses by itself");
    }
    discard(pool, held).await;
    Err(Failed::passing(problem, exit))
}

/// The issuer refused. A newer token in the store (a login, or another process) wins over the refusal.
async fn condemned(pool: &Arc<Inner>, held: &Held<'_>, cause: LoginCause, error: &RefreshError) -> Landing {
    pool.faults.pass(Point::Refused);
    let step = LeaseMove::Condemn {
        attempt: held.attempt.clone(),
        cause,
    };
    let ours = move_on(pool, held, &step).await;
    discard(pool, held).await;
    let ours = ours?;
    let id = held.entry.credential.id;
    let now = pool.reread(id).await?.ok_or_else(Failed::gone)?;
    if !ours && now.credential.generation != held.generation {
        now.open(pool).await?;
        return Ok(now.credential.generation);
    }
    Err(Failed::ended(error.text()))
}

async fn discard(pool: &Inner, held: &Held<'_>) {
    if let Err(error) = pool.store.settle_spill(&held.attempt, false).await {
        tracing::warn!(%error, "the room for a token could not be removed");
    }
}

/// A token came: first it is made durable on this machine, then in the store.
async fn received(pool: &Arc<Inner>, held: &Held<'_>, old: &Material, mut refreshed: Refreshed) -> Landing {
    bounds::carry(&old.extra, &mut refreshed.material.extra);
    pool.note_clock(refreshed.clock_ahead_ms).await;
    let material = refreshed.material;
    let id = held.entry.credential.id;
    let now = pool.clock.now();
    let spilled = pool
        .store
        .spill(id, held.generation, &held.attempt, &material, now)
        .await;
    if let Err(error) = &spilled {
        tracing::warn!(%error, "a received token could not be kept on this machine first");
    }
    pool.faults.pass(Point::Spilled);
    let landing = save(pool, held, &material, spilled.is_ok()).await;
    pool.faults.pass(Point::Committed);
    landing
}

/// Stores a renewed token by its generation alone, and only then lets requests see it. When the database does not take it, the
/// copy on this machine makes it durable: requests are served with it, and it is offered again.
async fn save(pool: &Arc<Inner>, held: &Held<'_>, material: &Material, spilled: bool) -> Landing {
    let id = held.entry.credential.id;
    let mut waits = SAVE_WAITS_MS.iter();
    loop {
        let now = pool.clock.now();
        let commit = pool
            .store
            .commit_refresh(id, held.generation, material.clone(), now)
            .await;
        match commit {
            Ok(Commit::Stored(stored)) => {
                settle(pool, held).await;
                pool.change(id, |entry| Some(entry.renewed(pool, stored, material, now)));
                return Ok(stored);
            }
            Ok(Commit::Superseded) => {
                settle(pool, held).await;
                let newer = pool.reread(id).await?.ok_or_else(Failed::gone)?;
                newer.open(pool).await?;
                return Ok(newer.credential.generation);
            }
            Ok(Commit::Gone) => {
                settle(pool, held).await;
                pool.reload().await?;
                return Err(Failed::gone());
            }
            Err(error) => {
                if let Some(wait) = waits.next() {
                    pool.clock.sleep(Duration::from_millis(*wait)).await;
                    continue;
                }
                *hold(&held.entry.slot.unsaved) = Some((held.generation, material.clone()));
                return if spilled {
                    Ok(serve_unsaved(pool, held, material, &error))
                } else {
                    Err(error.into())
                };
            }
        }
    }
}

/// Serves a token that is durable on this machine only.
fn serve_unsaved(pool: &Arc<Inner>, held: &Held<'_>, material: &Material, error: &StoreError) -> u64 {
    tracing::warn!(%error, "a renewed token is kept on this machine until the store takes it");
    let next = held.generation + 1;
    let now = pool.clock.now();
    pool.change(held.entry.credential.id, |entry| {
        Some(entry.renewed(pool, next, material, now))
    });
    next
}

async fn settle(pool: &Inner, held: &Held<'_>) {
    if let Err(error) = pool.store.settle_spill(&held.attempt, true).await {
        tracing::warn!(%error, "a stored token's copy could not be removed");
    }
}
