use hermes_core::{ExitKind, Explain};
use hermes_text::cli::{app as words, machine};
use hermes_text::{Both, Lang};
use serde_json::json;

/// Why a command did not do its work: what to say, in each language, and how to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: &'static str,
    pub(crate) exit: ExitKind,
    pub(crate) message: Both,
    pub(crate) hint: Option<Both>,
}

/// What a command returns: the exit code of a command that did its work is not always 0 (`auth status`).
pub(crate) type Outcome = Result<u8, Failure>;

impl Failure {
    /// A failure of a given exit kind.
    pub(crate) fn new<S: Into<String>>(
        exit: ExitKind,
        kind: &'static str,
        message: impl Fn(Lang) -> S,
    ) -> Self {
        Self {
            kind,
            exit,
            message: Both::of(message),
            hint: None,
        }
    }

    /// A wrong command line or file of settings.
    pub(crate) fn usage<S: Into<String>>(message: impl Fn(Lang) -> S) -> Self {
        Self::new(ExitKind::Usage, "usage", message)
    }

    /// The person stopped it.
    pub(crate) fn cancelled<S: Into<String>>(message: impl Fn(Lang) -> S) -> Self {
        Self::new(ExitKind::Cancelled, "cancelled", message)
    }

    /// A signal stopped it.
    pub(crate) fn interrupted() -> Self {
        Self::new(ExitKind::Interrupted, "interrupted", words::interrupted)
    }

    /// Something of the machine, such as a file or a socket.
    pub(crate) fn io<S: AsRef<str>>(what: impl Fn(Lang) -> S, error: &std::io::Error) -> Self {
        let message = |lang| words::because(lang, what(lang).as_ref(), &machine::reason(lang, error));
        Self::new(ExitKind::Failure, "io", message)
    }

    /// Adds what to do next.
    pub(crate) fn hint<S: Into<String>>(mut self, hint: impl Fn(Lang) -> S) -> Self {
        self.hint = Some(Both::of(hint));
        self
    }

    /// The failure for scripts, always in English.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let hint = self.hint.as_ref().map(|hint| hint.get(Lang::En));
        json!({ "error": {
            "kind": self.kind, "exit": self.exit.code(), "message": self.message.get(Lang::En), "hint": hint,
        } })
    }
}

impl<E: Explain + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            kind: error.kind(),
            exit: error.exit(),
            message: error.text(),
            hint: error.hint_text(),
        }
    }
}
