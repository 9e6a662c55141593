use std::error::Error;

/// How the program ends, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitKind {
    /// Something failed that no other kind names.
    Failure,
    /// The command line or a file of settings is wrong.
    Usage,
    /// The person cancelled or denied.
    Cancelled,
    /// A login is needed first.
    LoginRequired,
    /// The login was not approved in time.
    LoginExpired,
    /// The provider refused.
    Refused,
    /// The provider could not be reached.
    Network,
    /// The store is locked, unreadable or not writable.
    Store,
    /// Interrupted by a signal.
    Interrupted,
}

impl ExitKind {
    /// The process exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Cancelled => 3,
            Self::LoginRequired => 4,
            Self::LoginExpired => 5,
            Self::Refused => 6,
            Self::Network => 7,
            Self::Store => 8,
            Self::Interrupted => 130,
        }
    }
}

/// An error that can say what kind it is, how the program should end, and what to do next.
///
/// `Display` says what happened and where, in one sentence without a full stop and without any secret.
pub trait Explain: Error + Send + Sync {
    /// A short, stable name for scripts, logs and metrics, such as `state_mismatch`.
    fn kind(&self) -> &'static str;

    /// The exit kind.
    fn exit(&self) -> ExitKind;

    /// What the person can do next, as a sentence; none when the message says it all.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// The message of an error with those of its causes, joined by `: `, each text once.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let part = cause.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        next = cause.source();
    }
    text
}
