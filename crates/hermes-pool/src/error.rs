use std::time::Duration;

use hermes_core::{AttemptId, ExitKind, Explain, Protocol, ProviderId, display_in_english};
use hermes_store::StoreError;
use hermes_text::errors::{and, listed, or, pool as text};
use hermes_text::{Both, Lang};

use crate::api::Unusable;

/// Why there is no lease.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// Nothing is signed in for the provider.
    NoLogin {
        /// Provider.
        provider: ProviderId,
    },
    /// The provider does not speak the client's protocol.
    Protocol {
        /// Provider.
        provider: ProviderId,
        /// Client's protocol.
        asked: Protocol,
        /// Provider's protocols.
        speaks: Vec<Protocol>,
    },
    /// Every credential is unusable now.
    Exhausted {
        /// Provider.
        provider: ProviderId,
        /// Each with its cause.
        members: Vec<Unusable>,
        /// Until the first is back.
        retry_after: Option<Duration>,
    },
    /// The provider objected to one of its accounts, so none of them is used until a person has acted.
    Blocked {
        /// Provider.
        provider: ProviderId,
        /// Label of the credential that it objected to.
        label: String,
        /// The rule that fired, in words.
        rule: Both,
    },
    /// The provider is switched off in the config file.
    SwitchedOff {
        /// Provider.
        provider: ProviderId,
        /// Where.
        origin: Both,
    },
    /// A target names no credential, or several.
    Target(Both),
    /// The catalogue cannot make a runtime for the credential.
    Catalog(#[from] hermes_catalog::CatalogError),
    /// The store failed.
    Store(#[from] StoreError),
    /// A login or refresh failed.
    Oauth(#[from] hermes_oauth::OauthError),
    /// There is no such login attempt any more.
    NoAttempt {
        /// Attempt.
        id: AttemptId,
    },
    /// The provider restricts this login, and nobody has agreed to that.
    Consent {
        /// Provider.
        provider: ProviderId,
        /// Its rule.
        rule: Both,
    },
    /// As many logins of the provider wait already as may.
    TooManyLogins {
        /// Provider.
        provider: ProviderId,
        /// How many may.
        most: usize,
    },
    /// The login was cancelled; nothing was stored.
    Cancelled {
        /// Attempt.
        id: AttemptId,
    },
    /// The catalogue or a setting would send a stored credential to an address that it was not signed in for.
    Moved {
        /// Label.
        label: String,
        /// Old and new address, in words.
        problem: Both,
    },
    /// The endpoint wants no key: nothing is stored that could be shown, renewed or removed.
    Keyless {
        /// Provider.
        provider: ProviderId,
    },
    /// The provider has no call that tells what is left of this kind of login's plan.
    NoQuota {
        /// Label.
        label: String,
    },
    /// A refresh failed.
    Refresh {
        /// Label.
        label: String,
        /// What happened.
        problem: Both,
        /// How the program should end.
        exit: ExitKind,
        /// What a person can do about it.
        hint: Option<Both>,
    },
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

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::NoLogin { provider } => text::no_login(lang, provider),
            Self::Protocol {
                provider,
                asked,
                speaks,
            } => {
                let titles: Vec<&str> = speaks.iter().map(|protocol| protocol.title()).collect();
                text::protocol(lang, provider, &titles.join(and(lang)), asked)
            }
            Self::Exhausted { provider, .. } => text::exhausted(lang, provider),
            Self::Blocked {
                provider,
                label,
                rule,
            } => text::blocked(lang, provider, label, rule.get(lang)),
            Self::SwitchedOff { provider, origin } => text::switched_off(lang, provider, origin.get(lang)),
            Self::Target(problem) => problem.get(lang).to_owned(),
            Self::Catalog(error) => error.message(lang),
            Self::Store(error) => error.message(lang),
            Self::Oauth(error) => error.message(lang),
            Self::NoAttempt { id } => text::no_attempt(lang, id),
            Self::Consent { provider, rule } => text::consent(lang, provider, rule.get(lang)),
            Self::TooManyLogins { provider, most } => text::too_many_logins(lang, *most, provider),
            Self::Cancelled { .. } => text::cancelled(lang).to_owned(),
            Self::Moved { label, problem } => text::moved(lang, label, problem.get(lang)),
            Self::Keyless { provider } => text::keyless(lang, provider),
            Self::NoQuota { label } => text::no_quota(lang, label),
            Self::Refresh { label, problem, .. } => text::refresh(lang, label, problem.get(lang)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match self {
            Self::NoLogin { provider } => text::no_login_next(lang, provider),
            Self::Protocol { speaks, .. } => {
                let paths: Vec<&str> = speaks.iter().map(|one| one.gateway_path()).collect();
                text::protocol_next(lang, &listed(lang, &paths, or))
            }
            Self::Exhausted { provider, .. } => text::exhausted_next(lang, provider),
            Self::Blocked { provider, label, .. } => text::blocked_next(lang, provider, label),
            Self::SwitchedOff { provider, .. } => text::switched_off_next(lang, provider),
            Self::Target(_) => text::target_next(lang).to_owned(),
            Self::NoAttempt { .. } => text::no_attempt_next(lang).to_owned(),
            Self::Consent { .. } => text::consent_next(lang).to_owned(),
            Self::TooManyLogins { .. } => text::too_many_logins_next(lang).to_owned(),
            Self::Refresh { hint, .. } => return hint.as_ref().map(|hint| hint.get(lang).to_owned()),
            Self::Cancelled { .. } | Self::Moved { .. } => return None,
            Self::Keyless { .. } => text::keyless_next(lang).to_owned(),
            Self::NoQuota { .. } => text::no_quota_next(lang).to_owned(),
            Self::Catalog(error) => return error.hint(lang),
            Self::Store(error) => return error.hint(lang),
            Self::Oauth(error) => return error.hint(lang),
        })
    }
}

display_in_english!(PoolError);

#[cfg(test)]
mod tests;
