//! Login attempts that outlive a process: each step reads the attempt from the store, goes on, and writes it back.
//!
//! An attempt is deleted in the transaction that stores its login, so it ends once: as a login or as nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hermes_core::{AttemptId, NewCredential, ProviderId, UnixMs};
use hermes_oauth::{Attempt, Challenge, Input, OauthError, Plan, StartOptions, Step};
use hermes_store::{AttemptRow, Saved};
use hermes_text::Both;
use serde::Serialize;
use tokio::sync::Notify;

use crate::bounds;
use crate::error::PoolError;
use crate::pool::Inner;
use crate::sources;

/// Durable login attempts. Clones share one state.
#[derive(Clone)]
pub struct Logins {
    pool: Arc<Inner>,
}

/// What a step of a login came to.
#[derive(Debug)]
pub enum Progress {
    /// Not yet.
    Waiting {
        /// Time to wait before the next poll.
        next_poll: Duration,
        /// Something the person may want to know, such as trouble on the network.
        note: Option<Both>,
    },
    /// Signed in and stored.
    Done(Box<Finished>),
}

/// A login that was stored.
#[derive(Debug)]
pub struct Finished {
    /// The stored login.
    pub saved: Saved,
    /// Things the person should know, such as scopes that were not granted.
    pub notes: Vec<Both>,
}

impl std::ops::Deref for Finished {
    type Target = Saved;

    fn deref(&self) -> &Saved {
        &self.saved
    }
}

/// A login attempt as surfaces show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptView {
    /// Id.
    pub id: AttemptId,
    /// Provider.
    pub provider: ProviderId,
    /// The catalogue's login method.
    pub method: String,
    /// Region.
    pub region: Option<String>,
    /// Label the person chose.
    pub label: Option<String>,
    /// What the person has to do.
    pub challenge: Challenge,
    /// Whether its code was sent already, so that it takes no other and the login has to be started again.
    pub spent: bool,
    /// When it was started.
    pub created: UnixMs,
    /// When it ends by itself.
    pub expires: UnixMs,
}

/// The attempts that this process is working on, so that a cancellation reaches a call under way.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<AttemptId, Arc<Live>>>);

#[derive(Default)]
struct Live {
    /// One step at a time.
    step: tokio::sync::Mutex<()>,
    cancelled: AtomicBool,
    wake: Notify,
}

impl Running {
    fn enter(&self, id: AttemptId) -> Arc<Live> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(map.entry(id).or_default())
    }

    fn leave(&self, id: AttemptId, live: Arc<Live>) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(live);
        if map.get(&id).is_some_and(|live| Arc::strong_count(live) == 1) {
            map.remove(&id);
        }
    }

    fn cancel(&self, id: AttemptId) {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = map.get(&id) {
            live.cancelled.store(true, Ordering::Release);
            live.wake.notify_waiters();
        }
    }
}

impl Live {
    async fn cancelled(&self) {
        let wake = self.wake.notified();
        tokio::pin!(wake);
        wake.as_mut().enable();
        if !self.cancelled.load(Ordering::Acquire) {
            wake.await;
        }
    }
}

impl Logins {
    pub(crate) fn new(pool: Arc<Inner>) -> Self {
        Self { pool }
    }

    /// Checks what a login would be, without starting it: which method and region, and whether it wants a callback port.
    ///
    /// # Errors
    /// A provider, method or region that the catalogue does not have, or a method without an engine.
    pub fn plan(
        &self,
        provider: &ProviderId,
        method: Option<&str>,
        region: Option<&str>,
        label: Option<&str>,
    ) -> Result<Plan, PoolError> {
        let row = self.pool.catalog.provider(provider.as_str())?;
        let method = method.map(|name| row.method(Some(name))).transpose()?;
        let region = region.map(|name| row.region(Some(name))).transpose()?.flatten();
        let (method, region) = (
            method.map(|one| one.id.as_str()),
            region.map(|one| one.id.as_str()),
        );
        Ok(Plan::new(
            Arc::new(row.clone()),
            method,
            region,
            label.map(str::to_owned),
        )?)
    }

    /// Starts a login and keeps its attempt.
    ///
    /// # Errors
    /// As [`Logins::plan`], those of the issuer and those of the store; nothing is kept then.
    pub async fn start(
        &self,
        provider: &ProviderId,
        method: Option<&str>,
        region: Option<&str>,
        label: Option<&str>,
        options: StartOptions,
    ) -> Result<(AttemptId, Challenge), PoolError> {
        let plan = self.plan(provider, method, region, label)?;
        self.sweep().await?;
        let attempt = Attempt::start(&self.pool.engine, &plan, options).await?;
        let now = self.pool.clock.now();
        let id = AttemptId::new(now, &*self.pool.random);
        let row = AttemptRow {
            id,
            provider: plan.provider().id.clone(),
            method: plan.method().id.clone(),
            region: plan.region().map(str::to_owned),
            label: plan.label().map(str::to_owned),
            state: attempt.to_state(),
            created: now,
            expires: attempt.expires(),
        };
        self.pool.store.save_attempt(&row).await?;
        Ok((id, attempt.challenge().clone()))
    }

    /// Goes one step; a finished login is stored before this returns.
    ///
    /// # Errors
    /// [`PoolError::NoAttempt`] when it was finished, cancelled or swept, [`PoolError::Cancelled`] when it is cancelled
    /// meanwhile, and those of the login. After an error that ends the login the attempt is gone.
    pub async fn advance(&self, id: AttemptId, input: Input) -> Result<Progress, PoolError> {
        let live = self.pool.running.enter(id);
        let outcome = tokio::select! {
            biased;
            () = live.cancelled() => Err(PoolError::Cancelled { id }),
            outcome = self.step(id, input, &live) => outcome,
        };
        self.pool.running.leave(id, live);
        if matches!(outcome, Ok(Progress::Done(_))) {
            self.pool.reload().await?;
        }
        outcome
    }

    async fn step(&self, id: AttemptId, input: Input, live: &Live) -> Result<Progress, PoolError> {
        let _turn = live.step.lock().await;
        let (mut row, plan, mut attempt) = self.restore(id).await?;
        if attempt.is_spent() {
            // The row stays until its time is over: another process may be waiting for the answer.
            return Err(OauthError::Spent.into());
        }
        if let Some(spent) = attempt.spent_by(&plan, &input) {
            row.state = spent;
            self.update(&row).await?;
        }
        let outcome = attempt.advance(&self.pool.engine, &plan, input).await;
        if live.cancelled.load(Ordering::Acquire) {
            return Err(PoolError::Cancelled { id });
        }
        match outcome {
            Ok(Step::Done { credential, notes }) => self.finish(id, &plan, *credential, notes).await,
            Ok(Step::Waiting { next_poll, note }) => {
                self.keep(row, &attempt).await?;
                Ok(Progress::Waiting { next_poll, note })
            }
            Err(error) => {
                if error.ends_attempt() {
                    self.pool.store.take_attempt(id).await?;
                } else {
                    self.keep(row, &attempt).await?;
                }
                Err(error.into())
            }
        }
    }

    async fn finish(
        &self,
        id: AttemptId,
        plan: &Plan,
        mut login: NewCredential,
        notes: Vec<Both>,
    ) -> Result<Progress, PoolError> {
        bounds::note_origins(&mut login, plan.provider());
        let saved = self
            .pool
            .store
            .finish_attempt(id, login, self.pool.clock.now())
            .await?;
        let saved = saved.ok_or(PoolError::Cancelled { id })?;
        if let Err(error) = sources::welcome(&*self.pool.store, &saved.credential).await {
            // The login is stored; its variable is only not offered again once it is gone.
            tracing::warn!(%error, "it could not be noted that a variable is wanted again");
        }
        Ok(Progress::Done(Box::new(Finished { saved, notes })))
    }

    /// Writes an attempt back, unless somebody has ended it meanwhile.
    async fn keep(&self, row: AttemptRow, attempt: &Attempt) -> Result<(), PoolError> {
        let state = attempt.to_state();
        if state == row.state {
            return Ok(());
        }
        self.update(&AttemptRow { state, ..row }).await
    }

    async fn update(&self, row: &AttemptRow) -> Result<(), PoolError> {
        if self.pool.store.update_attempt(row).await? {
            Ok(())
        } else {
            Err(PoolError::Cancelled { id: row.id })
        }
    }

    /// Ends an attempt; nothing is stored and no further call is made for it. False when there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn cancel(&self, id: AttemptId) -> Result<bool, PoolError> {
        // First the row, then the running step: a step that begins in between finds no row.
        let found = self.pool.store.take_attempt(id).await?;
        if found {
            self.pool.running.cancel(id);
        }
        Ok(found)
    }

    /// An attempt with what the person has to do.
    ///
    /// # Errors
    /// [`PoolError::NoAttempt`].
    pub async fn get(&self, id: AttemptId) -> Result<AttemptView, PoolError> {
        let (row, _, attempt) = self.restore(id).await?;
        Ok(view(row, &attempt))
    }

    /// Every attempt that has not ended, oldest first. One that can no longer be continued is left out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self) -> Result<Vec<AttemptView>, PoolError> {
        self.sweep().await?;
        let rows = self.pool.store.attempts().await?;
        let views = rows.into_iter().filter_map(|row| {
            let attempt = self.attempt(&row).ok()?.1;
            Some(view(row, &attempt))
        });
        Ok(views.collect())
    }

    /// Deletes attempts whose time is over; gives how many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep(&self) -> Result<usize, PoolError> {
        let now = self.pool.clock.now();
        let mut swept = 0;
        for row in self.pool.store.attempts().await? {
            if row.expires <= now && self.pool.store.take_attempt(row.id).await? {
                swept += 1;
            }
        }
        Ok(swept)
    }

    async fn restore(&self, id: AttemptId) -> Result<(AttemptRow, Plan, Attempt), PoolError> {
        let row = self
            .pool
            .store
            .attempt(id)
            .await?
            .ok_or(PoolError::NoAttempt { id })?;
        let (plan, attempt) = self.attempt(&row)?;
        Ok((row, plan, attempt))
    }

    fn attempt(&self, row: &AttemptRow) -> Result<(Plan, Attempt), PoolError> {
        let (method, region) = (Some(row.method.as_str()), row.region.as_deref());
        let plan = self.plan(&row.provider, method, region, row.label.as_deref())?;
        let attempt = Attempt::from_state(&plan, &row.state)?;
        Ok((plan, attempt))
    }
}

fn view(row: AttemptRow, attempt: &Attempt) -> AttemptView {
    AttemptView {
        id: row.id,
        provider: row.provider,
        method: row.method,
        region: row.region,
        label: row.label,
        challenge: attempt.challenge().clone(),
        spent: attempt.is_spent(),
        created: row.created,
        expires: row.expires,
    }
}
