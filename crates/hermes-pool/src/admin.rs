//! What a person does to a credential.

use std::sync::Arc;

use hermes_core::{CredentialId, ExitKind, Health, ProviderId, Secret, Strategy, UnixMs};
use hermes_store::Event;
use hermes_text::Both;
use hermes_text::errors::pool as text;

use crate::api::{Unusable, View};
use crate::bounds::Bounds;
use crate::choice::choose;
use crate::entry::{Entry, Standing};
use crate::error::PoolError;
use crate::pool::{Inner, Pool};
use crate::renewal::flight::{self, Failed, Reason};
use crate::{keyless, sources, view};

impl Pool {
    /// Makes a credential usable again: ends cool-downs, blocks and the mark of a dead login. One that is switched off
    /// stays so.
    pub async fn reset(&self, id: CredentialId) -> Result<View, PoolError> {
        let entry = self.stored(id)?;
        let (inner, is_off) = (&self.inner, entry.credential.health == Health::Disabled);
        entry.slot.clear();
        if is_off && entry.credential.rests.is_empty() {
            return Ok(view::of(&entry, inner.clock.now()));
        }
        let turn = entry.slot.save_order.lock().await;
        inner.store.reset(id, inner.clock.now()).await?;
        inner.change(id, |entry| {
            let health = if is_off { Health::Disabled } else { Health::Ready };
            let mut entry = entry.with_health(health);
            entry.credential.rests.clear();
            Some(entry)
        });
        drop(turn);
        self.view_again(id).await
    }

    /// Chooses how a provider's pool picks.
    pub async fn set_strategy(&self, provider: &ProviderId, strategy: Strategy) -> Result<(), PoolError> {
        let inner = &self.inner;
        inner
            .store
            .set_strategy(provider, strategy, inner.clock.now())
            .await?;
        inner.lane(provider).set_strategy(strategy);
        Ok(())
    }

    /// How a provider's pool picks.
    pub fn strategy_of(&self, provider: &ProviderId) -> Strategy {
        self.inner.lane(provider).strategy()
    }

    /// Sets a credential's share under [`Strategy::Weighted`]; at least 1.
    pub async fn set_weight(&self, id: CredentialId, weight: u32) -> Result<View, PoolError> {
        self.stored(id)?;
        let now = self.inner.clock.now();
        self.inner.store.set_weight(id, weight.max(1), now).await?;
        self.view_again(id).await
    }

    /// What happened to a credential, newest first.
    pub async fn events(&self, id: CredentialId, limit: u32) -> Result<Vec<Event>, PoolError> {
        Ok(self.inner.store.events(Some(id), limit).await?)
    }

    /// Switches a credential on; its other states are left alone.
    pub async fn enable(&self, id: CredentialId) -> Result<View, PoolError> {
        let entry = self.stored(id)?;
        if entry.credential.health != Health::Disabled {
            return Ok(view::of(&entry, self.inner.clock.now()));
        }
        self.put_health(id, Health::Ready).await
    }

    /// Switches a credential off: no request uses it and nothing renews it.
    pub async fn disable(&self, id: CredentialId) -> Result<View, PoolError> {
        self.stored(id)?;
        self.put_health(id, Health::Disabled).await
    }

    /// Changes the label.
    ///
    /// # Errors
    /// [`PoolError::Store`] when the provider has a credential of that label.
    pub async fn rename(&self, id: CredentialId, label: &str) -> Result<View, PoolError> {
        self.stored(id)?;
        self.inner.store.rename(id, label, self.inner.clock.now()).await?;
        self.view_again(id).await
    }

    /// Moves to a zero-based place in the provider's order.
    pub async fn set_priority(&self, id: CredentialId, place: u32) -> Result<View, PoolError> {
        self.stored(id)?;
        self.inner
            .store
            .set_priority(id, place, self.inner.clock.now())
            .await?;
        self.view_again(id).await
    }

    /// Deletes a credential with its secrets; gives how it stood.
    pub async fn remove(&self, id: CredentialId) -> Result<View, PoolError> {
        let entry = self.stored(id)?;
        let now = self.inner.clock.now();
        let view = view::of(&entry, now);
        self.inner.store.remove(id, now).await?;
        sources::forget(&*self.inner.store, &view.credential).await?;
        self.inner.reload().await?;
        Ok(view)
    }

    /// Deletes every credential of a provider; gives how they stood.
    ///
    /// # Errors
    /// [`PoolError::NoLogin`] when it has none.
    pub async fn logout(&self, provider: &ProviderId) -> Result<Vec<View>, PoolError> {
        let views = self.views_of(provider);
        if views.is_empty() {
            return Err(PoolError::NoLogin {
                provider: provider.clone(),
            });
        }
        for view in &views {
            self.stored(view.credential.id)?;
            self.inner
                .store
                .remove(view.credential.id, self.inner.clock.now())
                .await?;
            sources::forget(&*self.inner.store, &view.credential).await?;
        }
        self.inner.reload().await?;
        Ok(views)
    }

    /// Ends a login at its provider, whatever is stored here stays. False where the provider has no call for it.
    ///
    /// # Errors
    /// [`PoolError::Moved`] when the catalogue would send the token to an address that the login was not made for, those
    /// of the store, and those of the provider.
    pub async fn end_at_provider(&self, id: CredentialId) -> Result<bool, PoolError> {
        let entry = self.stored(id)?;
        let row = &entry.credential;
        let Some(provider) = self.inner.catalog.get(&row.provider) else {
            return Ok(false);
        };
        let Some(method) = provider.login.iter().find(|method| method.id == row.method) else {
            return Ok(false);
        };
        let (_, material) = self.inner.store.material(id).await?;
        Bounds::of(&self.inner.catalog, row, &material.extra)
            .check_tokens(provider)
            .map_err(|problem| PoolError::Moved {
                label: row.label.clone(),
                problem,
            })?;
        let region = row.region.as_deref();
        Ok(hermes_oauth::revoke(&self.inner.engine, provider, method, region, &material).await?)
    }

    /// A credential that is in the store, and so can be changed.
    pub(crate) fn stored(&self, id: CredentialId) -> Result<Arc<Entry>, PoolError> {
        let entry = self.inner.entry(id)?;
        if keyless::is_keyless(&entry.credential) {
            return Err(PoolError::Keyless {
                provider: entry.credential.provider.clone(),
            });
        }
        Ok(entry)
    }

    async fn put_health(&self, id: CredentialId, health: Health) -> Result<View, PoolError> {
        let inner = &self.inner;
        // A state that is still on its way to the store must not come after this one.
        let slot = Arc::clone(&inner.entry(id)?.slot);
        let turn = slot.save_order.lock().await;
        inner
            .store
            .set_health(id, None, health.clone(), inner.clock.now())
            .await?;
        inner.change(id, |entry| Some(entry.with_health(health)));
        drop(turn);
        self.view_again(id).await
    }

    async fn view_again(&self, id: CredentialId) -> Result<View, PoolError> {
        self.inner.reload().await?;
        Ok(view::of(&*self.inner.entry(id)?, self.inner.clock.now()))
    }
}

pub(crate) async fn refresh(pool: &Arc<Inner>, id: CredentialId) -> Result<View, PoolError> {
    let entry = pool.entry(id)?;
    if keyless::is_keyless(&entry.credential) {
        return Err(PoolError::Keyless {
            provider: entry.credential.provider.clone(),
        });
    }
    let (flight, _) = flight::join(pool, &entry, Reason::Person);
    if let Err(failed) = flight.wait().await {
        return Err(refused(pool, &entry, failed).await);
    }
    Ok(view::of(&*pool.entry(id)?, pool.clock.now()))
}

/// Waits for a due refresh even while the old token lives, since the caller may be a program that ends right after.
pub(crate) async fn token(
    pool: &Arc<Inner>,
    id: CredentialId,
) -> Result<(Secret, Option<UnixMs>, View), PoolError> {
    let mut entry = pool.entry(id)?;
    if keyless::is_keyless(&entry.credential) {
        return Err(PoolError::Keyless {
            provider: entry.credential.provider.clone(),
        });
    }
    choose::blocked(pool.snapshot.load().members(&entry.credential.provider))?;
    let mut standing = entry.stands(None, pool.clock.now());
    if matches!(standing, Standing::Due | Standing::Stale) {
        let (flight, _) = flight::join(pool, &entry, Reason::Due);
        let landing = flight.wait().await;
        entry = pool.entry(id)?;
        if let Err(failed) = landing
            && (failed.ended || !entry.is_alive(pool.clock.now()))
        {
            return Err(refused(pool, &entry, failed).await);
        }
        standing = entry.stands(None, pool.clock.now());
    }
    let resting_token = matches!(standing, Standing::Resting(..)) && entry.is_alive(pool.clock.now());
    if !standing.is_usable() && !resting_token {
        return Err(unusable(&entry, pool.clock.now()));
    }
    entry.open(pool).await?;
    match entry.opened() {
        Some(Ok(opened)) => {
            let view = view::of(&entry, pool.clock.now());
            Ok((opened.access.clone(), entry.credential.expires, view))
        }
        Some(Err(problem)) => Err(unopened(pool, &entry, problem).await),
        None => Err(PoolError::Refresh {
            label: entry.credential.label.clone(),
            problem: Both::of(text::changed),
            exit: ExitKind::Store,
            hint: None,
        }),
    }
}

/// Why a secret gave no token. The store says best itself what is wrong with its key or a row.
async fn unopened(pool: &Inner, entry: &Entry, problem: &Both) -> PoolError {
    match pool.store.material(entry.credential.id).await {
        Err(error) => PoolError::Store(error),
        Ok(_) => PoolError::Moved {
            label: entry.credential.label.clone(),
            problem: problem.clone(),
        },
    }
}

async fn refused(pool: &Inner, entry: &Entry, failed: Failed) -> PoolError {
    // A fault of the store is told in its own words, with its own hint.
    if (failed.exit == ExitKind::Store || entry.defect().is_some())
        && let Err(error) = pool.store.material(entry.credential.id).await
    {
        return PoolError::Store(error);
    }
    failed.of(entry)
}

pub(crate) fn unusable(entry: &Entry, now: UnixMs) -> PoolError {
    let (state, cause, until) = view::state_for(entry, None, now);
    let label = entry.credential.label.clone();
    PoolError::Exhausted {
        provider: entry.credential.provider.clone(),
        members: vec![Unusable {
            label,
            state,
            cause,
            rest: entry.stands(None, now).rest(),
            until,
        }],
        retry_after: until.map(|until| until.since(now)),
    }
}
