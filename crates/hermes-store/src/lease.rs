//! The refresh lease of a credential: which phase its renewal is in, and the moves between phases.

use std::time::Duration;

use hermes_core::{LoginCause, Random};

/// How long a holder may take from the lease to the mark, and from the mark to the answer.
pub const LEASE: Duration = Duration::from_secs(45);
/// How much longer others wait before they take a silent holder for gone.
pub const GRACE: Duration = Duration::from_mins(1);
/// No lease is given for this long after the database lost commits or was restored: twice the deadline of a token call.
pub const QUIET: Duration = Duration::from_secs(40);

/// One attempt to renew; random, so that it never repeats, not even after a database lost its last commits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attempt(String);

impl Attempt {
    /// A new one, 128 bits.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self(crate::lock::hex(&bytes))
    }

    pub(crate) fn from_store(text: String) -> Self {
        Self(text)
    }

    /// As text; it names the attempt's spill file too.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a renewal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nobody renews.
    Idle,
    /// Somebody is about to; nothing was sent.
    Leased,
    /// The token may have been sent.
    Sent,
    /// It was sent, and how that ended is not known.
    Uncertain,
    /// It is spent or refused; only a person can help.
    NeedsLogin,
}

impl Phase {
    /// The word in the store; one that is not known reads as the phase in which nothing is sent.
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "idle" => Self::Idle,
            "leased" => Self::Leased,
            "sent" => Self::Sent,
            "uncertain" => Self::Uncertain,
            _ => Self::NeedsLogin,
        }
    }
}

/// The lease of one credential at one moment, by the database's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The generation it is about.
    pub generation: u64,
    /// How far the renewal is.
    pub phase: Phase,
    /// Whose it is.
    pub attempt: Option<Attempt>,
    /// How often the refresh token of this generation may have been sent.
    pub attempts: u32,
    /// Whether its time is over.
    pub lapsed: bool,
    /// Whether its time and the grace are over.
    pub grace_over: bool,
    /// Whether its holder has provably ended, or has said itself that its call is over.
    pub holder_gone: bool,
    /// Whether the access token of this generation has ended, so that waiting longer gains nothing.
    pub token_ended: bool,
    /// Until the next call may be made, where the issuer or a failure asked for a pause.
    pub retry_in: Option<Duration>,
    /// Until leases are given again, after the database lost commits.
    pub quiet_for: Option<Duration>,
    /// Why a person has to sign in, in [`Phase::NeedsLogin`].
    pub cause: Option<LoginCause>,
    /// Tells this generation's access token from others.
    pub fingerprint: String,
}

/// A move of the state machine. Each is one conditional statement; it changes nothing when the row has moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseMove {
    /// Take the lease: it is idle, or it lapsed before anything was sent, or its holder is gone before anything was sent.
    Acquire {
        /// The new attempt.
        attempt: Attempt,
        /// The attempt of a lease whose holder has provably ended.
        gone: Option<Attempt>,
        /// Whether a pause is passed over, as for a person's command.
        force: bool,
    },
    /// Say that the token is about to be sent. Durable when this returns; only then may a byte leave.
    Mark(Attempt),
    /// Nothing was spent: nothing left this machine, or the issuer answered that it did nothing.
    Release {
        /// The attempt.
        attempt: Attempt,
        /// No call before that.
        retry_after: Option<Duration>,
    },
    /// The holder does not know how its call ended.
    Doubt {
        /// The attempt.
        attempt: Attempt,
        /// What happened, without secrets.
        problem: String,
    },
    /// Somebody else's call is taken for lost.
    Presume {
        /// The attempt that was seen.
        attempt: Attempt,
        /// Whether its holder has provably ended; else the grace must be over.
        gone: bool,
    },
    /// Send once more, after doubt.
    Resend {
        /// The new attempt.
        attempt: Attempt,
        /// The attempt that is in doubt.
        seen: Attempt,
        /// Whether the issuer takes a spent token again; else the grace must be over and the access token ended.
        safe: bool,
    },
    /// The issuer refused the token, or the replay came to nothing: only a person can help.
    Condemn {
        /// The attempt.
        attempt: Attempt,
        /// Why.
        cause: LoginCause,
    },
}
