use serde::{Deserialize, Serialize};

use crate::UnixMs;

/// What a credential can be used for now, apart from its token's age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Health {
    /// Usable.
    #[default]
    Ready,
    /// Resting until a time; usable again by itself.
    Cooling {
        /// When it ends.
        until: UnixMs,
        /// Why.
        cause: CoolCause,
        /// What rests.
        scope: Scope,
    },
    /// Dead until the person signs in again.
    NeedsLogin {
        /// Why.
        cause: LoginCause,
    },
    /// Switched off by the person.
    Disabled,
    /// The provider objected; stays so until the person acts.
    Blocked {
        /// The rule that fired, in words.
        rule: String,
    },
}

/// Why a credential rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoolCause {
    /// A short request or token rate limit.
    RateLimit,
    /// A plan's window is spent.
    WindowSpent,
    /// Money or credits ran out.
    Billing,
    /// The provider refused the credential once; it is tried again later.
    Unauthorised,
    /// The provider is overloaded or failing.
    Provider,
    /// A refresh failed for a passing reason.
    RefreshFailed,
    /// The account may not use the model that was asked.
    NoModel,
}

impl CoolCause {
    /// The cause in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RateLimit => "rate limited",
            Self::WindowSpent => "plan window spent",
            Self::Billing => "out of credit",
            Self::Unauthorised => "refused by the provider",
            Self::Provider => "provider is failing",
            Self::RefreshFailed => "token refresh failed",
            Self::NoModel => "the account does not have this model",
        }
    }
}

/// Why a person has to sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginCause {
    /// The issuer refused the refresh token.
    RevokedOrReused,
    /// The answer to a refresh was lost and the replay was refused.
    LostRotation,
    /// Two renewals ended without an answer; whether the token is spent is not known.
    InDoubt,
    /// The access token ended and there is nothing to refresh it with.
    NoRefreshToken,
    /// The API key was refused.
    KeyRejected,
    /// The token was refused even right after a refresh.
    TokenRejected,
}

impl LoginCause {
    /// The cause in plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RevokedOrReused => "the provider ended this login",
            Self::LostRotation => "a renewed token was lost on the way",
            Self::InDoubt => "two renewals ended without an answer",
            Self::NoRefreshToken => "the token ended and cannot be renewed",
            Self::KeyRejected => "the provider refused the key",
            Self::TokenRejected => "the provider refused a fresh token",
        }
    }
}

/// What a cool-down covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(tag = "scope", content = "name", rename_all = "kebab-case")]
pub enum Scope {
    /// The whole account.
    #[default]
    Account,
    /// One model or model family.
    Model(String),
    /// Every account of one organisation.
    Organisation(String),
}

/// A cool-down of a part: one model family, or everything of one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rest {
    /// What rests.
    pub scope: Scope,
    /// When it ends.
    pub until: UnixMs,
    /// Why.
    pub cause: CoolCause,
}
