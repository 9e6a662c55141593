//! Logins that go on by themselves: polled as slowly as their issuers want, waiting for the browser, and remembered when they have ended.
//!
//! Surfaces start a login here, draw its challenge, hand in what a person types, and look at how it stands. A login is in [`Logins`]
//! like every other; what is here is only who waits for it.

mod drive;
mod keep;
mod state;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hermes_catalog::RuleClass;
use hermes_core::{AttemptId, ExitKind, Explain, ProviderId, Secret, Source};
use hermes_oauth::{Input, Listener, OauthError, StartOptions};
use tokio::sync::broadcast;

use crate::desk::keep::Kept;
use crate::desk::state::Seat;
use crate::error::PoolError;
use crate::logins::{Logins, Progress};
use crate::pool::{Inner, Pool};

pub use state::{DeskLogin, LoginStatus, SignedIn};

/// Logins of one provider that may wait at the same time.
const MOST_PER_PROVIDER: usize = 5;
/// How long an ended login is remembered, so that a page that comes back learns of it.
const REMEMBERED: Duration = Duration::from_hours(1);
/// Changes that a slow listener may be behind before it has to look at everything again.
const CHANGES: usize = 256;

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct LoginAsk {
    /// Provider.
    pub provider: ProviderId,
    /// The catalogue's login method; its first without one.
    pub method: Option<String>,
    /// Region; the row's own choice without one.
    pub region: Option<String>,
    /// Label.
    pub label: Option<String>,
    /// Whether the person has read the provider's rule on this login and wants it all the same.
    pub accepts_rule: bool,
}

/// What a person hands in.
#[derive(Debug)]
pub enum Submission {
    /// A code, or the address of the page the browser ended on.
    Code(Secret),
    /// An API key, where it came from, and whether the provider is asked about it.
    Key(Secret, Source, bool),
}

/// The logins of this process. Clones share one state.
#[derive(Clone)]
pub struct LoginDesk {
    desk: Arc<Desk>,
}

struct Desk {
    pool: Arc<Inner>,
    logins: Logins,
    seats: Mutex<HashMap<AttemptId, Arc<Seat>>>,
    changes: broadcast::Sender<AttemptId>,
    kept: Kept,
}

impl Pool {
    /// A desk for logins that surfaces only look at. One for a process is enough.
    pub fn desk(&self) -> LoginDesk {
        let pool = Arc::clone(&self.inner);
        LoginDesk {
            desk: Arc::new(Desk {
                logins: self.logins(),
                kept: Kept::new(pool.run.as_deref()),
                seats: Mutex::default(),
                changes: broadcast::channel(CHANGES).0,
                pool,
            }),
        }
    }
}

impl LoginDesk {
    /// Starts a login that goes on by itself. Where it has a browser callback, a listener waits for it; without a free port a code can be
    /// pasted if the login takes one.
    ///
    /// # Errors
    /// As [`Logins::start`]; [`PoolError::Consent`] when the provider restricts the login and nobody has agreed to that,
    /// [`PoolError::TooManyLogins`] when too many of the provider wait already.
    pub async fn start(&self, ask: &LoginAsk) -> Result<DeskLogin, PoolError> {
        let desk = &self.desk;
        let (method, region) = (ask.method.as_deref(), ask.region.as_deref());
        let plan = desk
            .logins
            .plan(&ask.provider, method, region, ask.label.as_deref())?;
        let card = &plan.method().card;
        if card.class == RuleClass::Restricted && !ask.accepts_rule {
            return Err(PoolError::Consent {
                provider: plan.provider().id.clone(),
                rule: card.text.clone(),
            });
        }
        self.check_room(&plan.provider().id)?;
        let listener = match Listener::for_plan(&desk.pool.engine, &plan).await {
            Err(OauthError::Listen { .. }) if plan.takes_paste() => None,
            other => other?,
        };
        let options = StartOptions {
            loopback: listener.as_ref().map(|listener| listener.redirect_url().clone()),
            lifetime: None,
        };
        let (provider, method) = (&plan.provider().id, Some(plan.method().id.as_str()));
        let (id, _) = desk
            .logins
            .start(provider, method, plan.region(), plan.label(), options)
            .await?;
        let seat = Arc::new(Seat::new(desk.logins.get(id).await?));
        self.take_seat(id, &seat, listener).await;
        Ok(seat.login())
    }

    /// Goes on with the logins that an earlier run of this home's program left waiting.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resume(&self) -> Result<(), PoolError> {
        for id in self.desk.kept.read().await {
            match self.desk.logins.get(id).await {
                Ok(view) => self.take_seat(id, &Arc::new(Seat::new(view)), None).await,
                Err(PoolError::Store(error)) => return Err(error.into()),
                Err(_) => {}
            }
        }
        self.desk.remember().await;
        Ok(())
    }

    /// How a login of this desk stands; none for one that it does not know, or no longer.
    pub fn login(&self, id: AttemptId) -> Option<DeskLogin> {
        self.desk.seat(id).map(|seat| seat.login())
    }

    /// Every login of this desk, oldest first.
    pub fn logins(&self) -> Vec<DeskLogin> {
        let seats = self.desk.lock();
        let mut logins: Vec<_> = seats.values().map(|seat| seat.login()).collect();
        logins.sort_by_key(|login| login.id);
        logins
    }

    /// The ids of logins as they change. A receiver that fell behind looks at all of them.
    pub fn changes(&self) -> broadcast::Receiver<AttemptId> {
        self.desk.changes.subscribe()
    }

    /// Takes what a person typed. The login's new state tells what came of it; while it is pending, its message says what was wrong with
    /// what was typed.
    ///
    /// # Errors
    /// [`PoolError::NoAttempt`] for a login that this desk does not know.
    pub async fn submit(&self, id: AttemptId, what: Submission) -> Result<DeskLogin, PoolError> {
        let desk = &self.desk;
        let seat = desk.seat(id).ok_or(PoolError::NoAttempt { id })?;
        if seat.login().status != LoginStatus::Pending {
            return Ok(seat.login());
        }
        let input = match what {
            Submission::Code(code) => Input::Pasted(code),
            Submission::Key(key, source, verify) => Input::Key { key, source, verify },
        };
        desk.advance(&seat, input, |_| {}).await;
        Ok(seat.login())
    }

    /// Ends a login; nothing is stored, and no further call is made for it. False when it had ended before, or was never there.
    ///
    /// # Errors
    /// Those of the store; the login then goes on.
    pub async fn cancel(&self, id: AttemptId) -> Result<bool, PoolError> {
        let found = self.desk.logins.cancel(id).await?;
        if found && let Some(seat) = self.desk.seat(id) {
            self.desk.note(&seat, Err(PoolError::Cancelled { id })).await;
        }
        Ok(found)
    }

    fn check_room(&self, provider: &ProviderId) -> Result<(), PoolError> {
        let seats = self.desk.lock();
        let waiting = seats.values().map(|seat| seat.login());
        let of_it = waiting.filter(|one| one.status == LoginStatus::Pending && one.provider == *provider);
        if of_it.count() < MOST_PER_PROVIDER {
            return Ok(());
        }
        Err(PoolError::TooManyLogins {
            provider: provider.clone(),
            most: MOST_PER_PROVIDER,
        })
    }

    async fn take_seat(&self, id: AttemptId, seat: &Arc<Seat>, listener: Option<Listener>) {
        self.desk.lock().insert(id, Arc::clone(seat));
        self.desk.remember().await;
        self.desk.tell(id);
        tokio::spawn(drive::until_ended(
            Arc::clone(&self.desk),
            Arc::clone(seat),
            listener,
        ));
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AttemptId, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, id: AttemptId) -> Option<Arc<Seat>> {
        self.lock().get(&id).cloned()
    }

    fn tell(&self, id: AttemptId) {
        // Without listeners there is nobody to tell.
        let _ = self.changes.send(id);
    }

    /// Takes one step of a login that still waits, and tells what came of it. One step at a time, each with its outcome: else the second of
    /// two codes would find the login gone and be noted before the first one's success.
    async fn advance(&self, seat: &Seat, input: Input, seen: impl FnOnce(&Result<Progress, PoolError>)) {
        let _turn = seat.turn.lock().await;
        let login = seat.login();
        if login.status != LoginStatus::Pending {
            return;
        }
        let outcome = self.logins.advance(login.id, input).await;
        seen(&outcome);
        self.note(seat, outcome).await;
    }

    /// Takes over what a step came to; what has ended stays as it ended.
    async fn note(&self, seat: &Seat, outcome: Result<Progress, PoolError>) {
        let now = self.pool.clock.now();
        let before = seat.login();
        let ended = seat.note(outcome, now);
        if seat.login() != before {
            self.tell(before.id);
        }
        if ended {
            self.lock().retain(|_, seat| seat.is_wanted(now, REMEMBERED));
            self.remember().await;
        }
    }

    /// Keeps the ids of the logins that wait, for the next run of the program.
    async fn remember(&self) {
        let waiting: Vec<AttemptId> = {
            let seats = self.lock();
            let pending = seats
                .values()
                .filter(|seat| seat.login().status == LoginStatus::Pending);
            pending.map(|seat| seat.login().id).collect()
        };
        self.kept.write(&waiting).await;
    }
}

/// Whether the login takes another input after an error of one step.
fn goes_on(error: &PoolError) -> bool {
    matches!(error, PoolError::Oauth(error) if !error.ends_attempt())
        || matches!(error, PoolError::Store(_))
        || error.exit() == ExitKind::Store
}
