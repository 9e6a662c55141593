//! How a person signs in.

use std::collections::BTreeMap;

use hermes_core::Billing;
use hermes_text::Both;
use serde::{Deserialize, Serialize};

use crate::RuleCard;
use crate::template::UrlTemplate;

/// One way to sign in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoginMethod {
    /// Id within the provider; stored with the credential.
    pub id: String,
    /// Name shown to people.
    #[serde(with = "crate::said")]
    pub name: Both,
    /// Billing of credentials made this way, where it differs from the provider's.
    pub billing: Option<Billing>,
    /// Beginnings that keys of this method have, where the provider's methods take different kinds of key.
    #[serde(default)]
    pub key_prefixes: Vec<String>,
    /// What the provider says about third-party use of this login.
    pub card: RuleCard,
    /// How tokens of this method are renewed; absent where they are not.
    pub refresh: Option<Refresh>,
    /// Where and how a login can be ended at the issuer.
    pub revoke: Option<Revoke>,
    /// Which account a token belongs to.
    #[serde(default)]
    pub identity: IdentityRule,
    /// The steps.
    #[serde(flatten)]
    pub flow: LoginFlow,
}

/// The steps of a login. The variant carries its own endpoints, so a flow cannot start another provider's login.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "dialect", rename_all = "kebab-case")]
pub enum LoginFlow {
    /// RFC 8628.
    DeviceCode(DeviceCode),
    /// A user code with PKCE and a `user_code` grant that answers 200 with a `status`.
    UserCode(UserCode),
    /// A vendor protocol: user code and device id in JSON, then an authorization code to exchange.
    DeviceAuth(DeviceAuth),
    /// Authorization code with PKCE; loopback callback, pasted code, or both racing.
    Browser(Browser),
    /// An API key that the person already has.
    ApiKey,
    /// A method this version has no engine for; only an overlay row may say so.
    #[serde(skip_deserializing)]
    Unsupported {
        /// The name that was given.
        name: String,
    },
}

/// RFC 8628 device authorization grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCode {
    /// Device authorization endpoint.
    pub device: UrlTemplate,
    /// Token endpoint.
    pub token: UrlTemplate,
    /// Public client id.
    pub client_id: String,
    /// Requested scopes; empty sends no `scope`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Hosts that a verification link may name.
    pub verification_hosts: Vec<String>,
    /// Seconds between polls when the issuer names none.
    #[serde(default = "five")]
    pub interval_s: u64,
    /// Whether PKCE parameters are sent along.
    #[serde(default)]
    pub pkce: bool,
    /// Further form fields of the device authorization call.
    #[serde(default)]
    pub device_params: BTreeMap<String, String>,
    /// Further form fields of the token call.
    #[serde(default)]
    pub token_params: BTreeMap<String, String>,
    /// Further headers of both calls.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The user-code grant with PKCE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserCode {
    /// Endpoint pairs in order: the next pair is tried when the one before cannot be reached or does not know the path.
    pub endpoints: Vec<CodeEndpoints>,
    /// Public client id.
    pub client_id: String,
    /// Requested scopes.
    pub scopes: Vec<String>,
    /// `response_type` of the code request.
    pub response_type: String,
    /// `grant_type` of the poll.
    pub grant_type: String,
    /// Hosts that a 307 or 308 may lead to with the body kept.
    pub redirect_hosts: Vec<String>,
    /// Hosts that a verification link may name, after rewriting.
    pub verification_hosts: Vec<String>,
    /// Rewrites of the verification link's host.
    #[serde(default)]
    pub verification_rewrites: Vec<HostRewrite>,
    /// Unit of the answer's `interval`.
    pub interval_unit: TimeUnit,
    /// Shortest wait between polls, milliseconds; also the default.
    pub interval_floor_ms: u64,
}

/// A pair of endpoints of the user-code grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEndpoints {
    /// Code request.
    pub code: UrlTemplate,
    /// Poll and refresh.
    pub token: UrlTemplate,
}

/// Replaces one host of a link by another, for paths with a given beginning only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRewrite {
    /// Host to replace.
    pub from: String,
    /// Host to put in its place.
    pub to: String,
    /// Only paths that begin so.
    pub path_prefix: String,
}

/// Unit of a number of the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// The vendor's device authorization with an authorization code at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceAuth {
    /// User code request, JSON `{client_id}`.
    pub user_code: UrlTemplate,
    /// Poll, JSON `{device_auth_id, user_code}`.
    pub poll: UrlTemplate,
    /// Code exchange, form.
    pub token: UrlTemplate,
    /// Page the person opens.
    pub verification: UrlTemplate,
    /// `redirect_uri` of the exchange.
    pub redirect_uri: UrlTemplate,
    /// Public client id.
    pub client_id: String,
    /// How long the code lives, seconds.
    pub lifetime_s: u64,
    /// Seconds between polls when the issuer names none.
    #[serde(default = "five")]
    pub interval_s: u64,
    /// Shortest wait between polls, seconds.
    pub interval_floor_s: u64,
    /// Statuses that mean "not yet".
    pub pending_status: Vec<u16>,
}

/// Authorization code with PKCE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// Page the person opens.
    pub authorize: UrlTemplate,
    /// Code exchange.
    pub token: UrlTemplate,
    /// Encoding of the exchange.
    pub encoding: Encoding,
    /// Public client id, where the provider has one.
    pub client_id: Option<String>,
    /// Requested scopes.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Further query parameters of the authorize link.
    #[serde(default)]
    pub authorize_params: BTreeMap<String, String>,
    /// Whether the authorize link carries `response_type`, `redirect_uri`, `scope` and `state` by their standard names; without it
    /// only `callback_url` and the challenge, and a random path segment stands in for the state.
    #[serde(default = "yes")]
    pub standard: bool,
    /// Whether the exchange repeats `state`.
    #[serde(default)]
    pub state_in_exchange: bool,
    /// Loopback callback, where the provider accepts one.
    pub loopback: Option<Loopback>,
    /// `redirect_uri` that shows a code to paste, where the provider has one.
    pub paste_redirect: Option<UrlTemplate>,
    /// What the exchange yields.
    #[serde(default)]
    pub yields: Yield,
    /// Further fields of the code exchange.
    #[serde(default)]
    pub token_params: BTreeMap<String, String>,
    /// Further headers of the code exchange.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The loopback callback of a browser login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loopback {
    /// Host in the redirect: `127.0.0.1`, or `localhost` where the registration demands it.
    pub host: String,
    /// Path of the callback.
    pub path: String,
    /// Ports to try in order; empty means any free port.
    #[serde(default)]
    pub ports: Vec<u16>,
}

/// What a code exchange yields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Yield {
    /// Access and refresh token.
    #[default]
    Tokens,
    /// A key in this field of the answer.
    Key {
        /// Field name.
        field: String,
    },
    /// A token that is spent at once to make a key.
    MintedKey {
        /// `POST` with the token as bearer.
        mint: UrlTemplate,
        /// Field of the answer that holds the key.
        field: String,
    },
}

/// Encoding of a token call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// How tokens are renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// Token endpoints in order; a later one only when nothing was sent to the one before or it does not know the path.
    pub endpoints: Vec<UrlTemplate>,
    /// Encoding of the call.
    pub encoding: Encoding,
    /// Client id to send.
    pub client_id: Option<String>,
    /// Hosts that a 307 or 308 may lead to with the body kept.
    #[serde(default)]
    pub redirect_hosts: Vec<String>,
    /// Header that carries the refresh token instead of the body.
    pub token_header: Option<String>,
    /// What the issuer does with the old refresh token.
    pub rotation: Rotation,
    /// Refresh this many seconds before the end, at most a tenth of the life; `earliest_refresh_at` wins.
    #[serde(default = "lead")]
    pub lead_s: u64,
    /// Error codes that end the login (the RFC 6749 code, or the vendor's).
    #[serde(default)]
    pub terminal: Vec<String>,
    /// Statuses that end the login whatever the body says.
    #[serde(default)]
    pub terminal_status: Vec<u16>,
    /// Error statuses with which the issuer says that it has done nothing, so that the same token may be sent again. After
    /// any other 5xx the token may be spent.
    #[serde(default = "retryable")]
    pub retryable_status: Vec<u16>,
    /// Whether the answer must say `status: success` to count.
    #[serde(default)]
    pub status_field: bool,
    /// Whether the issuer accepts the same refresh token again for a short while.
    #[serde(default)]
    pub replay: Replay,
    /// Seconds to live when neither the answer nor the token says.
    pub default_life_s: Option<u64>,
    /// Further fields of the call.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// Further headers of the call.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// What happens to a refresh token at a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// Single use: a new one comes with each refresh; absent means keep.
    SingleUse,
    /// May or may not change; absent means keep.
    KeepIfAbsent,
}

/// Whether a spent refresh token is accepted again for a short while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replay {
    /// Not known.
    #[default]
    Unknown,
    /// A replay kills the login.
    Strict,
    /// Accepted within a grace window.
    Grace,
}

/// How a login is ended at the issuer (RFC 7009).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Revocation endpoint.
    pub endpoint: UrlTemplate,
    /// Client id to send.
    pub client_id: Option<String>,
}

/// Where the account of a token is named. Paths are dotted; `access.` and `id.` read a JWT's claims, others the answer.
/// A name that holds dots stands in double quotes, as in `id."https://example.com/claims".plan`; see
/// [`path_segments`](crate::path_segments).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityRule {
    /// Paths to the account or subject, first hit wins; without a hit the fingerprint of the first refresh token stands in.
    pub subject: Vec<String>,
    /// Paths to the organisation.
    pub organisation: Vec<String>,
    /// Paths to an e-mail address or name to show.
    pub display: Vec<String>,
    /// Paths to the plan's name.
    pub plan: Vec<String>,
    /// Fields of the answer to keep with the credential, as `name = "path"`.
    pub keep: BTreeMap<String, String>,
}

fn five() -> u64 {
    5
}

/// RFC 6585 section 4, RFC 8470 section 5.2, RFC 9110 section 15.6.4: all three are refusals to begin.
fn retryable() -> Vec<u16> {
    vec![425, 429, 503]
}

fn lead() -> u64 {
    300
}

fn yes() -> bool {
    true
}
