//! The store over either back end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Clock, Credential, CredentialId, Health, KeyId, Material, NewCredential, ProviderId, Random,
    Scope, Secret, Strategy, UnixMs,
};
use tokio::sync::OnceCell;

use crate::back::Back;
use crate::fault::Fault;
use crate::holder::{DataKey, Header, Keys};
use crate::node::Node;
use crate::seal::Sealer;
use crate::sql::{
    Tools, attempts, change, credentials, events, health, keys, lease, place as order, pools, secrets,
    settings,
};
use crate::{
    Attempt, AttemptRow, Changes, ClientKey, Commit, Dump, Event, Lease, LeaseMove, PoolRow, RequestRow,
    Saved, Store, StoreError, StoreInfo, dump, place, spill,
};

/// An open store.
pub(crate) struct SqlStore {
    pub(crate) info: StoreInfo,
    /// The file, or the address of the database without its password.
    pub(crate) path: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) back: Back,
    /// Where this machine notes what it has seen of the store.
    pub(crate) marks: Vec<PathBuf>,
    suspect: Mutex<Option<String>>,
    header: Header,
    keys: Keys,
    sealer: OnceCell<Sealer>,
    node: OnceCell<Node>,
}

/// What a store is made of once its file or database has been verified.
pub(crate) struct Parts {
    pub(crate) info: StoreInfo,
    pub(crate) header: Header,
    pub(crate) keys: Keys,
    /// The data key, if the store has just been created.
    pub(crate) new_key: Option<DataKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) back: Back,
    pub(crate) marks: Vec<PathBuf>,
    pub(crate) suspect: Option<String>,
}

/// Runs `$work` in a transaction and commits it. PostgreSQL may undo one of two that are in each other's way; it is run again.
macro_rules! writing {
    ($store:ident, $db:ident => $work:expr) => {{
        let mut tries = 0;
        loop {
            let outcome: Result<_, Fault> = async {
                let mut session = $store.back.writer().await?;
                let mut transaction = session.begin().await?;
                let $db = &mut transaction;
                match $work.await {
                    Ok(value) => transaction.commit().await.map(|()| value),
                    Err(fault) => transaction.undo(fault).await,
                }
            }
            .await;
            match outcome {
                Err(fault) if fault.is_collision() && tries < 8 => tries += 1,
                Err(fault) => break Err(fault.at(&$store.path)),
                Ok(value) => break Ok(value),
            }
        }
    }};
}

/// Runs `$work` in a transaction that only reads.
macro_rules! reading {
    ($store:ident, $db:ident => $work:expr) => {{
        let outcome: Result<_, Fault> = async {
            let mut session = $store.back.reader().await?;
            let mut transaction = session.begin().await?;
            let $db = &mut transaction;
            match $work.await {
                Ok(value) => transaction.commit().await.map(|()| value),
                Err(fault) => transaction.undo(fault).await,
            }
        }
        .await;
        outcome.map_err(|fault| fault.at(&$store.path))
    }};
}

impl SqlStore {
    pub(crate) fn new(parts: Parts) -> Self {
        let random = Arc::clone(&parts.keys.random);
        let sealer = parts.new_key.map(|key| sealer(&parts.header, key, &random));
        Self {
            info: parts.info,
            path: parts.back.path(),
            clock: parts.clock,
            random,
            back: parts.back,
            marks: parts.marks,
            suspect: Mutex::new(parts.suspect),
            header: parts.header,
            keys: parts.keys,
            sealer: OnceCell::new_with(sealer),
            node: OnceCell::new(),
        }
    }

    /// The data key, fetched from its holder at the first call.
    pub(crate) async fn sealer(&self) -> Result<&Sealer, StoreError> {
        let unlock = async || {
            let key = self.keys.unlock(&self.header).await?;
            Ok(sealer(&self.header, key, &self.random))
        };
        self.sealer.get_or_try_init(unlock).await
    }

    pub(crate) async fn tools(&self) -> Result<Tools<'_>, StoreError> {
        Ok(Tools {
            sealer: self.sealer().await?,
            random: &*self.random,
        })
    }

    /// This process among those that renew; entered at the first call.
    async fn node(&self) -> Result<&Node, StoreError> {
        let enter = async || Node::enter(&self.keys.places, &*self.random);
        self.node.get_or_try_init(enter).await
    }

    pub(crate) fn set_suspect(&self, why: Option<String>) {
        *self.suspect.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    fn check_standing(&self) -> Result<(), StoreError> {
        match self.suspect() {
            Some(problem) => Err(StoreError::Suspect {
                place: self.info.place.clone(),
                problem,
            }),
            None => Ok(()),
        }
    }

    /// The folder of received tokens.
    fn spills(&self) -> PathBuf {
        self.keys.places.spill()
    }

    async fn leave(&self) {
        if self.node.get().is_none() {
            return;
        }
        // A database that is away has no use for the farewell; the row ages by itself.
        if let Ok(node) = self.node().await {
            let _: Result<(), StoreError> = writing!(self, db => crate::sql::node::left(db, node));
            node.leave();
        }
    }
}

fn sealer(header: &Header, key: DataKey, random: &Arc<dyn Random>) -> Sealer {
    Sealer::new(&header.store_id, &header.key_id, key, Arc::clone(random))
}

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
        let mut outcomes = Vec::new();
        for one in spill::kept(&self.spills(), self.sealer().await?, only, now)? {
            let commit = self
                .commit_refresh(one.credential, one.generation, one.material, now)
                .await?;
            outcomes.push((one.credential, commit));
            if !self.back.may_lose_commits() || now.since(one.at) > spill::KEPT {
                crate::files::remove(&one.path)?;
            }
        }
        Ok(outcomes)
    }

    async fn heartbeat(&self) -> Result<Vec<String>, StoreError> {
        let node = self.node().await?;
        let mut names = writing!(self, db => async {
            let now = db.now(&*self.clock).await?;
            self.back.watch_history(db, now).await?;
            crate::sql::node::seen(db, node, true, now).await?;
            crate::sql::node::keepers(db, now).await
        })?;
        names.retain(|name| *name != node.id);
        names.insert(0, node.id.clone());
        Ok(names)
    }

    fn suspect(&self) -> Option<String> {
        self.suspect
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn adopt(&self, now: UnixMs) -> Result<(), StoreError> {
        let here = self
            .back
            .place()
            .await
            .map_err(|fault| fault.at(&self.path))?
            .to_text();
        let rotations = writing!(self, db => async {
            settings::set(db, "place", Some(&here)).await?;
            settings::set(db, "heir", None).await?;
            let words = "this store is the one in use, a person said";
            events::record(db, now, events::NewEvent::general("adopted", words)).await?;
            change::get(db, "rotations").await
        })?;
        place::note(&self.marks, &self.info.id, rotations);
        self.set_suspect(None);
        Ok(())
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
        self.set_suspect(Some(dump::moved_words(heir)));
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

    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError> {
        self.back.append_log(requests).await
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError> {
        self.back.request(id).await
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        let sealer = self.sealer().await?;
        let mut problems = self
            .back
            .integrity()
            .await
            .map_err(|fault| fault.at(&self.path))?;
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
