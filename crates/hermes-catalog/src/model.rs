//! What a provider's row says, field for field as the TOML file spells it.

use std::collections::BTreeMap;

use hermes_core::{Billing, Protocol, ProviderId};
use hermes_text::Both;
use serde::{Deserialize, Serialize};

use crate::quirks::Quirks;
use crate::quota::Quota;
use crate::template::UrlTemplate;

mod login;
mod rule;

pub use login::*;
pub use rule::{RuleCard, RuleClass};

/// One provider: everything the program knows about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Id, unique over ids and aliases of all rows.
    pub id: ProviderId,
    /// Name shown to people.
    pub name: String,
    /// One line that says what signing in here gives.
    #[serde(with = "crate::said")]
    pub summary: Both,
    /// Other spellings people use.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Page for people.
    pub docs: Option<String>,
    /// How use is paid for unless a login method says otherwise.
    pub billing: Billing,
    /// Named origins, such as `api = "https://api.example.com"`, that URL templates use as `{api}`.
    pub hosts: BTreeMap<String, String>,
    /// Regions; a region's hosts replace the provider's of the same name. The first is the default.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// Ways to sign in; the first is the default.
    #[serde(default)]
    pub login: Vec<LoginMethod>,
    /// How requests are sent; the first row that fits the client's protocol and the login method is taken.
    pub runtime: Vec<RuntimeRow>,
    /// Environment variables that may hold a key, in order.
    #[serde(default)]
    pub env: Vec<String>,
    /// Beginnings that a key of this provider has; a hint, never a proof.
    #[serde(default)]
    pub key_prefixes: Vec<String>,
    /// The cheapest call that tells whether a key is good.
    pub validation: Option<Call>,
    /// Models known without asking.
    #[serde(default)]
    pub models: Models,
    /// Where it tells how much of a plan is left.
    pub quota: Option<Quota>,
    /// What it does otherwise than its protocols say.
    #[serde(default)]
    pub quirks: Vec<Quirks>,
    /// Rules that map an answer to what happens to the credential; tried before the general ones.
    #[serde(default)]
    pub errors: Vec<ErrorRule>,
}

/// A region of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Id for `--region`.
    pub id: String,
    /// Name shown to people.
    #[serde(with = "crate::said")]
    pub name: Both,
    /// Hosts that differ here.
    pub hosts: BTreeMap<String, String>,
}

/// How requests of one protocol are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeRow {
    /// Protocol.
    pub protocol: Protocol,
    /// Base URL; `path` is joined to it.
    pub base_url: UrlTemplate,
    /// Path of the generating call, such as `/v1/messages`.
    pub path: String,
    /// Path of the token count, where there is one.
    pub count_path: Option<String>,
    /// Path of the model list, where there is one.
    pub models_path: Option<String>,
    /// How the credential is attached.
    pub auth: AuthStyle,
    /// Headers always sent; they replace the client's.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers taken from a kept field of the credential, as `header = "field"`; absent fields send nothing.
    #[serde(default)]
    pub headers_from: BTreeMap<String, String>,
    /// Names removed from the client's `anthropic-beta`.
    #[serde(default)]
    pub betas_removed: Vec<String>,
    /// Names added to the client's `anthropic-beta`.
    #[serde(default)]
    pub betas_added: Vec<String>,
    /// Login methods this row is for; empty means all.
    #[serde(default)]
    pub methods: Vec<String>,
    /// A kept field of the credential that may replace the base URL.
    pub base_from: Option<BaseFrom>,
}

/// A base URL that comes from the token answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseFrom {
    /// Field of the credential.
    pub field: String,
    /// Hosts it may name; any other value is ignored.
    pub hosts: Vec<String>,
}

/// How a credential is attached to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthStyle {
    /// `Authorization: Bearer`.
    Bearer,
    /// This header, bare.
    Header(String),
    /// Nothing is attached.
    None,
}

/// A call with the credential attached as the first runtime row says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// `GET` or `POST`.
    #[serde(default = "get")]
    pub method: String,
    /// Where.
    pub url: UrlTemplate,
    /// How the credential is attached.
    pub auth: AuthStyle,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers taken from a kept field of the credential, as `header = "field"`; absent fields send nothing.
    #[serde(default)]
    pub headers_from: BTreeMap<String, String>,
    /// Statuses that mean the key is bad.
    #[serde(default = "bad_key")]
    pub rejected: Vec<u16>,
    /// Dotted path in the answer that must hold this JSON value for the key to be good, as `path = value`.
    #[serde(default)]
    pub expect: BTreeMap<String, serde_json::Value>,
    /// Only for keys that begin so; others are taken unchecked.
    #[serde(default)]
    pub only_prefixes: Vec<String>,
    /// Login methods the call is for; empty means all.
    #[serde(default)]
    pub methods: Vec<String>,
}

/// Models known without asking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Models {
    /// The preferred one; the first known one otherwise.
    pub default: Option<String>,
    /// Known ids.
    pub known: Vec<String>,
    /// Whether ids carry the vendor in front, as in `vendor/model`, and more are served than are known here.
    pub vendor_names: bool,
}

impl Models {
    /// The model for a first question and for set-up snippets, where one is known.
    pub fn preferred(&self) -> Option<&str> {
        self.default.as_ref().or(self.known.first()).map(String::as_str)
    }
}

/// Maps an answer to what happens to the credential. All conditions that are given must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// Statuses; empty means any but 2xx.
    #[serde(default)]
    pub status: Vec<u16>,
    /// Error codes or types, read from the usual places of the body; empty means any.
    #[serde(default)]
    pub code: Vec<String>,
    /// Texts of which one occurs in the body, compared in lower case; empty means any.
    #[serde(default)]
    pub text: Vec<String>,
    /// What happens.
    pub action: ErrorAction,
    /// What rests, where the action is a rest.
    #[serde(default)]
    pub scope: ErrorScope,
    /// Rest for this long when the answer names no time, seconds.
    pub cooldown_s: Option<u64>,
    /// What the rule knows, in words; shown in `explain` and for a block.
    #[serde(with = "crate::said")]
    pub note: Both,
}

/// What an error rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorAction {
    /// The request is at fault: hand the answer on, do nothing to the credential.
    Request,
    /// Refresh the token once, then try again.
    Refresh,
    /// Short rate limit: rest until the reset.
    RateLimit,
    /// Plan window spent: rest until the reset.
    Window,
    /// Out of credit: rest long.
    Billing,
    /// The account does not have the model that was asked: this model alone rests, long.
    NoModel,
    /// The provider is failing: try another, leave the credential alone.
    Overload,
    /// The person must sign in again.
    NeedsLogin,
    /// The provider objects: stop until a person acts.
    Block,
}

/// What rests after an error rule; a plan window that names a model family covers that family whatever the rule says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorScope {
    /// The credential.
    #[default]
    Account,
    /// The credential for the model that was asked.
    Model,
    /// Every credential of the organisation; the credential alone where its organisation is not known.
    Organisation,
}

fn get() -> String {
    "GET".to_owned()
}

fn bad_key() -> Vec<u16> {
    vec![401, 403]
}
