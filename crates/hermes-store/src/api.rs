//! What every back end can do, in words that know no provider and no protocol.

mod log;
mod sessions;

use std::time::Duration;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Credential, CredentialId, Health, KeyId, Material, NewCredential, ProviderId, Scope, Secret,
    Strategy, UnixMs,
};
use hermes_text::Both;

pub use log::RequestLog;
pub use sessions::AdminSessions;

use crate::{
    Attempt, AttemptRow, Changes, ClientKey, Commit, Dump, Event, Lease, LeaseMove, PoolRow, Saved,
    StoreError, StoreInfo, Suspicion,
};

/// The credential store. Every write is one transaction; a secret is sealed before it reaches the back end.
#[async_trait]
pub trait Store: AdminSessions + RequestLog {
    /// What this store is and how it is protected.
    fn info(&self) -> &StoreInfo;

    /// A number that moves with every change to credentials, health, pools or client keys, by whichever process.
    async fn version(&self) -> Result<i64, StoreError>;

    /// Every credential without its secrets, by provider and priority. Opens no secret, so it needs no key.
    async fn credentials(&self) -> Result<Vec<Credential>, StoreError>;

    /// A credential's secrets and the generation they belong to.
    async fn material(&self, id: CredentialId) -> Result<(u64, Material), StoreError>;

    /// Stores a finished login: the same identity keeps id, label and priority and gets new secrets (`generation + 1`, health
    /// ready); another identity becomes a new credential at the end of its provider's pool.
    async fn save_login(&self, login: NewCredential, now: UnixMs) -> Result<Saved, StoreError>;

    /// Replaces the secrets if the stored generation is still `generation`, whoever holds the lease: a received token may be the
    /// only one that is alive. Ends the lease, and what was held against the old token.
    async fn commit_refresh(
        &self,
        id: CredentialId,
        generation: u64,
        material: Material,
        now: UnixMs,
    ) -> Result<Commit, StoreError>;

    /// The lease of a credential's refresh; none when the credential is gone. Opens no secret.
    async fn lease(&self, id: CredentialId) -> Result<Option<Lease>, StoreError>;

    /// Makes a move of the refresh state machine, durably; false, and nothing changed, when the lease had moved on.
    async fn move_lease(
        &self,
        id: CredentialId,
        generation: u64,
        step: &LeaseMove,
    ) -> Result<bool, StoreError>;

    /// Makes room on this machine for the answer of an attempt. To be called before anything is sent.
    async fn prepare_spill(&self, attempt: &Attempt) -> Result<(), StoreError>;

    /// Makes a received token durable on this machine, before it is in the database.
    async fn spill(
        &self,
        id: CredentialId,
        generation: u64,
        attempt: &Attempt,
        material: &Material,
        now: UnixMs,
    ) -> Result<(), StoreError>;

    /// Lets an attempt's room go: nothing was received, or it is in the database. A server's node keeps a received token for a
    /// day, since the server may lose its last commits.
    async fn settle_spill(&self, attempt: &Attempt, received: bool) -> Result<(), StoreError>;

    /// Offers received tokens of this machine to the database again, of one credential or of all; what came of each.
    async fn offer_spills(
        &self,
        only: Option<CredentialId>,
        now: UnixMs,
    ) -> Result<Vec<(CredentialId, Commit)>, StoreError>;

    /// Gives a sign of life of a process that renews ahead, and tells the names of all of them, this one's first.
    async fn heartbeat(&self) -> Result<Vec<String>, StoreError>;

    /// Why this store renews nothing: it is a copy, or older than what was seen. None for a store in good standing.
    fn suspect(&self) -> Option<Suspicion>;

    /// A person's word that this is the store to be used from now on.
    async fn adopt(&self, now: UnixMs) -> Result<(), StoreError>;

    /// Everything that a move to another back end takes along. Secrets are open in it.
    async fn export(&self) -> Result<Dump, StoreError>;

    /// Fills an empty store; refuses one that has credentials.
    async fn import(&self, dump: &Dump, now: UnixMs) -> Result<(), StoreError>;

    /// Notes that the credentials are in another store now, so that this one renews nothing.
    async fn retire(&self, heir: &str, now: UnixMs) -> Result<(), StoreError>;

    /// Sets the health and records an event; with a generation, only while it is still the stored one. False when it moved on.
    /// A cool-down of a model or an organisation is kept beside what is there; every other health replaces all.
    async fn set_health(
        &self,
        id: CredentialId,
        generation: Option<u64>,
        health: Health,
        now: UnixMs,
    ) -> Result<bool, StoreError>;

    /// Changes the label; refuses one that the provider already has.
    async fn rename(&self, id: CredentialId, label: &str, now: UnixMs) -> Result<(), StoreError>;

    /// Moves to a zero-based place in the provider's order; places beyond the end mean the end. Priorities stay contiguous.
    async fn set_priority(&self, id: CredentialId, place: u32, now: UnixMs) -> Result<(), StoreError>;

    /// Sets a credential's share under [`Strategy::Weighted`]; at least 1.
    async fn set_weight(&self, id: CredentialId, weight: u32, now: UnixMs) -> Result<(), StoreError>;

    /// The pools whose strategy was ever chosen; every other one has the default.
    async fn pools(&self) -> Result<Vec<PoolRow>, StoreError>;

    /// Chooses a pool's strategy.
    async fn set_strategy(
        &self,
        provider: &ProviderId,
        strategy: Strategy,
        now: UnixMs,
    ) -> Result<(), StoreError>;

    /// What changed after a version, or everything.
    async fn changes(&self, since: Option<i64>) -> Result<Changes, StoreError>;

    /// A person's reset: ends every cool-down, block and mark of a dead login, and makes every process forget what it holds
    /// against the credential. One that is switched off stays so.
    async fn reset(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError>;

    /// Ends the cool-down of one scope; false when the generation moved on.
    async fn end_rest(
        &self,
        id: CredentialId,
        generation: u64,
        scope: &Scope,
        now: UnixMs,
    ) -> Result<bool, StoreError>;

    /// Claims the one probe after a cool-down of a scope, for `span`: true for the one caller who may send.
    async fn claim_probe(
        &self,
        id: CredentialId,
        scope: &Scope,
        span: Duration,
        now: UnixMs,
    ) -> Result<bool, StoreError>;

    /// Deletes a credential with its secrets; its provider's priorities close up.
    async fn remove(&self, id: CredentialId, now: UnixMs) -> Result<(), StoreError>;

    /// Keeps a login attempt; its state is sealed.
    async fn save_attempt(&self, attempt: &AttemptRow) -> Result<(), StoreError>;

    /// Writes an attempt again that is still there; false, and nothing written, when it was finished, cancelled or swept.
    async fn update_attempt(&self, attempt: &AttemptRow) -> Result<bool, StoreError>;

    /// A login attempt.
    async fn attempt(&self, id: AttemptId) -> Result<Option<AttemptRow>, StoreError>;

    /// Every login attempt, oldest first.
    async fn attempts(&self) -> Result<Vec<AttemptRow>, StoreError>;

    /// Deletes an attempt; true for the one caller that found it. This is what makes a login single-use.
    async fn take_attempt(&self, id: AttemptId) -> Result<bool, StoreError>;

    /// Stores the login and deletes its attempt in one transaction; none when the attempt was gone (cancelled or finished).
    async fn finish_attempt(
        &self,
        id: AttemptId,
        login: NewCredential,
        now: UnixMs,
    ) -> Result<Option<Saved>, StoreError>;

    /// Keeps a client key.
    async fn add_key(&self, key: &ClientKey) -> Result<(), StoreError>;

    /// Every client key, oldest first.
    async fn keys(&self) -> Result<Vec<ClientKey>, StoreError>;

    /// Revokes a client key; false when there is none.
    async fn revoke_key(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError>;

    /// Notes when client keys were last used; an earlier moment takes nothing back. Does not move the version.
    async fn note_key_uses(&self, uses: &[(KeyId, UnixMs)]) -> Result<(), StoreError>;

    /// A secret setting, such as the hashing key of client keys; made by `make` at the first call.
    async fn secret_setting(
        &self,
        name: &str,
        make: &(dyn Fn() -> Secret + Sync),
    ) -> Result<Secret, StoreError>;

    /// A plain setting.
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Sets or, with none, deletes a plain setting.
    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError>;

    /// The latest events, newest first.
    async fn events(&self, credential: Option<CredentialId>, limit: u32) -> Result<Vec<Event>, StoreError>;

    /// Reads everything, opens every secret and reports each row that is damaged.
    async fn check(&self) -> Result<Vec<Both>, StoreError>;

    /// Writes a consistent copy to a new file of mode 0600.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;

    /// Closes the store: the write-ahead log is folded in and the checksum of the file is renewed.
    async fn close(&self) -> Result<(), StoreError>;
}
