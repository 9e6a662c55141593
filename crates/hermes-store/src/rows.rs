//! What goes into a store and comes out of it.

mod log;

pub use log::*;

use hermes_core::{AttemptId, Credential, CredentialId, KeyId, ProviderId, Secret, Strategy, UnixMs};
use serde::{Deserialize, Serialize};

use crate::Story;

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
    /// Whether several machines share it.
    pub shared: bool,
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
    /// When a request last came with it, as far as that was noted.
    pub last_used: Option<UnixMs>,
    /// What it may do.
    pub limits: KeyLimits,
}

/// What a client key may do; by default everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeyLimits {
    /// Requests a minute at each gateway.
    pub requests_per_minute: Option<u32>,
    /// Models: `PROVIDER/MODEL`, `PROVIDER/*`, or a name as clients give it. Empty means every model.
    pub models: Vec<String>,
}

/// Somebody who looks after the store in a browser. The token is never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionRow {
    /// Short public id.
    pub id: String,
    /// When it began.
    pub created: UnixMs,
    /// When it was last used, as far as that was noted.
    pub used: UnixMs,
    /// When it ends at the latest.
    pub expires: UnixMs,
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
    /// The part of the output that was reasoning, where the answer told it.
    pub reasoning: Option<u64>,
    /// Error kind, if it failed.
    pub error: Option<String>,
    /// Bytes of the answer's body that were held back until it was clear that it is one.
    pub held: Option<u32>,
    /// How it went, where there is more to tell.
    pub story: Option<Box<Story>>,
}
