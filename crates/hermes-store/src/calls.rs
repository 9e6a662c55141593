//! What each call of [`Store`] does.

mod log;
mod sessions;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Credential, CredentialId, Health, KeyId, Material, NewCredential, ProviderId, Scope, Secret,
    Strategy, UnixMs,
};
use hermes_text::Both;

use crate::fault::Fault;
use crate::session::Until;
use crate::sql::{
    attempts, change, credentials, events, health, keys, lease, place as order, pools, secrets, settings,
};
use crate::store::{SqlStore, reading, transaction, writing};
use crate::{
    Attempt, AttemptRow, Changes, ClientKey, Commit, Dump, Event, Lease, LeaseMove, PoolRow, Saved, Store,
    StoreError, StoreInfo, Suspicion, dump, place, spill,
};

#[async_trait]
impl Store for SqlStore {
    fn info(&self) -> &StoreInfo {
        &self.info
    }

    async fn version(&self) -> Result<i64, StoreError> {
        reading!(self, db => change::get(db, "version"))
    }

    async fn credentials(&self) -> Result<Vec<Credential>, StoreError> {
        reading!(self, db => credentials::list(db))
    }

    async fn material(&self, id: CredentialId) -> Result<(u64, Material), StoreError> {
        let (row, kept) =
            reading!(self, db => credentials::row(db, id))?.ok_or_else(|| credentials::missing(id))?;
        secrets::open(self.sealer().await?, &row, &kept).map_err(|fault| fault.at(&self.path))
    }

    async fn save_login(&self, login: NewCredential, now: UnixMs) -> Result<Saved, StoreError> {
        // The key comes first: without it nothing is touched.
        let tools = self.tools().await?;
        writing!(self, db => credentials::save_login(db, tools, &login, now))
    }

    async fn commit_refresh(
        &self,
        id: CredentialId,
        generation: u64,
        material: Material,
        now: UnixMs,
    ) -> Result<Commit, StoreError> {
        let sealer = self.sealer().await?;
        let (commit, rotations) =
            writing!(self, db => secrets::commit_refresh(db, sealer, id, generation, &material, now))?;
        if matches!(commit, Commit::Stored(_)) {
            place::note(&self.marks, &self.info.id, rotations);
        }
        Ok(commit)
    }

    async fn lease(&self, id: CredentialId) -> Result<Option<Lease>, StoreError> {
        let found = reading!(self, db => async {
            let now = db.now(&*self.clock).await?;
            lease::find(db, id, now).await
        })?;
        let Some(mut found) = found else {
            return Ok(None);
        };
        if let Some(holder) = &found.holder {
            found.lease.holder_gone = self.node().await?.is_gone(holder, found.lease.token_ended);
        }
        Ok(Some(found.lease))
    }

    async fn move_lease(
        &self,
        id: CredentialId,
        generation: u64,
        step: &LeaseMove,
    ) -> Result<bool, StoreError> {
        let takes = matches!(step, LeaseMove::Acquire { .. } | LeaseMove::Resend { .. });
        if takes {
            self.check_standing()?;
        }
        let node = self.node().await?;
        writing!(self, db => async {
            let now = db.now(&*self.clock).await?;
            if takes {
                self.back.watch_history(db, now).await?;
            }
            lease::make(db, id, generation, node, step, now).await
        })
    }

    async fn prepare_spill(&self, attempt: &Attempt) -> Result<(), StoreError> {
        spill::prepare(&self.spills(), attempt)
    }

    async fn spill(
        &self,
        id: CredentialId,
        generation: u64,
        attempt: &Attempt,
        material: &Material,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let sealer = self.sealer().await?;
        spill::keep(&self.spills(), sealer, attempt, (id, generation), material, now)
    }

    async fn settle_spill(&self, attempt: &Attempt, received: bool) -> Result<(), StoreError> {
        if received && self.back.may_lose_commits() {
            return Ok(());
        }
        spill::discard(&self.spills(), attempt)
    }

    async fn offer_spills(
        &self,
        only: Option<CredentialId>,
        now: UnixMs,
    ) -> Result<Vec<(CredentialId, Commit)>, StoreError> {
        if spill::is_empty(&self.spills()) {
            return Ok(Vec::new());
        }
        self.offer(only, now).await
    }

    async fn heartbeat(&self) -> Result<Vec<String>, StoreError> {
        self.sign_of_life().await
    }

    fn suspect(&self) -> Option<Suspicion> {
        self.why_suspect()
    }

    async fn adopt(&self, now: UnixMs) -> Result<(), StoreError> {
        self.declare_good(now).await
    }

    async fn export(&self) -> Result<Dump, StoreError> {
        let sealer = self.sealer().await?;
        reading!(self, db => dump::take(db, sealer))
    }

    async fn import(&self, dump: &Dump, now: UnixMs) -> Result<(), StoreError> {
        let tools = self.tools().await?;
        writing!(self, db => dump::put(db, tools, dump, now))
    }

    async fn retire(&self, heir: &str, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => async {
            settings::set(db, "heir", Some(heir)).await?;
            let words = format!("the logins were moved to `{heir}`");
            events::record(db, now, events::NewEvent::general("retired", &words)).await
        })?;
        self.set_suspect(Some(Suspicion::Moved {
            heir: heir.to_owned(),
        }));
        Ok(())
    }

    async fn set_health(
        &self,
        id: CredentialId,
        generation: Option<u64>,
        health: Health,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        writing!(self, db => health::set(db, id, generation, &health, now))
    }

    async fn rename(&self, id: CredentialId, label: &str, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => order::rename(db, id, label, now))
    }

    async fn set_priority(&self, id: CredentialId, place: u32, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => order::set_priority(db, id, place, now))
    }

    async fn set_weight(&self, id: CredentialId, weight: u32, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => order::set_weight(db, id, weight, now))
    }

    async fn pools(&self) -> Result<Vec<PoolRow>, StoreError> {
        reading!(self, db => pools::list(db))
    }

    async fn set_strategy(
        &self,
        provider: &ProviderId,
        strategy: Strategy,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        writing!(self, db => pools::set_strategy(db, provider, strategy, now))
    }

    async fn changes(&self, since: Option<i64>) -> Result<Changes, StoreError> {
        reading!(self, db => credentials::changes(db, since))
    }

    async fn reset(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => health::reset(db, id, now))
    }

    async fn end_rest(
        &self,
        id: CredentialId,
        generation: u64,
        scope: &Scope,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        writing!(self, db => health::end_rest(db, id, generation, scope, now))
    }

    async fn claim_probe(
        &self,
        id: CredentialId,
        scope: &Scope,
        span: Duration,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        writing!(self, db => health::claim_probe(db, id, scope, span, now))
    }

    async fn remove(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => order::remove(db, id, now))
    }

    async fn save_attempt(&self, attempt: &AttemptRow) -> Result<(), StoreError> {
        let sealer = self.sealer().await?;
        writing!(self, db => attempts::save(db, sealer, attempt))
    }

    async fn update_attempt(&self, attempt: &AttemptRow) -> Result<bool, StoreError> {
        let sealer = self.sealer().await?;
        writing!(self, db => attempts::update(db, sealer, attempt))
    }

    async fn attempt(&self, id: AttemptId) -> Result<Option<AttemptRow>, StoreError> {
        let Some(row) = reading!(self, db => attempts::one(db, id))? else {
            return Ok(None);
        };
        let attempt = attempts::read(self.sealer().await?, &row);
        attempt.map(Some).map_err(|fault| fault.at(&self.path))
    }

    async fn attempts(&self) -> Result<Vec<AttemptRow>, StoreError> {
        let rows = reading!(self, db => attempts::rows(db))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(attempts::readable(self.sealer().await?, &rows))
    }

    async fn take_attempt(&self, id: AttemptId) -> Result<bool, StoreError> {
        writing!(self, db => attempts::take(db, id))
    }

    async fn finish_attempt(
        &self,
        id: AttemptId,
        login: NewCredential,
        now: UnixMs,
    ) -> Result<Option<Saved>, StoreError> {
        let tools = self.tools().await?;
        writing!(self, db => async {
            if !attempts::take(db, id).await? {
                return Ok(None);
            }
            credentials::save_login(db, tools, &login, now).await.map(Some)
        })
    }

    async fn add_key(&self, key: &ClientKey) -> Result<(), StoreError> {
        writing!(self, db => keys::add(db, key))
    }

    async fn keys(&self) -> Result<Vec<ClientKey>, StoreError> {
        reading!(self, db => keys::list(db))
    }

    async fn revoke_key(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError> {
        writing!(self, db => keys::revoke(db, id, now))
    }

    async fn note_key_uses(&self, uses: &[(KeyId, UnixMs)]) -> Result<(), StoreError> {
        writing!(self, db => keys::note_uses(db, uses))
    }

    async fn secret_setting(
        &self,
        name: &str,
        make: &(dyn Fn() -> Secret + Sync),
    ) -> Result<Secret, StoreError> {
        let tools = self.tools().await?;
        if let Some(found) = reading!(self, db => settings::find_secret(db, tools.sealer, name))? {
            return Ok(found);
        }
        writing!(self, db => settings::make_secret(db, tools, name, make))
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        reading!(self, db => settings::get(db, name))
    }

    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        writing!(self, db => settings::set(db, name, value))
    }

    async fn events(&self, credential: Option<CredentialId>, limit: u32) -> Result<Vec<Event>, StoreError> {
        reading!(self, db => events::list(db, credential, limit))
    }

    async fn check(&self) -> Result<Vec<Both>, StoreError> {
        let sealer = self.sealer().await?;
        let own = self.back.integrity().await;
        let own = own.map_err(|fault| fault.at(&self.path))?;
        let mut problems: Vec<Both> = own.into_iter().map(Both::same).collect();
        problems.extend(reading!(self, db => secrets::damaged_rows(db, sealer))?);
        Ok(problems)
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.back.backup(to).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.leave().await;
        self.back.close().await.map_err(|fault| fault.at(&self.path))
    }
}
