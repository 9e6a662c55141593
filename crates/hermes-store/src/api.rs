//! What every back end can do, in words that know no provider and no protocol.

use std::time::Duration;

use async_trait::async_trait;
use hermes_core::{
    AttemptId, Credential, CredentialId, Health, KeyId, Material, NewCredential, ProviderId, Scope, Secret,
    Strategy, UnixMs,
};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// The credential store. Every write is one transaction; a secret is sealed before it reaches the back end.
#[async_trait]
pub trait Store: Send + Sync {
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

    /// Replaces the secrets if the stored generation is still `generation`.
    async fn commit_refresh(
        &self,
        id: CredentialId,
        generation: u64,
        material: Material,
        now: UnixMs,
    ) -> Result<Commit, StoreError>;

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

    /// Adds usage and request rows to the log file, in one transaction.
    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError>;

    /// One request of the log file.
    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError>;

    /// Reads everything, opens every secret and reports each row that is damaged.
    async fn check(&self) -> Result<Vec<String>, StoreError>;

    /// Writes a consistent copy to a new file of mode 0600.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;

    /// Closes the store: the write-ahead log is folded in and the checksum of the file is renewed.
    async fn close(&self) -> Result<(), StoreError>;
}

/// What a store is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreInfo {
    /// Made at creation.
    pub id: String,
    /// Where it is.
    pub place: String,
    /// Whether it belongs to a lab home.
    pub lab: bool,
    /// Who holds the data key.
    pub protection: Protection,
    /// Whether this call created it.
    pub created: bool,
    /// Schema version.
    pub schema: i64,
}

/// Who holds the key that wraps the data key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "holder", rename_all = "kebab-case")]
pub enum Protection {
    /// The operating system's keyring.
    Keyring,
    /// A passphrase, stretched by Argon2id.
    Passphrase,
    /// A file of mode 0600.
    KeyFile {
        /// Its path.
        path: String,
    },
}

/// A provider's pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PoolRow {
    /// Provider.
    pub provider: ProviderId,
    /// How it chooses.
    pub strategy: Strategy,
}

/// What a reader has missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The version that these rows stand for.
    pub version: i64,
    /// Whether `credentials` is everything there is, so that whatever is missing in it is gone.
    pub whole: bool,
    /// The credentials that changed.
    pub credentials: Vec<Credential>,
}

/// A stored login.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The credential as stored.
    pub credential: Credential,
    /// Whether it replaced the tokens of the same account.
    pub replaced: bool,
}

/// The outcome of a refresh commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// Stored under this generation.
    Stored(u64),
    /// The row had moved on; nothing was written.
    Superseded,
    /// The credential is gone.
    Gone,
}

/// A login attempt at rest.
#[derive(Clone, Debug)]
pub struct AttemptRow {
    /// Id.
    pub id: AttemptId,
    /// Provider.
    pub provider: ProviderId,
    /// The catalogue's login method.
    pub method: String,
    /// Region.
    pub region: Option<String>,
    /// Label the person chose.
    pub label: Option<String>,
    /// The step machine's state (verifier, device code and the like), sealed at rest.
    pub state: Secret,
    /// When it was started.
    pub created: UnixMs,
    /// When it ends by itself.
    pub expires: UnixMs,
}

/// A client key of the gateway. The key itself is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientKey {
    /// Id.
    pub id: KeyId,
    /// Name for people.
    pub name: String,
    /// Public beginning of the key, by which it is found.
    pub prefix: String,
    /// Keyed hash of the whole key, hex.
    #[serde(skip)]
    pub hash: String,
    /// When it was made.
    pub created: UnixMs,
    /// When it was revoked.
    pub revoked: Option<UnixMs>,
}

/// One change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When.
    pub at: UnixMs,
    /// The credential, if it is about one.
    pub credential: Option<CredentialId>,
    /// Short stable name, such as `login`, `refreshed`, `health`, `removed`.
    pub kind: String,
    /// What changed, in words, without secrets.
    pub detail: String,
    /// The credential's generation at that moment.
    pub generation: Option<u64>,
}

/// One request through the gateway; no text of prompts or answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestRow {
    /// Request id.
    pub id: String,
    /// When it began.
    pub at: UnixMs,
    /// Client key.
    pub key: Option<KeyId>,
    /// Credential that served it.
    pub credential: Option<CredentialId>,
    /// Provider.
    pub provider: Option<ProviderId>,
    /// Model as sent upstream.
    pub model: String,
    /// Client's protocol.
    pub protocol: String,
    /// Status given to the client.
    pub status: u16,
    /// Calls made upstream.
    pub attempts: u32,
    /// Milliseconds to the first byte of the answer's body.
    pub first_byte_ms: Option<u32>,
    /// Milliseconds in all.
    pub total_ms: u32,
    /// Tokens: uncached input, cache read, cache write, output; none where the answer told nothing.
    pub tokens: Option<[u64; 4]>,
    /// Error kind, if it failed.
    pub error: Option<String>,
}
