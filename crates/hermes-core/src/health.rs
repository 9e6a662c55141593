use hermes_text::{Lang, state as text};
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
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::RateLimit => text::rate_limit(lang),
            Self::WindowSpent => text::window_spent(lang),
            Self::Billing => text::out_of_credit(lang),
            Self::Unauthorised => text::unauthorised(lang),
            Self::Provider => text::provider_failing(lang),
            Self::RefreshFailed => text::refresh_failed(lang),
            Self::NoModel => text::no_model(lang),
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
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::RevokedOrReused => text::revoked_or_reused(lang),
            Self::LostRotation => text::lost_rotation(lang),
            Self::InDoubt => text::in_doubt(lang),
            Self::NoRefreshToken => text::no_refresh_token(lang),
            Self::KeyRejected => text::key_rejected(lang),
            Self::TokenRejected => text::token_rejected(lang),
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
