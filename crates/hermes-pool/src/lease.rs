//! A credential on loan to one request, and what its outcome does to the credential.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hermes_core::{CoolCause, CredentialId, Health, LoginCause, Scope, UnixMs};

use crate::api::{Advice, Leased, Outcome, Verdict};
use crate::classify::{self, Answer};
use crate::entry::Entry;
use crate::flight::{self, Reason};
use crate::keyless;
use crate::pool::Inner;
use crate::slot::covers;

/// How long a refused token rests that must not be renewed yet (hermes-agent 0.19.0).
const REFUSED_REST: Duration = Duration::from_mins(5);

/// A credential for one request. It cannot be copied and is to be kept until the answer has ended: until then the request
/// counts as under way. It is reported once, and once more when a stream fails that had begun well; dropping it without a
/// report counts as [`Outcome::Cancelled`].
#[must_use = "a lease that is dropped counts as a cancelled request"]
pub struct Lease {
    pool: Arc<Inner>,
    entry: Arc<Entry>,
    leased: Arc<Leased>,
    model: Box<str>,
}

impl Lease {
    pub(crate) fn new(pool: &Arc<Inner>, entry: &Arc<Entry>, leased: &Arc<Leased>, model: &str) -> Self {
        entry.slot.in_flight.fetch_add(1, Ordering::Relaxed);
        Self {
            pool: Arc::clone(pool),
            entry: Arc::clone(entry),
            leased: Arc::clone(leased),
            model: model.into(),
        }
    }

    /// What to send with.
    pub fn leased(&self) -> &Leased {
        &self.leased
    }

    /// Tells the pool what the answer was, and what to do next. Costs next to nothing for [`Outcome::Served`]; a refused
    /// token is renewed before this returns.
    pub async fn report(&self, outcome: Outcome) -> Advice {
        match outcome {
            Outcome::Served => self.served(),
            Outcome::Answered {
                status,
                headers,
                body,
            } => self.answered(status, &headers, &body, false).await,
            Outcome::StreamFailed { headers, body } => self.answered(200, &headers, &body, true).await,
            // Nothing was charged for a request that never left; one that did may have been.
            Outcome::Failed { sent: false } => Advice::Another,
            Outcome::Failed { sent: true } | Outcome::Cancelled => Advice::Deliver,
        }
    }

    fn id(&self) -> CredentialId {
        self.leased.id
    }

    fn served(&self) -> Advice {
        let unproven = &self.entry.slot.unproven;
        if unproven.load(Ordering::Relaxed) == self.leased.generation {
            unproven.store(0, Ordering::Release);
        }
        // Only a cool-down that this request itself has outlived is over.
        if let Health::Cooling { scope, .. } = &self.entry.credential.health
            && self.is_covered(scope)
        {
            let seen = self.entry.credential.health.clone();
            self.set_health(Health::Ready, move |now| *now == seen);
        }
        Advice::Deliver
    }

    fn is_covered(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Account | Scope::Organisation(_) => true,
            Scope::Model(rest) => covers(rest, &self.model),
        }
    }

    async fn answered(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
        in_stream: bool,
    ) -> Advice {
        let now = self.pool.clock.now();
        let rules = self
            .pool
            .row(&self.entry.credential)
            .map(|row| row.errors.as_slice())
            .unwrap_or_default();
        let answer = Answer {
            status,
            headers,
            body,
            model: &self.model,
            is_key: self.entry.is_key(),
            organisation: self.entry.credential.identity.organisation.as_deref(),
            in_stream,
        };
        match classify::classify(&answer, rules, now) {
            Verdict::Fine | Verdict::RequestFault => Advice::Deliver,
            Verdict::TokenRefused => self.refused(now).await,
            Verdict::Cool { until, cause, scope } => {
                let until = until.unwrap_or_else(|| now.plus(classify::default_rest(cause)));
                self.cool(until, cause, scope, now);
                Advice::Another
            }
            Verdict::ProviderTrouble => Advice::Another,
            Verdict::Dead(cause) => {
                self.set_health(Health::NeedsLogin { cause }, |_| true);
                Advice::Another
            }
            Verdict::Blocked(rule) => {
                self.set_health(Health::Blocked { rule }, |_| true);
                Advice::Another
            }
        }
    }

    fn cool(&self, until: UnixMs, cause: CoolCause, scope: Scope, now: UnixMs) {
        if until <= now {
            return;
        }
        if let Scope::Model(model) = &scope {
            self.entry.slot.rest_model(model, until, cause);
        }
        let model_only = matches!(scope, Scope::Model(_));
        let health = Health::Cooling { until, cause, scope };
        // A cool-down of one model must not hide one of the whole account, nor a shorter one a longer.
        self.set_health(health, move |current| match current {
            Health::Cooling {
                until: rests, scope, ..
            } if *rests > now => {
                !(model_only && *scope == Scope::Account) && (*rests < until || *scope != Scope::Account)
            }
            Health::Ready | Health::Cooling { .. } => true,
            Health::NeedsLogin { .. } | Health::Disabled | Health::Blocked { .. } => false,
        });
    }

    /// A token was refused: adopt a newer one, or renew it once. A token that a refresh after a refusal has just made and
    /// that is refused as well is beyond repair.
    async fn refused(&self, now: UnixMs) -> Advice {
        let row = &self.entry.credential;
        if keyless::is_keyless(row) {
            return Advice::Deliver;
        }
        let Ok(current) = self.pool.entry(self.id()) else {
            return Advice::Another;
        };
        if current.credential.generation != row.generation {
            return Advice::SameAgain;
        }
        if !row.has_refresh || !self.entry.can_refresh() {
            let cause = if self.entry.is_key() {
                LoginCause::KeyRejected
            } else {
                LoginCause::TokenRejected
            };
            self.set_health(Health::NeedsLogin { cause }, |_| true);
            return Advice::Another;
        }
        if self.entry.slot.unproven.load(Ordering::Acquire) == row.generation {
            self.set_health(
                Health::NeedsLogin {
                    cause: LoginCause::TokenRejected,
                },
                |_| true,
            );
            return Advice::Another;
        }
        if let Some(earliest) = row.earliest_refresh.filter(|earliest| *earliest > now) {
            let until = earliest.min(now.plus(REFUSED_REST));
            self.cool(until, CoolCause::Unauthorised, Scope::Account, now);
            return Advice::Another;
        }
        if let Some(until) = self.entry.slot.paused_until(now) {
            self.cool(until, CoolCause::RefreshFailed, Scope::Account, now);
            return Advice::Another;
        }
        let (flight, _) = flight::join(&self.pool, &self.entry, Reason::Refused);
        match flight.wait().await {
            Ok(_) => Advice::SameAgain,
            Err(failed) => {
                let now = self.pool.clock.now();
                if !failed.ended
                    && let Some(until) = self.entry.slot.paused_until(now)
                {
                    self.cool(until, CoolCause::RefreshFailed, Scope::Account, now);
                }
                Advice::Another
            }
        }
    }

    /// Sets the health at once for every later request, if it is still that of this lease's token and `from` agrees with
    /// what it replaces; the store follows in the background.
    fn set_health(&self, health: Health, from: impl FnOnce(&Health) -> bool) {
        let generation = self.leased.generation;
        let changed = self.pool.change(self.id(), |entry| {
            let row = &entry.credential;
            let ours = row.generation == generation && row.health != health && row.health != Health::Disabled;
            (ours && from(&row.health)).then(|| entry.with_health(health))
        });
        if changed.is_some() && !keyless::is_keyless(&self.entry.credential) {
            save_health(&self.pool, self.id(), &self.entry);
        }
    }
}

impl Deref for Lease {
    type Target = Leased;

    fn deref(&self) -> &Leased {
        &self.leased
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.entry.slot.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Writes the health that holds in memory. Writes of one credential go one after the other and each takes the state of its
/// own moment, so the last one is what stays.
fn save_health(pool: &Arc<Inner>, id: CredentialId, entry: &Entry) {
    let slot = Arc::clone(&entry.slot);
    slot.saving(true);
    let inner = Arc::clone(pool);
    pool.work.spawn(async move {
        let turn = slot.save_order.lock().await;
        if let Ok(entry) = inner.entry(id) {
            let row = &entry.credential;
            let (generation, health) = (Some(row.generation), row.health.clone());
            if let Err(error) = inner
                .store
                .set_health(id, generation, health, inner.clock.now())
                .await
            {
                tracing::warn!(credential = %id, %error, "the state of a login could not be stored");
            }
        }
        drop(turn);
        slot.saving(false);
    });
}
