//! Renewing a token: one call at a time for a credential, stored before anybody sees it.
//!
//! A flight runs to its end whatever becomes of those who wait for it. It decides on what it read from the store at its
//! start, and every write names the generation it was made for.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hermes_core::{CredentialId, ExitKind, Explain, Health, LoginCause, Material, UnixMs, chain};
use hermes_oauth::RefreshError;
use hermes_store::{Commit, StoreError};
use tokio::sync::watch;

use crate::bounds::{self, Bounds};
use crate::entry::{Entry, Standing};
use crate::pool::Inner;

/// Waits between the tries to store a renewed token.
const SAVE_WAITS_MS: [u64; 7] = [20, 50, 100, 250, 500, 1000, 2000];

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
    pub(crate) problem: String,
    pub(crate) exit: ExitKind,
    /// Whether only a person can mend it.
    pub(crate) ended: bool,
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
            Err(_) => Err(Failed::passing(
                "the refresh was cut off".to_owned(),
                ExitKind::Failure,
            )),
        }
    }
}

impl Failed {
    fn passing(problem: String, exit: ExitKind) -> Self {
        Self {
            problem,
            exit,
            ended: false,
        }
    }

    fn ended(problem: String) -> Self {
        Self {
            problem,
            exit: ExitKind::LoginRequired,
            ended: true,
        }
    }

    fn gone() -> Self {
        Self::ended("the login was removed".to_owned())
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::passing(chain(&error), error.exit())
    }
}

/// The flight that renews an entry's token, and whether this call started it. Lands at once when the token has been
/// renewed since the entry was read.
pub(crate) fn join(pool: &Arc<Inner>, entry: &Entry, reason: Reason) -> (Flight, bool) {
    let id = entry.credential.id;
    let seen = entry.credential.generation;
    let mut current = entry.slot.flight.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(flight) = current.as_ref().filter(|flight| !flight.is_landed()) {
        return (flight.clone(), false);
    }
    match pool.snapshot.load().get(id) {
        None => return (Flight::landed(Err(Failed::gone())), false),
        Some(now) if now.credential.generation > seen => {
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
            tracing::warn!(credential = %id, problem = failed.problem, "a token was not renewed");
        }
        landing.send_replace(Some(outcome));
    });
    (flight, true)
}

async fn fly(pool: &Arc<Inner>, id: CredentialId, seen: u64, reason: Reason) -> Landing {
    let outcome = renew(pool, id, seen, reason).await;
    if let Ok(entry) = pool.entry(id) {
        match &outcome {
            Ok(generation) => {
                entry.slot.resume();
                if reason == Reason::Refused {
                    entry.slot.unproven.store(*generation, Ordering::Release);
                }
            }
            // An issuer's own wish was noted where it was read; this is for every other passing fault.
            Err(failed) if !failed.ended && entry.slot.paused_until(pool.clock.now()).is_none() => {
                entry.slot.pause(pool.clock.now(), None);
            }
            Err(_) => {}
        }
    }
    outcome
}

async fn renew(pool: &Arc<Inner>, id: CredentialId, seen: u64, reason: Reason) -> Landing {
    let entry = pool.reread(id).await?.ok_or_else(Failed::gone)?;
    if let Some(landing) = save_leftover(pool, &entry).await {
        return landing;
    }
    if let Some(failed) = out_of_use(&entry, reason) {
        return Err(failed);
    }
    if moved_on(&entry, seen, reason, pool.clock.now()) {
        entry.open(pool).await?;
        return Ok(entry.credential.generation);
    }
    let (generation, material) = pool.store.material(id).await?;
    if generation != entry.credential.generation {
        return Err(Failed::passing(
            "the login changed meanwhile".to_owned(),
            ExitKind::Failure,
        ));
    }
    call(pool, &entry, &material).await
}

/// Whether the row holds another token than the one that was seen, and one that serves the reason.
fn moved_on(entry: &Entry, seen: u64, reason: Reason, now: UnixMs) -> bool {
    entry.credential.generation != seen
        && match reason {
            Reason::Refused => true,
            Reason::Due => matches!(entry.stands(None, now), Standing::Fresh | Standing::Resting(..)),
            Reason::Person => false,
        }
}

/// A login that waits for a person is never renewed again by itself, and one that ended not at all.
fn out_of_use(entry: &Entry, reason: Reason) -> Option<Failed> {
    if let Some(defect) = entry.defect() {
        return Some(Failed::passing(defect.to_owned(), ExitKind::LoginRequired));
    }
    match &entry.credential.health {
        Health::NeedsLogin { cause } => Some(Failed::ended(cause.words().to_owned())),
        Health::Disabled | Health::Blocked { .. } if reason != Reason::Person => {
            Some(Failed::ended("the login is switched off or blocked".to_owned()))
        }
        _ if !entry.can_refresh() => Some(Failed::ended(LoginCause::NoRefreshToken.words().to_owned())),
        _ => None,
    }
}

async fn call(pool: &Arc<Inner>, entry: &Arc<Entry>, material: &Material) -> Landing {
    let row = &entry.credential;
    let provider = pool
        .row(row)
        .map_err(|problem| Failed::passing(problem, ExitKind::Usage))?;
    let method = provider
        .login
        .iter()
        .find(|method| method.id == row.method)
        .ok_or_else(|| {
            let problem = format!("`{}` has no login method `{}` any more", row.provider, row.method);
            Failed::passing(problem, ExitKind::Usage)
        })?;
    Bounds::of(&pool.catalog, row, &material.extra)
        .check_refresh(provider)
        .map_err(|problem| Failed::passing(problem, ExitKind::LoginRequired))?;
    let region = row.region.as_deref();
    match hermes_oauth::refresh(&pool.engine, provider, method, region, material).await {
        Ok(mut refreshed) => {
            bounds::carry(&material.extra, &mut refreshed.material.extra);
            save(pool, entry, row.generation, refreshed.material).await
        }
        Err(RefreshError::Transient {
            problem,
            sent,
            retry_after,
            exit,
        }) => {
            entry.slot.pause(pool.clock.now(), retry_after);
            if sent {
                entry.slot.lost.store(row.generation, Ordering::Release);
            }
            Err(Failed::passing(problem, exit))
        }
        Err(RefreshError::NotPossible { problem }) => Err(Failed::passing(problem, ExitKind::Usage)),
        Err(error @ RefreshError::Terminal { .. }) => {
            let lost = entry.slot.lost.load(Ordering::Acquire) == row.generation;
            let cause = if lost {
                LoginCause::LostRotation
            } else {
                LoginCause::RevokedOrReused
            };
            ended(pool, entry, cause, &error).await
        }
        Err(error @ RefreshError::NoRefreshToken) => {
            ended(pool, entry, LoginCause::NoRefreshToken, &error).await
        }
    }
}

/// The issuer refused. A newer token in the store (a login, or another process) wins over the refusal.
async fn ended(pool: &Arc<Inner>, entry: &Arc<Entry>, cause: LoginCause, error: &RefreshError) -> Landing {
    let row = &entry.credential;
    let health = Health::NeedsLogin { cause };
    let ours = pool
        .store
        .set_health(row.id, Some(row.generation), health, pool.clock.now())
        .await?;
    let now = pool.reread(row.id).await?.ok_or_else(Failed::gone)?;
    if !ours && now.credential.generation != row.generation {
        now.open(pool).await?;
        return Ok(now.credential.generation);
    }
    Err(Failed::ended(chain(error)))
}

/// Stores a renewed token, and only then lets requests see it. A token that cannot be stored now is kept for the next
/// flight, since the one before it may be spent.
async fn save(pool: &Arc<Inner>, entry: &Arc<Entry>, generation: u64, material: Material) -> Landing {
    let id = entry.credential.id;
    let mut waits = SAVE_WAITS_MS.iter();
    loop {
        let now = pool.clock.now();
        match pool
            .store
            .commit_refresh(id, generation, material.clone(), now)
            .await
        {
            Ok(Commit::Stored(stored)) => {
                pool.change(id, |entry| Some(entry.renewed(pool, stored, &material, now)));
                return Ok(stored);
            }
            Ok(Commit::Superseded) => {
                let newer = pool.reread(id).await?.ok_or_else(Failed::gone)?;
                newer.open(pool).await?;
                return Ok(newer.credential.generation);
            }
            Ok(Commit::Gone) => {
                pool.reload().await?;
                return Err(Failed::gone());
            }
            Err(error) => {
                let Some(wait) = waits.next() else {
                    let mut unsaved = entry.slot.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
                    *unsaved = Some((generation, material));
                    return Err(error.into());
                };
                pool.clock.sleep(Duration::from_millis(*wait)).await;
            }
        }
    }
}

/// Stores the token that an earlier flight received and could not store.
async fn save_leftover(pool: &Arc<Inner>, entry: &Arc<Entry>) -> Option<Landing> {
    let leftover = entry
        .slot
        .unsaved
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let (generation, material) = leftover?;
    (generation == entry.credential.generation).then_some(())?;
    Some(save(pool, entry, generation, material).await)
}
