//! Cool-downs: what rests, until when, and how that is kept.
//!
//! A cool-down of the whole account is the credential's health; those of single models and of an organisation stand beside
//! it. One that has ended stays until a request was served, which is how it is known that nobody has tried since.

use std::sync::Arc;

use hermes_core::{CoolCause, Credential, CredentialId, Health, Rest, Scope, UnixMs};
use hermes_store::StoreError;

use crate::choice::probe::Probing;
use crate::entry::Entry;
use crate::keyless;
use crate::pool::Inner;
use crate::snapshot::Snapshot;

/// How many cool-downs of models are kept with a credential; the one that ends first goes first.
const MOST_RESTS: usize = 64;

impl Entry {
    /// The cool-downs that concern a request for a model, ended or not; with no model, those that concern every request.
    pub(crate) fn rests(&self, model: Option<&str>) -> impl Iterator<Item = (&Scope, UnixMs, CoolCause)> {
        let account = match &self.credential.health {
            Health::Cooling { until, cause, scope } => Some((scope, *until, *cause)),
            _ => None,
        };
        let parts = self.credential.rests.iter();
        account
            .into_iter()
            .chain(parts.map(|rest| (&rest.scope, rest.until, rest.cause)))
            .filter(move |(scope, _, cause)| concerns(*cause, scope, model))
    }

    /// The cool-down that stops a request now; the one that lasts longest.
    pub(crate) fn resting(&self, model: Option<&str>, now: UnixMs) -> Option<(UnixMs, CoolCause)> {
        self.rests(model)
            .filter(|(_, until, _)| *until > now)
            .max_by_key(|(_, until, _)| *until)
            .map(|(_, until, cause)| (until, cause))
    }

    /// A cool-down that has ended and that no request has outlived yet.
    pub(crate) fn half_open(&self, model: &str, now: UnixMs) -> Option<&Scope> {
        self.rests(Some(model))
            .find(|(_, until, _)| *until <= now)
            .map(|(scope, ..)| scope)
    }

    /// The entry with another health.
    pub(crate) fn with_health(&self, health: Health) -> Self {
        let mut entry = self.clone();
        entry.credential.health = health;
        entry
    }

    /// The entry with a further cool-down; none where it changes nothing, or where resting is not what is wrong with it.
    pub(crate) fn with_rest(&self, rest: &Rest) -> Option<Self> {
        let holds = |scope: &Scope, until: UnixMs| *scope == rest.scope && until >= rest.until;
        let health = &self.credential.health;
        if !matches!(health, Health::Ready | Health::Cooling { .. }) {
            return None;
        }
        let mut all = self.rests(None).chain(self.rests_of_models());
        if all.any(|(scope, until, _)| holds(scope, until)) {
            return None;
        }
        drop(all);
        if rest.scope == Scope::Account {
            return Some(self.with_health(cooling(rest)));
        }
        let mut entry = self.clone();
        let rests = &mut entry.credential.rests;
        rests.retain(|one| one.scope != rest.scope);
        if rests.len() >= MOST_RESTS
            && let Some(first) = (0..rests.len()).min_by_key(|at| rests[*at].until)
        {
            rests.remove(first);
        }
        rests.push(rest.clone());
        Some(entry)
    }

    fn rests_of_models(&self) -> impl Iterator<Item = (&Scope, UnixMs, CoolCause)> {
        self.credential
            .rests
            .iter()
            .map(|rest| (&rest.scope, rest.until, rest.cause))
    }

    /// The entry without a cool-down; none when that one no longer holds.
    pub(crate) fn without_rest(&self, scope: &Scope, until: UnixMs) -> Option<Self> {
        if *scope == Scope::Account {
            let is_it =
                matches!(&self.credential.health, Health::Cooling { until: one, .. } if *one == until);
            return is_it.then(|| self.with_health(Health::Ready));
        }
        let rests = &self.credential.rests;
        let at = rests
            .iter()
            .position(|rest| rest.scope == *scope && rest.until == until)?;
        let mut entry = self.clone();
        entry.credential.rests.remove(at);
        Some(entry)
    }

    /// Who tries first after a cool-down of a scope: members of an organisation share that.
    pub(crate) fn probing(&self, pool: &Inner, scope: &Scope) -> Arc<Probing> {
        match scope {
            Scope::Organisation(name) => pool.lane(&self.credential.provider).organisation(name),
            Scope::Account | Scope::Model(_) => Arc::clone(&self.slot.probing),
        }
    }
}

/// A row with its health as the pool reads it: a cool-down of a part is no state of the whole.
pub(crate) fn tidy(row: &mut Credential) {
    if let Health::Cooling { until, cause, scope } = &row.health
        && *scope != Scope::Account
    {
        let (scope, until, cause) = (scope.clone(), *until, *cause);
        row.health = Health::Ready;
        if row.rests.iter().all(|rest| rest.scope != scope) {
            row.rests.push(Rest { scope, until, cause });
        }
    }
}

/// Those that a cool-down covers beside the one that met it: every member of the organisation.
pub(crate) fn fellows(snapshot: &Snapshot, entry: &Entry, scope: &Scope) -> Vec<Arc<Entry>> {
    let row = &entry.credential;
    let (Scope::Organisation(name), Some(members)) = (scope, snapshot.members(&row.provider)) else {
        return Vec::new();
    };
    let others = members.cells().iter().map(|cell| cell.entry());
    others
        .filter(|other| other.credential.id != row.id)
        .filter(|other| other.credential.identity.organisation.as_ref() == Some(name))
        .collect()
}

/// The one of them in whose name all processes claim the probe.
pub(crate) fn claimant(snapshot: &Snapshot, entry: &Entry, scope: &Scope) -> CredentialId {
    let others = fellows(snapshot, entry, scope);
    let ids = others.iter().map(|other| other.credential.id);
    ids.chain([entry.credential.id])
        .min()
        .unwrap_or(entry.credential.id)
}

/// Whether a cool-down of this scope stops a request for this model.
pub(crate) fn concerns(cause: CoolCause, scope: &Scope, model: Option<&str>) -> bool {
    match scope {
        Scope::Account | Scope::Organisation(_) => true,
        Scope::Model(rest) => model.is_some_and(|model| covers(cause, rest, model)),
    }
}

/// Whether a cool-down covers a model: a model that the account does not have is that one alone, a limit covers the family
/// that it names.
fn covers(cause: CoolCause, rest: &str, model: &str) -> bool {
    if cause == CoolCause::NoModel {
        return rest == model;
    }
    !rest.is_empty() && model.to_ascii_lowercase().contains(&rest.to_ascii_lowercase())
}

fn cooling(rest: &Rest) -> Health {
    Health::Cooling {
        until: rest.until,
        cause: rest.cause,
        scope: rest.scope.clone(),
    }
}

/// Writes one part of the health that holds in memory. Writes of one credential go one after the other and each takes the
/// state of its own moment, so the last one is what stays.
pub(crate) fn save(pool: &Arc<Inner>, entry: &Entry, scope: &Scope) {
    if keyless::is_keyless(&entry.credential) {
        return;
    }
    let (id, slot, scope) = (entry.credential.id, Arc::clone(&entry.slot), scope.clone());
    slot.saving(true);
    let inner = Arc::clone(pool);
    pool.work.spawn(async move {
        let turn = slot.save_order.lock().await;
        if let Ok(entry) = inner.entry(id)
            && let Err(error) = write(&inner, &entry.credential, &scope).await
        {
            tracing::warn!(credential = %id, %error, "the state of a login could not be stored");
        }
        drop(turn);
        slot.saving(false);
    });
}

async fn write(pool: &Inner, row: &Credential, scope: &Scope) -> Result<(), StoreError> {
    let (id, generation, now) = (row.id, row.generation, pool.clock.now());
    let set = async |health| pool.store.set_health(id, Some(generation), health, now).await;
    let part = row.rests.iter().find(|rest| rest.scope == *scope);
    match (&row.health, part) {
        (_, Some(rest)) => drop(set(cooling(rest)).await?),
        (health, None) if *scope == Scope::Account && (*health != Health::Ready || row.rests.is_empty()) => {
            set(health.clone()).await?;
            // A cool-down of the account replaces those of its parts, and some of them outlast it.
            if matches!(health, Health::Cooling { .. }) {
                for rest in &row.rests {
                    set(cooling(rest)).await?;
                }
            }
        }
        _ => drop(pool.store.end_rest(id, generation, scope, now).await?),
    }
    Ok(())
}
