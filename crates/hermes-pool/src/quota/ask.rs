use hermes_core::{Credential, CredentialId, UnixMs};

use super::Left;
use crate::admin::unusable;
use crate::api::View;
use crate::bounds::Bounds;
use crate::error::PoolError;
use crate::pool::Pool;
use crate::slot::hold;
use crate::view;

impl Pool {
    /// Asks the provider what is left of a login's plan, at most once a minute; gives what it told last otherwise. The token is not
    /// renewed for this.
    ///
    /// # Errors
    /// [`PoolError::NoQuota`] where the provider has no call for it, [`PoolError::Moved`] when the catalogue would send the token to an
    /// address that the login was not made for, [`PoolError::Exhausted`] when the token has ended, those of the store and of the provider.
    pub async fn ask_quota(&self, id: CredentialId) -> Result<View, PoolError> {
        let entry = self.stored(id)?;
        let mut asked = entry.slot.asked.lock().await;
        let (row, now) = (&entry.credential, self.inner.clock.now());
        let is_recent = |told: UnixMs| told.plus(super::ASKED_EVERY) > now;
        if asked.is_some_and(is_recent) {
            return Ok(view::of(&entry, now));
        }
        let provider = self.inner.catalog.get(&row.provider);
        let rules = provider.and_then(|provider| Some((provider, provider.quota.as_ref()?)));
        let (provider, rules) = rules.ok_or_else(|| unknown(row))?;
        if !entry.is_alive(now) {
            return Err(unusable(&entry, now));
        }
        let (_, material) = self.inner.store.material(id).await?;
        Bounds::of(&self.inner.catalog, row, &material.extra)
            .check_quota(provider)
            .map_err(|problem| PoolError::Moved {
                label: row.label.clone(),
                problem,
            })?;
        let answer = hermes_oauth::ask_quota(
            &self.inner.engine,
            provider,
            &row.method,
            row.region.as_deref(),
            &material,
        );
        let body = answer.await?.ok_or_else(|| unknown(row))?;
        *asked = Some(now);
        *hold(&entry.slot.left) = Left::read(rules, &body, now);
        Ok(view::of(&entry, now))
    }
}

fn unknown(row: &Credential) -> PoolError {
    PoolError::NoQuota {
        label: row.label.clone(),
    }
}
