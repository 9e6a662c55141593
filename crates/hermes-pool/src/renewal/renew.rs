//! Renewing a token across processes and machines: read the lease, do what `step.rs` says, and begin again when it has moved.
//!
//! Whatever is decided is decided on what was just read, and every write names the generation and the attempt it was made for.

use std::sync::Arc;
use std::time::Duration;

use hermes_catalog::{LoginMethod, Provider, Replay};
use hermes_core::{CredentialId, ExitKind, Health, LoginCause, Material, Point};
use hermes_store::{Attempt, Lease, LeaseMove};
use hermes_text::Both;
use hermes_text::errors::pool as text;

use crate::bounds::Bounds;
use crate::entry::{Entry, Standing};
use crate::pool::Inner;
use crate::renewal::flight::{Failed, Landing, Reason};
use crate::renewal::spend::{self, Held};
use crate::renewal::step::{Next, next};
use crate::slot::hold;

/// How long others are waited for: the deadline of their call, and time to store what came of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// Shortest and longest pause between two looks at somebody else's lease.
const LOOK_MS: (u64, u64) = (50, 250);
/// Until a doubt is looked at again.
const DOUBT_PAUSE: Duration = Duration::from_secs(5);

/// The token that somebody found wanting.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) generation: u64,
    fingerprint: String,
}

impl Seen {
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            generation: entry.credential.generation,
            fingerprint: entry.credential.fingerprint.clone(),
        }
    }

    /// Whether a row holds another token. After a database lost its last changes, a generation may come twice.
    fn is_other(&self, entry: &Entry) -> bool {
        let row = &entry.credential;
        let known = !self.fingerprint.is_empty() && !row.fingerprint.is_empty();
        row.generation != self.generation || (known && row.fingerprint != self.fingerprint)
    }
}

/// What a look at the lease came to.
enum Look {
    Landed(Landing),
    Again,
    Pause,
}

pub(crate) async fn renew(pool: &Arc<Inner>, id: CredentialId, seen: &Seen, reason: Reason) -> Landing {
    let began = pool.clock.boot();
    loop {
        match look(pool, id, seen, reason).await? {
            Look::Landed(landing) => return landing,
            Look::Again => {}
            Look::Pause => pool.clock.sleep(pause(pool)).await,
        }
        if pool.clock.boot().saturating_sub(began) > PATIENCE {
            let problem = Both::of(text::elsewhere);
            return Err(Failed::untried(problem, ExitKind::Network));
        }
    }
}

fn pause(pool: &Inner) -> Duration {
    let mut byte = [0];
    pool.random.fill(&mut byte);
    let (shortest, longest) = LOOK_MS;
    Duration::from_millis(shortest + (longest - shortest) * u64::from(byte[0]) / 255)
}

async fn look(pool: &Arc<Inner>, id: CredentialId, seen: &Seen, reason: Reason) -> Result<Look, Failed> {
    bring_back(pool, id).await;
    let entry = pool.reread(id).await?.ok_or_else(Failed::gone)?;
    if let Some(failed) = out_of_use(&entry, reason) {
        return Err(failed);
    }
    if moved_on(pool, &entry, seen, reason) {
        entry.open(pool).await?;
        return Ok(Look::Landed(Ok(entry.credential.generation)));
    }
    if let Some(failed) = too_early(pool, &entry) {
        return Err(failed);
    }
    let lease = pool.store.lease(id).await?.ok_or_else(Failed::gone)?;
    if lease.generation != entry.credential.generation {
        return Ok(Look::Again);
    }
    let (provider, method) = rule(pool, &entry)?;
    let safe = method
        .refresh
        .as_ref()
        .is_some_and(|refresh| refresh.replay == Replay::Grace);
    match next(&lease, safe, reason == Reason::Person) {
        Next::Wait => Ok(Look::Pause),
        Next::Later { after, why } => {
            entry
                .slot
                .pause(pool.clock.now(), Some(after.unwrap_or(DOUBT_PAUSE)));
            Err(Failed::passing(why, ExitKind::Network))
        }
        Next::Dead(cause) => Err(dead(pool, &entry, cause).await),
        Next::Presume { seen, gone } => {
            let step = LeaseMove::Presume { attempt: seen, gone };
            pool.store.move_lease(id, lease.generation, &step).await?;
            Ok(Look::Again)
        }
        Next::GiveUp { seen } => {
            let cause = LoginCause::InDoubt;
            let step = LeaseMove::Condemn { attempt: seen, cause };
            pool.store.move_lease(id, lease.generation, &step).await?;
            Ok(Look::Again)
        }
        Next::Take { gone } => {
            let force = reason == Reason::Person;
            take(
                pool,
                &entry,
                (provider, method),
                &lease,
                Taking::First { gone, force },
            )
            .await
        }
        Next::Replay { seen, safe } => {
            take(
                pool,
                &entry,
                (provider, method),
                &lease,
                Taking::Replay { seen, safe },
            )
            .await
        }
    }
}

enum Taking {
    First { gone: Option<Attempt>, force: bool },
    Replay { seen: Attempt, safe: bool },
}

/// Takes the lease and spends the token that is then in the store; another look when somebody was faster.
async fn take(
    pool: &Arc<Inner>,
    entry: &Arc<Entry>,
    (provider, method): (&Provider, &LoginMethod),
    lease: &Lease,
    taking: Taking,
) -> Result<Look, Failed> {
    let (id, generation) = (entry.credential.id, lease.generation);
    let attempt = Attempt::new(&*pool.random);
    pool.faults.pass(Point::Acquire);
    let began = pool.clock.boot();
    let step = match taking {
        Taking::First { gone, force } => LeaseMove::Acquire {
            attempt: attempt.clone(),
            gone,
            force,
        },
        Taking::Replay { seen, safe } => {
            // From the replay's mark on there is no way back, so its room is made first.
            pool.store.prepare_spill(&attempt).await?;
            LeaseMove::Resend {
                attempt: attempt.clone(),
                seen,
                safe,
            }
        }
    };
    let replay = matches!(step, LeaseMove::Resend { .. });
    if !pool.store.move_lease(id, generation, &step).await? {
        if replay {
            pool.store.settle_spill(&attempt, false).await?;
        }
        return Ok(Look::Again);
    }
    let held = Held {
        entry: Arc::clone(entry),
        provider,
        method,
        generation,
        attempt,
        replay,
        began,
    };
    match spend::spend(pool, held).await {
        spend::Spent::Landed(landing) => Ok(Look::Landed(landing)),
        spend::Spent::Again => Ok(Look::Again),
    }
}

/// Stores tokens that were received and could not be stored then, so that nothing is sent in their place: first the copy in
/// memory, then those on this machine's disk.
pub(crate) async fn bring_back(pool: &Arc<Inner>, id: CredentialId) {
    let Ok(entry) = pool.entry(id) else { return };
    let unsaved = hold(&entry.slot.unsaved).clone();
    let now = pool.clock.now();
    let outcome = async {
        if let Some((generation, material)) = unsaved {
            pool.store.commit_refresh(id, generation, material, now).await?;
        }
        pool.store.offer_spills(Some(id), now).await
    };
    match outcome.await {
        Ok(_) => *hold(&entry.slot.unsaved) = None,
        Err(error) => tracing::warn!(%error, "a received token could not be stored yet"),
    }
}

/// The catalogue's rule for a credential, whose token may be sent to where it says.
fn rule<'a>(pool: &'a Inner, entry: &Entry) -> Result<(&'a Provider, &'a LoginMethod), Failed> {
    let row = &entry.credential;
    let provider = pool
        .row(row)
        .map_err(|problem| Failed::untried(problem, ExitKind::Usage))?;
    let method = provider.login.iter().find(|method| method.id == row.method);
    let method = method.ok_or_else(|| {
        let problem = Both::of(|lang| text::no_method(lang, &row.provider, &row.method));
        Failed::untried(problem, ExitKind::Usage)
    })?;
    Ok((provider, method))
}

/// Whether the secrets may be sent where the rule says.
pub(crate) fn check_bounds(
    pool: &Inner,
    entry: &Entry,
    provider: &Provider,
    material: &Material,
) -> Result<(), Failed> {
    Bounds::of(&pool.catalog, &entry.credential, &material.extra)
        .check_refresh(provider)
        .map_err(|problem| Failed::untried(problem, ExitKind::LoginRequired))
}

/// Whether the row holds another token than the one that was seen, and one that serves the reason.
fn moved_on(pool: &Inner, entry: &Entry, seen: &Seen, reason: Reason) -> bool {
    seen.is_other(entry)
        && match reason {
            Reason::Refused => true,
            Reason::Due => matches!(
                entry.stands(None, pool.clock.now()),
                Standing::Fresh | Standing::Resting(..)
            ),
            Reason::Person => entry.credential.generation > seen.generation,
        }
}

/// A login that waits for a person is never renewed again by itself, and one that ended not at all.
fn out_of_use(entry: &Entry, reason: Reason) -> Option<Failed> {
    if let Some(defect) = entry.defect() {
        return Some(Failed::untried(defect.clone(), ExitKind::LoginRequired));
    }
    match &entry.credential.health {
        Health::NeedsLogin { cause } => Some(ended_by(*cause)),
        Health::Disabled | Health::Blocked { .. } if reason != Reason::Person => {
            Some(Failed::ended(Both::of(text::out_of_use)))
        }
        _ if !entry.can_refresh() => Some(ended_by(LoginCause::NoRefreshToken)),
        _ => None,
    }
}

/// Issuers that name an earliest moment take an earlier call for an attack.
fn too_early(pool: &Inner, entry: &Entry) -> Option<Failed> {
    let now = pool.clock.now();
    let earliest = entry.credential.earliest_refresh.filter(|at| *at > now)?;
    let wait = earliest.since(now).as_secs() + 1;
    let problem = Both::of(|lang| text::too_early(lang, wait));
    Some(Failed::untried(problem, ExitKind::Refused))
}

/// A dead refresh token whose mark everybody should see: a person's reset may have cleared it.
async fn dead(pool: &Arc<Inner>, entry: &Entry, cause: LoginCause) -> Failed {
    let row = &entry.credential;
    let health = Health::NeedsLogin { cause };
    let marked = pool
        .store
        .set_health(row.id, Some(row.generation), health, pool.clock.now())
        .await;
    if let Err(error) = marked.and(pool.reload().await) {
        tracing::warn!(%error, "the mark of a dead login could not be stored");
    }
    ended_by(cause)
}

fn ended_by(cause: LoginCause) -> Failed {
    Failed::ended(Both::of(|lang| cause.words(lang)))
}
