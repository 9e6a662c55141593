use std::time::Duration;

use hermes_core::{AttemptId, ExitKind, Explain, Protocol, ProviderId};
use hermes_store::StoreError;

use crate::api::Unusable;

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
    /// The provider restricts this login, and nobody has agreed to that.
    #[error("`{provider}` restricts this login: {rule}")]
    Consent {
        /// Provider.
        provider: ProviderId,
        /// Its rule.
        rule: String,
    },
    /// As many logins of the provider wait already as may.
    #[error("{most} logins of `{provider}` wait already")]
    TooManyLogins {
        /// Provider.
        provider: ProviderId,
        /// How many may.
        most: usize,
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
    /// The provider has no call that tells what is left of this kind of login's plan.
    #[error("nothing tells what is left of the plan of `{label}`")]
    NoQuota {
        /// Label.
        label: String,
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
            Self::Consent { .. } => "consent_missing",
            Self::TooManyLogins { .. } => "too_many_logins",
            Self::Cancelled { .. } => "login_cancelled",
            Self::Refresh { .. } => "refresh_failed",
            Self::Moved { .. } => "address_moved",
            Self::Keyless { .. } => "no_login_needed",
            Self::NoQuota { .. } => "quota_unknown",
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
            | Self::NoQuota { .. }
            | Self::TooManyLogins { .. }
            | Self::NoAttempt { .. } => ExitKind::Usage,
            Self::Consent { .. } | Self::Cancelled { .. } => ExitKind::Cancelled,
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
            Self::Consent { .. } => {
                Some("Read the rule; sign in only if you accept its consequences.".to_owned())
            }
            Self::TooManyLogins { .. } => Some("Finish or cancel one of them first.".to_owned()),
            Self::Refresh { hint, .. } => hint.clone(),
            Self::Cancelled { .. } | Self::Moved { .. } => None,
            Self::NoQuota { .. } => Some("Look at the provider's own page.".to_owned()),
            Self::Keyless { .. } => Some("To change it, edit `[endpoints]` in the config file.".to_owned()),
            Self::Catalog(error) => error.hint(),
            Self::Store(error) => error.hint(),
            Self::Oauth(error) => error.hint(),
        }
    }
}
