use serde::{Deserialize, Serialize};

use crate::{Billing, CredentialId, Health, ProviderId, Rest, Secret, UnixMs};

/// Which account a credential belongs to; two logins with the same identity are one credential.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Who issued it: the login's token host, or the inference host for a key.
    pub issuer: String,
    /// The account or subject; a fingerprint of the first secret where the issuer names none.
    pub subject: String,
    /// The organisation, where accounts may act for several.
    pub organisation: Option<String>,
}

/// What the provider tells about the account; hints for people, never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// E-mail or name.
    pub display: Option<String>,
    /// Plan name.
    pub plan: Option<String>,
}

/// Where a credential came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
pub enum Source {
    /// A login through the engine.
    Login,
    /// A key typed, piped or read from a file.
    Key,
    /// A key taken from this environment variable when it was added.
    Env(String),
    /// A key from the config file's endpoint of this name.
    Config(String),
}

/// The secret half of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// Access token or API key: what requests carry.
    pub access: Secret,
    /// Refresh token, if there is one.
    pub refresh: Option<Secret>,
    /// When the access token ends; none for keys and for tokens that name no end.
    pub expires: Option<UnixMs>,
    /// Refreshing before this moment is an error at the issuer.
    pub earliest_refresh: Option<UnixMs>,
    /// Scopes the issuer granted; empty when unknown.
    pub scopes: Vec<String>,
    /// Further fields of the token answer that requests or refreshes need, such as `resource_url` or `account_id`.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A stored credential without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// Stable id.
    pub id: CredentialId,
    /// Provider.
    pub provider: ProviderId,
    /// Account it belongs to.
    pub identity: Identity,
    /// Unique within the provider.
    pub label: String,
    /// The catalogue's login method that made it.
    pub method: String,
    /// The provider's region.
    pub region: Option<String>,
    /// How its use is paid for.
    pub billing: Billing,
    /// Lower is tried first; unique within the provider.
    pub priority: u32,
    /// Where it came from.
    pub source: Source,
    /// Hints about the account.
    pub account: Account,
    /// When it was first stored.
    pub created: UnixMs,
    /// When its token was last renewed.
    pub refreshed: Option<UnixMs>,
    /// Counts accepted rotations; starts at 1.
    pub generation: u64,
    /// When the access token ends.
    pub expires: Option<UnixMs>,
    /// Refreshing before this moment is an error at the issuer.
    pub earliest_refresh: Option<UnixMs>,
    /// Whether a refresh token is held.
    pub has_refresh: bool,
    /// Granted scopes; empty when unknown.
    pub scopes: Vec<String>,
    /// Whether it can be used. A cool-down here covers the whole account.
    pub health: Health,
    /// Cool-downs of single models and of the organisation.
    pub rests: Vec<Rest>,
    /// Its share under [`crate::Strategy::Weighted`]; 1 unless a person chose another.
    pub weight: u32,
    /// Counts how often a person reset it, so that every process forgets what it held against it.
    #[serde(skip)]
    pub resets: u64,
    /// Tells access tokens apart without telling them; empty for rows that were never written with one.
    #[serde(skip)]
    pub fingerprint: String,
}

/// What a finished login hands to the store.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// Provider.
    pub provider: ProviderId,
    /// Account it belongs to.
    pub identity: Identity,
    /// A label the person chose; otherwise the store makes one from `account` or the provider.
    pub label: Option<String>,
    /// The catalogue's login method.
    pub method: String,
    /// The provider's region.
    pub region: Option<String>,
    /// How its use is paid for.
    pub billing: Billing,
    /// Where it came from.
    pub source: Source,
    /// Hints about the account.
    pub account: Account,
    /// The secrets.
    pub material: Material,
}
