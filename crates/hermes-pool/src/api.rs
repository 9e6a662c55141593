//! What callers ask of the pool and what they get.

use std::sync::Arc;

use hermes_core::{
    Billing, Bound, CoolCause, Credential, CredentialId, LoginCause, Protocol, ProviderId, Scope, UnixMs,
    both,
};
use hermes_text::Both;
use serde::Serialize;

use crate::quota::Left;
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
    /// Every state; better ones come first.
    const ALL: [Self; 8] = [
        Self::Ready,
        Self::Expiring,
        Self::Refreshable,
        Self::CoolingDown,
        Self::NeedsLogin,
        Self::Blocked,
        Self::Disabled,
        Self::Absent,
    ];

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

    /// The state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// A provider stands as the best of its logins does.
    pub fn best(states: impl IntoIterator<Item = Self>) -> Self {
        let place = |state: &Self| Self::ALL.iter().position(|one| one == state);
        states.into_iter().min_by_key(place).unwrap_or(Self::Absent)
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
    #[serde(serialize_with = "both::english")]
    pub words: Both,
    /// When the state changes by itself.
    pub until: Option<UnixMs>,
    /// How requests are sent, one for each protocol.
    pub runtimes: Vec<Runtime>,
    /// Settings that were not followed.
    pub ignored: Vec<Ignored>,
    /// What this process knows of its plan.
    pub left: Left,
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

impl Advice {
    /// Short stable name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::SameAgain => "same-again",
            Self::Another => "another",
        }
    }
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
    #[serde(serialize_with = "both::english")]
    pub cause: Both,
    /// Why it rests, if it does.
    pub rest: Option<CoolCause>,
    /// When it ends by itself.
    pub until: Option<UnixMs>,
}
