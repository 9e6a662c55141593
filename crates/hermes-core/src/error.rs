use std::error::Error;

use hermes_text::{Both, Lang, check};

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

/// An error that can say what kind it is, how the program should end, and what to do next, in every language.
///
/// `Display` is the English message, for logs and scripts.
pub trait Explain: Error + Send + Sync {
    /// A short, stable name for scripts, logs and metrics, such as `state_mismatch`.
    fn kind(&self) -> &'static str;

    /// The exit kind.
    fn exit(&self) -> ExitKind;

    /// What happened, where and why, in one sentence without a full stop and without any secret. Causes that only the system or a
    /// server can word stay in its language.
    fn message(&self, lang: Lang) -> String;

    /// The message for whoever reads it later, in whatever language.
    fn text(&self) -> Both {
        Both::of(|lang| self.message(lang))
    }

    /// The hint for whoever reads it later.
    fn hint_text(&self) -> Option<Both> {
        self.hint(Lang::En)?;
        Some(Both::of(|lang| self.hint(lang).unwrap_or_default()))
    }

    /// What the person can do next, as a sentence; none when the message says it all.
    fn hint(&self, _lang: Lang) -> Option<String> {
        None
    }
}

/// Makes `Display` say what the `message` of a type says in English.
#[macro_export]
macro_rules! display_in_english {
    ($($error:ty),+) => {$(
        impl ::std::fmt::Display for $error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.message($crate::Lang::En))
            }
        }
    )+};
}

/// What is amiss between the words of an error in each language, as far as a test can tell; empty when nothing is.
pub fn language_faults(error: &dyn Explain) -> Vec<String> {
    let mut faults = check::faults(|lang| error.message(lang));
    faults.extend(check::faults(|lang| error.hint(lang).unwrap_or_default()));
    if error.to_string() != error.message(Lang::En) {
        faults.push(format!("shown otherwise: {error}"));
    }
    faults
}

/// What an error of another library says, with its causes, joined by `: `, each text once.
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
