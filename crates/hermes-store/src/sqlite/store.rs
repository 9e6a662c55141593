//! The trait on top of the functions of each table.

use std::path::Path;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Credential, CredentialId, Health, KeyId, Material, NewCredential, Secret, UnixMs,
};

use super::{SqliteStore, attempts, credentials, events, keys, log, place, secrets, settings};
use crate::{AttemptRow, ClientKey, Commit, Event, RequestRow, Saved, Store, StoreError, StoreInfo, backup};

/// Names the file in an error of the back end.
macro_rules! at {
    ($store:ident, $call:expr) => {
        $call.await.map_err(|fault| fault.at(&$store.path))
    };
}

#[async_trait]
impl Store for SqliteStore {
    fn info(&self) -> &StoreInfo {
        &self.info
    }

    async fn version(&self) -> Result<i64, StoreError> {
        at!(self, events::version(self))
    }

    async fn credentials(&self) -> Result<Vec<Credential>, StoreError> {
        at!(self, credentials::list(self))
    }

    async fn material(&self, id: CredentialId) -> Result<(u64, Material), StoreError> {
        at!(self, secrets::material(self, id))
    }

    async fn save_login(&self, login: NewCredential, now: UnixMs) -> Result<Saved, StoreError> {
        at!(self, credentials::save_login(self, login, now))
    }

    async fn commit_refresh(
        &self,
        id: CredentialId,
        generation: u64,
        material: Material,
        now: UnixMs,
    ) -> Result<Commit, StoreError> {
        at!(self, secrets::commit_refresh(self, id, generation, material, now))
    }

    async fn set_health(
        &self,
        id: CredentialId,
        generation: Option<u64>,
        health: Health,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        at!(self, credentials::set_health(self, id, generation, health, now))
    }

    async fn rename(&self, id: CredentialId, label: &str, now: UnixMs) -> Result<(), StoreError> {
        at!(self, place::rename(self, id, label, now))
    }

    async fn set_priority(&self, id: CredentialId, place: u32, now: UnixMs) -> Result<(), StoreError> {
        at!(self, place::set_priority(self, id, place, now))
    }

    async fn set_weight(&self, _: CredentialId, _: u32, _: UnixMs) -> Result<(), StoreError> {
        Ok(())
    }

    async fn pools(&self) -> Result<Vec<crate::PoolRow>, StoreError> {
        Ok(Vec::new())
    }

    async fn set_strategy(
        &self,
        _: &hermes_core::ProviderId,
        _: hermes_core::Strategy,
        _: UnixMs,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn changes(&self, _: Option<i64>) -> Result<crate::Changes, StoreError> {
        Ok(crate::Changes {
            version: self.version().await?,
            whole: true,
            credentials: self.credentials().await?,
        })
    }

    async fn reset(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        self.set_health(id, None, Health::Ready, now).await.map(drop)
    }

    async fn end_rest(
        &self,
        id: CredentialId,
        generation: u64,
        _: &hermes_core::Scope,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.set_health(id, Some(generation), Health::Ready, now).await
    }

    async fn claim_probe(
        &self,
        _: CredentialId,
        _: &hermes_core::Scope,
        _: std::time::Duration,
        _: UnixMs,
    ) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn remove(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        at!(self, place::remove(self, id, now))
    }

    async fn save_attempt(&self, attempt: &AttemptRow) -> Result<(), StoreError> {
        at!(self, attempts::save(self, attempt))
    }

    async fn update_attempt(&self, attempt: &AttemptRow) -> Result<bool, StoreError> {
        at!(self, attempts::update(self, attempt))
    }

    async fn attempt(&self, id: AttemptId) -> Result<Option<AttemptRow>, StoreError> {
        at!(self, attempts::one(self, id))
    }

    async fn attempts(&self) -> Result<Vec<AttemptRow>, StoreError> {
        at!(self, attempts::list(self))
    }

    async fn take_attempt(&self, id: AttemptId) -> Result<bool, StoreError> {
        at!(self, attempts::take(self, id))
    }

    async fn finish_attempt(
        &self,
        id: AttemptId,
        login: NewCredential,
        now: UnixMs,
    ) -> Result<Option<Saved>, StoreError> {
        at!(self, attempts::finish(self, id, login, now))
    }

    async fn add_key(&self, key: &ClientKey) -> Result<(), StoreError> {
        at!(self, keys::add(self, key))
    }

    async fn keys(&self) -> Result<Vec<ClientKey>, StoreError> {
        at!(self, keys::list(self))
    }

    async fn revoke_key(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError> {
        at!(self, keys::revoke(self, id, now))
    }

    async fn secret_setting(
        &self,
        name: &str,
        make: &(dyn Fn() -> Secret + Sync),
    ) -> Result<Secret, StoreError> {
        at!(self, settings::secret(self, name, make))
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        at!(self, settings::get(self, name))
    }

    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        at!(self, settings::set(self, name, value))
    }

    async fn events(&self, credential: Option<CredentialId>, limit: u32) -> Result<Vec<Event>, StoreError> {
        at!(self, events::list(self, credential, limit))
    }

    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError> {
        log::append(self, requests)
            .await
            .map_err(|fault| fault.at(&self.places.log()))
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError> {
        log::request(self, id)
            .await
            .map_err(|fault| fault.at(&self.places.log()))
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        at!(self, secrets::check(self))
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        at!(self, backup::copy_to(self, to))
    }

    async fn close(&self) -> Result<(), StoreError> {
        at!(self, self.shut())
    }
}
