//! A credential on loan to one request, and what its outcome does to the credential.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hermes_core::{CoolCause, Credential, CredentialId, ExitKind, Health, LoginCause, Rest, Scope, UnixMs};

use crate::api::{Advice, Leased, Outcome, Unusable, Verdict};
use crate::choice::probe::Ticket;
use crate::classify::{self, Answer};
use crate::entry::Entry;
use crate::pool::Inner;
use crate::renewal::flight::{self, Reason};
use crate::slot::hold;
use crate::{health, keyless, view};

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
    /// Held by the request that tries first after a cool-down, until its outcome is known.
    probe: Option<(Ticket, Scope)>,
    passed_over: Vec<Unusable>,
}

impl Lease {
    pub(crate) fn new(
        pool: &Arc<Inner>,
        entry: &Arc<Entry>,
        leased: &Arc<Leased>,
        model: &str,
        probe: Option<(Ticket, Scope)>,
    ) -> Self {
        entry.slot.in_flight.fetch_add(1, Ordering::Relaxed);
        entry.slot.leased.fetch_add(1, Ordering::Relaxed);
        Self {
            pool: Arc::clone(pool),
            entry: Arc::clone(entry),
            leased: Arc::clone(leased),
            model: model.into(),
            probe,
            passed_over: Vec::new(),
        }
    }

    /// The same lease, with those that could not serve in its place.
    pub(crate) fn after(mut self, passed_over: Vec<Unusable>) -> Self {
        self.passed_over = passed_over;
        self
    }

    /// What it tries first, if a cool-down has just ended.
    pub(crate) fn probe(&self) -> Option<(&Ticket, &Scope)> {
        self.probe.as_ref().map(|(ticket, scope)| (ticket, scope))
    }

    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    pub(crate) fn row(&self) -> &Credential {
        &self.entry.credential
    }

    /// Notes that a conversation goes on from this lease's answer, so that its next request finds the credential that knows it.
    pub fn continued_as(&self, conversation: u64) {
        let key = self.pool.lane(&self.row().provider).key(conversation);
        self.pool.sticky.put(key, self.row().id);
    }

    /// Credentials of the pool that could not serve when this one was chosen, by priority, 16 at most. Nothing is looked for
    /// where the choice met none.
    pub fn passed_over(&self) -> &[Unusable] {
        &self.passed_over
    }

    /// How the credential stands now, for the story of a request.
    pub fn standing(&self) -> Unusable {
        let now = self.pool.clock.now();
        let entry = self
            .pool
            .entry(self.id())
            .unwrap_or_else(|_| Arc::clone(&self.entry));
        let (state, cause, until) = view::state_for(&entry, Some(&self.model), now);
        Unusable {
            label: entry.credential.label.clone(),
            state,
            cause,
            rest: entry.stands(Some(&self.model), now).rest(),
            until: until.filter(|_| !state.usable()),
        }
    }

    /// What to send with.
    pub fn leased(&self) -> &Leased {
        &self.leased
    }

    /// Tells the pool what the headers of an answer say of the plan; `header` gives one by its name in lower case. Costs next to
    /// nothing where the provider tells nothing there.
    pub fn hear<'a>(&self, header: impl Fn(&str) -> Option<&'a str>) {
        let row = self.pool.row(&self.entry.credential).ok();
        let quota = row.and_then(|row| row.quota.as_ref());
        if let Some(quota) = quota.filter(|quota| !quota.headers.is_empty()) {
            hold(&self.entry.slot.left).hear(quota, header, self.pool.clock.now());
        }
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
        self.entry.slot.served.fetch_add(1, Ordering::Relaxed);
        self.recovered();
        self.end_probe();
        Advice::Deliver
    }

    /// Only a cool-down that this request itself has outlived is over.
    fn recovered(&self) {
        let slot = &self.entry.slot;
        if slot.is_struck() {
            slot.forgive(|scope| health::concerns(CoolCause::RateLimit, scope, Some(&self.model)));
        }
        for (scope, until, _) in self.entry.rests(Some(&self.model)) {
            self.change(|entry| entry.without_rest(scope, until), scope);
            for other in health::fellows(&self.pool.snapshot.load(), &self.entry, scope) {
                let id = other.credential.id;
                let changed = self.pool.change(id, |entry| entry.without_rest(scope, until));
                if changed.is_some() {
                    health::save(&self.pool, &other, scope);
                }
            }
        }
    }

    /// The others may look again.
    fn end_probe(&self) {
        if let Some((ticket, _)) = &self.probe {
            ticket.end();
        }
    }

    async fn answered(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
        in_stream: bool,
    ) -> Advice {
        let advice = self.judged(status, headers, body, in_stream).await;
        self.end_probe();
        advice
    }

    async fn judged(
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
                match until {
                    Some(until) => self.cool(until, cause, scope, now),
                    None => self.cool_longer(cause, scope, now),
                }
                Advice::Another
            }
            Verdict::ProviderTrouble => Advice::Another,
            Verdict::Dead(cause) => {
                self.set_health(Health::NeedsLogin { cause });
                Advice::Another
            }
            Verdict::Blocked(rule) => {
                self.set_health(Health::Blocked { rule });
                Advice::Another
            }
        }
    }

    /// Rests for a cause that names no time: each failure after a rest doubles the next one.
    fn cool_longer(&self, cause: CoolCause, scope: Scope, now: UnixMs) {
        let rests = |entry: &Entry| {
            let mut rests = entry.rests(Some(&self.model));
            rests.any(|(one, until, _)| *one == scope && until > now)
        };
        // What was under way when the rest began is no further failure after it.
        if self.pool.entry(self.id()).is_ok_and(|entry| rests(&entry)) {
            return;
        }
        let span = self.entry.slot.strike(&scope, cause, &*self.pool.random);
        self.cool(now.plus(span), cause, scope, now);
    }

    pub(crate) fn cool(&self, until: UnixMs, cause: CoolCause, scope: Scope, now: UnixMs) {
        if until <= now {
            return;
        }
        let rest = Rest { scope, until, cause };
        self.change(|entry| entry.with_rest(&rest), &rest.scope);
        for other in health::fellows(&self.pool.snapshot.load(), &self.entry, &rest.scope) {
            let changed = self
                .pool
                .change(other.credential.id, |entry| entry.with_rest(&rest));
            if changed.is_some() {
                health::save(&self.pool, &other, &rest.scope);
            }
        }
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
            self.set_health(Health::NeedsLogin { cause });
            return Advice::Another;
        }
        if self.entry.slot.unproven.load(Ordering::Acquire) == row.generation {
            self.set_health(Health::NeedsLogin {
                cause: LoginCause::TokenRejected,
            });
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
                // A fault of the store says nothing about the credential.
                if !failed.ended
                    && failed.exit != ExitKind::Store
                    && let Some(until) = self.entry.slot.paused_until(now)
                {
                    self.cool(until, CoolCause::RefreshFailed, Scope::Account, now);
                }
                Advice::Another
            }
        }
    }

    /// Sets the health at once for every later request, if it is still that of this lease's token; the store follows in the
    /// background.
    fn set_health(&self, health: Health) {
        let change = |entry: &Entry| {
            let row = &entry.credential;
            let differs = row.health != health && row.health != Health::Disabled;
            differs.then(|| entry.with_health(health))
        };
        self.change(change, &Scope::Account);
    }

    fn change(&self, change: impl FnOnce(&Entry) -> Option<Entry>, scope: &Scope) {
        let generation = self.leased.generation;
        let changed = self.pool.change(self.id(), |entry| {
            let is_ours = entry.credential.generation == generation;
            is_ours.then(|| change(entry)).flatten()
        });
        if changed.is_some() {
            health::save(&self.pool, &self.entry, scope);
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
