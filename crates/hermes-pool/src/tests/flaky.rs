//! A store that fails where a test says so, and counts what it was asked for.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Credential, CredentialId, Health, KeyId, Material, NewCredential, ProviderId, Scope, Secret,
    Strategy, UnixMs,
};
use hermes_store::{
    AdminSessions, Attempt, AttemptRow, Changes, ClientKey, Commit, Dump, Event, Lease, LeaseMove, PoolRow,
    RankAsk, Ranking, RequestFilter, RequestLog, RequestPage, RequestRow, Saved, SessionRow, Store,
    StoreError, StoreInfo, Suspicion, UsageAsk, UsageRow,
};
use hermes_text::Both;

pub(crate) struct Flaky {
    inner: Arc<dyn Store>,
    /// How often it was asked for anything.
    pub(crate) calls: AtomicUsize,
    /// How many commits fail before one goes through.
    pub(crate) failing_commits: AtomicUsize,
    /// How many writes of a health fail.
    pub(crate) failing_healths: AtomicUsize,
    /// How many secrets are refused for a passing reason.
    pub(crate) busy_secrets: AtomicUsize,
    /// The credential whose secret cannot be opened.
    pub(crate) damaged: Mutex<Option<CredentialId>>,
    /// Credentials that are in no file.
    pub(crate) added: Mutex<Vec<Credential>>,
    /// Who asked to try first.
    pub(crate) claims: AtomicUsize,
    /// Whether another process tries first.
    pub(crate) claimed_elsewhere: AtomicBool,
}

impl Flaky {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            calls: AtomicUsize::new(0),
            failing_commits: AtomicUsize::new(0),
            failing_healths: AtomicUsize::new(0),
            busy_secrets: AtomicUsize::new(0),
            damaged: Mutex::default(),
            added: Mutex::default(),
            claims: AtomicUsize::new(0),
            claimed_elsewhere: AtomicBool::new(false),
        }
    }

    fn told(&self, mut credentials: Vec<Credential>) -> Vec<Credential> {
        credentials.extend(self.added.lock().unwrap().iter().cloned());
        credentials
    }

    fn met(&self) -> &Arc<dyn Store> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        &self.inner
    }

    fn fault(left: &AtomicUsize) -> Result<(), StoreError> {
        let failing = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        failing.map_or(Ok(()), |_| {
            Err(StoreError::Backend(Both::same("the disk is full")))
        })
    }
}

#[async_trait]
impl Store for Flaky {
    fn info(&self) -> &StoreInfo {
        self.met().info()
    }

    async fn version(&self) -> Result<i64, StoreError> {
        self.met().version().await
    }

    async fn credentials(&self) -> Result<Vec<Credential>, StoreError> {
        Ok(self.told(self.met().credentials().await?))
    }

    async fn material(&self, id: CredentialId) -> Result<(u64, Material), StoreError> {
        Self::fault(&self.busy_secrets)?;
        if Some(id) == *self.damaged.lock().unwrap() {
            return Err(StoreError::Damaged {
                row: Both::same("credential_secret"),
            });
        }
        if self.added.lock().unwrap().iter().any(|row| row.id == id) {
            return Ok((1, super::kit::material("added", None, None)));
        }
        self.met().material(id).await
    }

    async fn save_login(&self, login: NewCredential, now: UnixMs) -> Result<Saved, StoreError> {
        self.met().save_login(login, now).await
    }

    async fn commit_refresh(
        &self,
        id: CredentialId,
        generation: u64,
        material: Material,
        now: UnixMs,
    ) -> Result<Commit, StoreError> {
        Self::fault(&self.failing_commits)?;
        self.met().commit_refresh(id, generation, material, now).await
    }

    async fn set_health(
        &self,
        id: CredentialId,
        generation: Option<u64>,
        health: Health,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        Self::fault(&self.failing_healths)?;
        self.met().set_health(id, generation, health, now).await
    }

    async fn rename(&self, id: CredentialId, label: &str, now: UnixMs) -> Result<(), StoreError> {
        self.met().rename(id, label, now).await
    }

    async fn set_priority(&self, id: CredentialId, place: u32, now: UnixMs) -> Result<(), StoreError> {
        self.met().set_priority(id, place, now).await
    }

    async fn lease(&self, id: CredentialId) -> Result<Option<Lease>, StoreError> {
        self.inner.lease(id).await
    }

    async fn move_lease(
        &self,
        id: CredentialId,
        generation: u64,
        step: &LeaseMove,
    ) -> Result<bool, StoreError> {
        self.inner.move_lease(id, generation, step).await
    }

    async fn prepare_spill(&self, attempt: &Attempt) -> Result<(), StoreError> {
        self.inner.prepare_spill(attempt).await
    }

    async fn spill(
        &self,
        id: CredentialId,
        generation: u64,
        attempt: &Attempt,
        material: &Material,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.inner.spill(id, generation, attempt, material, now).await
    }

    async fn settle_spill(&self, attempt: &Attempt, received: bool) -> Result<(), StoreError> {
        self.inner.settle_spill(attempt, received).await
    }

    async fn offer_spills(
        &self,
        only: Option<CredentialId>,
        now: UnixMs,
    ) -> Result<Vec<(CredentialId, Commit)>, StoreError> {
        if self.failing_commits.load(Ordering::SeqCst) > 0 {
            return Err(StoreError::Backend(Both::same("the disk is full")));
        }
        self.inner.offer_spills(only, now).await
    }

    async fn heartbeat(&self) -> Result<Vec<String>, StoreError> {
        self.inner.heartbeat().await
    }

    fn suspect(&self) -> Option<Suspicion> {
        self.inner.suspect()
    }

    async fn adopt(&self, now: UnixMs) -> Result<(), StoreError> {
        self.inner.adopt(now).await
    }

    async fn export(&self) -> Result<Dump, StoreError> {
        self.inner.export().await
    }

    async fn import(&self, dump: &Dump, now: UnixMs) -> Result<(), StoreError> {
        self.inner.import(dump, now).await
    }

    async fn retire(&self, heir: &str, now: UnixMs) -> Result<(), StoreError> {
        self.inner.retire(heir, now).await
    }

    async fn set_weight(&self, id: CredentialId, weight: u32, now: UnixMs) -> Result<(), StoreError> {
        self.met().set_weight(id, weight, now).await
    }

    async fn pools(&self) -> Result<Vec<PoolRow>, StoreError> {
        self.met().pools().await
    }

    async fn set_strategy(
        &self,
        provider: &ProviderId,
        strategy: Strategy,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.met().set_strategy(provider, strategy, now).await
    }

    async fn changes(&self, since: Option<i64>) -> Result<Changes, StoreError> {
        // What is in no file is told with everything else.
        let since = since.filter(|_| self.added.lock().unwrap().is_empty());
        let mut changes = self.met().changes(since).await?;
        if changes.whole {
            changes.credentials = self.told(changes.credentials);
        }
        Ok(changes)
    }

    async fn reset(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        self.met().reset(id, now).await
    }

    async fn end_rest(
        &self,
        id: CredentialId,
        generation: u64,
        scope: &Scope,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.met().end_rest(id, generation, scope, now).await
    }

    async fn claim_probe(
        &self,
        id: CredentialId,
        scope: &Scope,
        span: Duration,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.claims.fetch_add(1, Ordering::SeqCst);
        let granted = self.met().claim_probe(id, scope, span, now).await?;
        Ok(granted && !self.claimed_elsewhere.load(Ordering::SeqCst))
    }

    async fn remove(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        self.met().remove(id, now).await
    }

    async fn update_attempt(&self, attempt: &AttemptRow) -> Result<bool, StoreError> {
        self.met().update_attempt(attempt).await
    }

    async fn save_attempt(&self, attempt: &AttemptRow) -> Result<(), StoreError> {
        self.met().save_attempt(attempt).await
    }

    async fn attempt(&self, id: AttemptId) -> Result<Option<AttemptRow>, StoreError> {
        self.met().attempt(id).await
    }

    async fn attempts(&self) -> Result<Vec<AttemptRow>, StoreError> {
        self.met().attempts().await
    }

    async fn take_attempt(&self, id: AttemptId) -> Result<bool, StoreError> {
        self.met().take_attempt(id).await
    }

    async fn finish_attempt(
        &self,
        id: AttemptId,
        login: NewCredential,
        now: UnixMs,
    ) -> Result<Option<Saved>, StoreError> {
        self.met().finish_attempt(id, login, now).await
    }

    async fn add_key(&self, key: &ClientKey) -> Result<(), StoreError> {
        self.met().add_key(key).await
    }

    async fn keys(&self) -> Result<Vec<ClientKey>, StoreError> {
        self.met().keys().await
    }

    async fn revoke_key(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError> {
        self.met().revoke_key(id, now).await
    }

    async fn note_key_uses(&self, uses: &[(KeyId, UnixMs)]) -> Result<(), StoreError> {
        self.met().note_key_uses(uses).await
    }

    async fn secret_setting(
        &self,
        name: &str,
        make: &(dyn Fn() -> Secret + Sync),
    ) -> Result<Secret, StoreError> {
        self.met().secret_setting(name, make).await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.met().setting(name).await
    }

    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        self.met().set_setting(name, value).await
    }

    async fn events(&self, credential: Option<CredentialId>, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.met().events(credential, limit).await
    }

    async fn check(&self) -> Result<Vec<Both>, StoreError> {
        self.met().check().await
    }

    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError> {
        self.met().backup(to).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.met().close().await
    }
}

#[async_trait]
impl AdminSessions for Flaky {
    async fn add_code(&self, hash: &str, expires: UnixMs, now: UnixMs) -> Result<(), StoreError> {
        self.met().add_code(hash, expires, now).await
    }

    async fn take_code(&self, hash: &str, now: UnixMs) -> Result<bool, StoreError> {
        self.met().take_code(hash, now).await
    }

    async fn add_session(
        &self,
        hash: &str,
        id: &str,
        created: UnixMs,
        expires: UnixMs,
    ) -> Result<(), StoreError> {
        self.met().add_session(hash, id, created, expires).await
    }

    async fn session(
        &self,
        hash: &str,
        idle: Duration,
        now: UnixMs,
    ) -> Result<Option<SessionRow>, StoreError> {
        self.met().session(hash, idle, now).await
    }

    async fn sessions(&self, idle: Duration, now: UnixMs) -> Result<Vec<SessionRow>, StoreError> {
        self.met().sessions(idle, now).await
    }

    async fn touch_session(&self, hash: &str, now: UnixMs) -> Result<(), StoreError> {
        self.met().touch_session(hash, now).await
    }

    async fn end_session(&self, hash: &str) -> Result<bool, StoreError> {
        self.met().end_session(hash).await
    }

    async fn end_sessions(&self) -> Result<u64, StoreError> {
        self.met().end_sessions().await
    }
}

#[async_trait]
impl RequestLog for Flaky {
    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError> {
        self.met().append_log(requests).await
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError> {
        self.met().request(id).await
    }

    async fn requests(&self, filter: &RequestFilter) -> Result<RequestPage, StoreError> {
        self.met().requests(filter).await
    }

    async fn last_requests(
        &self,
        credentials: &[CredentialId],
    ) -> Result<HashMap<CredentialId, UnixMs>, StoreError> {
        self.met().last_requests(credentials).await
    }

    async fn usage(&self, ask: &UsageAsk) -> Result<Vec<UsageRow>, StoreError> {
        self.met().usage(ask).await
    }

    async fn ranking(&self, ask: &RankAsk) -> Result<Ranking, StoreError> {
        self.met().ranking(ask).await
    }
}
