//! What callers ask of the pool and what they get.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{
    AttemptId, Billing, Bound, CoolCause, Credential, CredentialId, ExitKind, Explain, LoginCause, Protocol,
    ProviderId, Scope, UnixMs,
};
use hermes_store::StoreError;
use serde::Serialize;

use crate::runtime::{Ignored, Runtime};

/// What a request needs.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// Provider, already resolved from the model name.
    pub provider: &'a ProviderId,
    /// The client's protocol.
    pub protocol: Protocol,
    /// The model as it goes upstream.
    pub model: &'a str,
    /// Credentials that this request has already tried.
    pub tried: &'a [CredentialId],
    /// The conversation it belongs to: any number that is the same for all its requests and hardly ever for others.
    pub conversation: Option<u64>,
}

/// What an upstream answer was, as far as the pool cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 2xx.
    Served,
    /// An answer with an error status; `body` holds at most its first 64 KiB.
    Answered {
        /// Status.
        status: u16,
        /// Header names in lower case with their values; only those that tell of limits and times are needed.
        headers: Vec<(String, String)>,
        /// The beginning of the body.
        body: Vec<u8>,
    },
    /// An error came inside a stream that had begun with 2xx, before or after its first content.
    StreamFailed {
        /// The head's header names in lower case with their values.
        headers: Vec<(String, String)>,
        /// The data of the error event; at most its first 64 KiB.
        body: Vec<u8>,
    },
    /// No answer came.
    Failed {
        /// Whether bytes may have reached the provider.
        sent: bool,
    },
    /// The client went away first.
    Cancelled,
}

/// What the gateway should do after an outcome was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Hand the answer on to the client.
    Deliver,
    /// The token was renewed (or another process had done so): send again on the same credential.
    SameAgain,
    /// Try another credential of the pool.
    Another,
}

/// One classified answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to hold against the credential.
    Fine,
    /// The request itself is at fault.
    RequestFault,
    /// The token was refused: refresh once, then try again.
    TokenRefused,
    /// Rest.
    Cool {
        /// Until then; none means the cause's own default.
        until: Option<UnixMs>,
        /// Why.
        cause: CoolCause,
        /// What rests.
        scope: Scope,
    },
    /// The provider is failing; the credential is not at fault.
    ProviderTrouble,
    /// Dead until the person signs in again.
    Dead(LoginCause),
    /// The provider objects; stop until a person acts.
    Blocked(String),
}

/// How a credential stands, for people and scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Usable now.
    Ready,
    /// Usable now, and due for a refresh soon.
    Expiring,
    /// The access token has ended; the next use renews it.
    Refreshable,
    /// Resting.
    CoolingDown,
    /// The person must sign in.
    NeedsLogin,
    /// Switched off.
    Disabled,
    /// The provider objected.
    Blocked,
    /// Nothing is signed in.
    Absent,
}

impl State {
    /// The word shown to people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Expiring => "expiring",
            Self::Refreshable => "refreshable",
            Self::CoolingDown => "cooling-down",
            Self::NeedsLogin => "needs-login",
            Self::Disabled => "disabled",
            Self::Blocked => "blocked",
            Self::Absent => "absent",
        }
    }

    /// Whether a request can be served now or after a refresh.
    pub fn usable(self) -> bool {
        matches!(self, Self::Ready | Self::Expiring | Self::Refreshable)
    }
}

/// A credential as surfaces show it.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// The credential.
    #[serde(flatten)]
    pub credential: Credential,
    /// How it stands.
    pub state: State,
    /// The state in words, with cause and time, such as `rate limited until 14:05`; no clock format is chosen here, times are in `until`.
    pub words: String,
    /// When the state changes by itself.
    pub until: Option<UnixMs>,
    /// How requests are sent, one for each protocol.
    pub runtimes: Vec<Runtime>,
    /// Settings that were not followed.
    pub ignored: Vec<Ignored>,
    /// Requests of this process that it serves now.
    #[serde(skip_serializing_if = "is_none_yet")]
    pub in_flight: u64,
    /// Requests of this process that it has served.
    #[serde(skip_serializing_if = "is_none_yet")]
    pub served: u64,
}

/// A command counts nothing itself, so its output does not pretend to.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_none_yet(count: &u64) -> bool {
    *count == 0
}

/// What a lease carries for a request.
#[derive(Clone, Debug)]
pub struct Leased {
    /// The credential.
    pub id: CredentialId,
    /// Its label.
    pub label: Arc<str>,
    /// Its provider.
    pub provider: ProviderId,
    /// Generation of the token.
    pub generation: u64,
    /// The token or key with the origins it may reach.
    pub secret: Bound,
    /// How to send.
    pub runtime: Arc<Runtime>,
    /// How use is paid for.
    pub billing: Billing,
}

/// One credential that cannot serve now, for the body of a 429 and for messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unusable {
    /// Label.
    pub label: String,
    /// State.
    pub state: State,
    /// Cause in words.
    pub cause: String,
    /// Why it rests, if it does.
    pub rest: Option<CoolCause>,
    /// When it ends by itself.
    pub until: Option<UnixMs>,
}

/// Why there is no lease.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// Nothing is signed in for the provider.
    #[error("no login for `{provider}` yet")]
    NoLogin {
        /// Provider.
        provider: ProviderId,
    },
    /// The provider does not speak the client's protocol.
    #[error("`{provider}` speaks {}, but the request is {asked}", spoken(.speaks))]
    Protocol {
        /// Provider.
        provider: ProviderId,
        /// Client's protocol.
        asked: Protocol,
        /// Provider's protocols.
        speaks: Vec<Protocol>,
    },
    /// Every credential is unusable now.
    #[error("no login of `{provider}` can serve now")]
    Exhausted {
        /// Provider.
        provider: ProviderId,
        /// Each with its cause.
        members: Vec<Unusable>,
        /// Until the first is back.
        retry_after: Option<Duration>,
    },
    /// The provider objected to one of its accounts, so none of them is used until a person has acted.
    #[error("`{provider}` is stopped: it objected to `{label}` ({rule})")]
    Blocked {
        /// Provider.
        provider: ProviderId,
        /// Label of the credential that it objected to.
        label: String,
        /// The rule that fired, in words.
        rule: String,
    },
    /// The provider is switched off in the config file.
    #[error("`{provider}` is switched off by {origin}")]
    SwitchedOff {
        /// Provider.
        provider: ProviderId,
        /// Where.
        origin: String,
    },
    /// A target names no credential, or several.
    #[error("{0}")]
    Target(String),
    /// The catalogue cannot make a runtime for the credential.
    #[error(transparent)]
    Catalog(#[from] hermes_catalog::CatalogError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A login or refresh failed.
    #[error(transparent)]
    Oauth(#[from] hermes_oauth::OauthError),
    /// There is no such login attempt any more.
    #[error("there is no login attempt `{id}`: it was finished, cancelled or has expired")]
    NoAttempt {
        /// Attempt.
        id: AttemptId,
    },
    /// The login was cancelled; nothing was stored.
    #[error("the login was cancelled; nothing was stored")]
    Cancelled {
        /// Attempt.
        id: AttemptId,
    },
    /// The catalogue or a setting would send a stored credential to an address that it was not signed in for.
    #[error("`{label}` cannot be used: {problem}")]
    Moved {
        /// Label.
        label: String,
        /// Old and new address, in words.
        problem: String,
    },
    /// The endpoint wants no key: nothing is stored that could be shown, renewed or removed.
    #[error("`{provider}` needs no login: it is an endpoint of the config file without a key")]
    Keyless {
        /// Provider.
        provider: ProviderId,
    },
    /// A refresh failed.
    #[error("the token of `{label}` could not be renewed: {problem}")]
    Refresh {
        /// Label.
        label: String,
        /// What happened.
        problem: String,
        /// How the program should end.
        exit: ExitKind,
        /// What a person can do about it.
        hint: Option<String>,
    },
}

fn spoken(protocols: &[Protocol]) -> String {
    protocols
        .iter()
        .map(|protocol| protocol.title())
        .collect::<Vec<_>>()
        .join(" and ")
}

impl Explain for PoolError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NoLogin { .. } => "not_logged_in",
            Self::Protocol { .. } => "protocol_mismatch",
            Self::Exhausted { .. } => "pool_exhausted",
            Self::Blocked { .. } => "pool_blocked",
            Self::SwitchedOff { .. } => "provider_disabled",
            Self::Target(_) => "target",
            Self::NoAttempt { .. } => "no_login_attempt",
            Self::Cancelled { .. } => "login_cancelled",
            Self::Refresh { .. } => "refresh_failed",
            Self::Moved { .. } => "address_moved",
            Self::Keyless { .. } => "no_login_needed",
            Self::Catalog(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Oauth(error) => error.kind(),
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::NoLogin { .. } | Self::Exhausted { .. } | Self::Moved { .. } => ExitKind::LoginRequired,
            Self::Protocol { .. }
            | Self::SwitchedOff { .. }
            | Self::Target(_)
            | Self::Keyless { .. }
            | Self::NoAttempt { .. } => ExitKind::Usage,
            Self::Cancelled { .. } => ExitKind::Cancelled,
            Self::Blocked { .. } => ExitKind::Refused,
            Self::Refresh { exit, .. } => *exit,
            Self::Catalog(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Oauth(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoLogin { provider } => Some(format!("Sign in with `hermes auth add {provider}`.")),
            Self::Protocol { speaks, .. } => {
                let paths = speaks
                    .iter()
                    .map(|one| format!("`{}`", one.gateway_path()))
                    .collect::<Vec<_>>();
                Some(format!("Send the request to {} instead.", paths.join(" or ")))
            }
            Self::Exhausted { provider, .. } => Some(format!(
                "See `hermes auth status {provider}`, or add another account."
            )),
            Self::Blocked { provider, label, .. } => Some(format!(
                "Read what the provider says, then use `hermes auth reset {provider}:{label}`, or `disable` or `remove` in place of `reset`."
            )),
            Self::SwitchedOff { provider, .. } => {
                Some(format!("Remove `enabled = false` from `[providers.{provider}]`."))
            }
            Self::Target(_) => Some("See `hermes auth list` for ids and labels.".to_owned()),
            Self::NoAttempt { .. } => Some("Start a new login with `hermes auth add`.".to_owned()),
            Self::Refresh { hint, .. } => hint.clone(),
            Self::Cancelled { .. } | Self::Moved { .. } => None,
            Self::Keyless { .. } => Some("To change it, edit `[endpoints]` in the config file.".to_owned()),
            Self::Catalog(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Oauth(error) => error.hint(),
        }
    }
}
