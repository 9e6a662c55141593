use hermes_core::{ExitKind, Explain, Lang};
use serde_json::json;

/// Why a command did not do its work: what to say and how to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: &'static str,
    pub(crate) exit: ExitKind,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// What a command returns: the exit code of a command that did its work is not always 0 (`auth status`).
pub(crate) type Outcome = Result<u8, Failure>;

impl Failure {
    /// A failure of a given exit kind.
    pub(crate) fn new(exit: ExitKind, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            exit,
            message: message.into(),
            hint: None,
        }
    }

    /// A wrong command line or file of settings.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitKind::Usage, "usage", message)
    }

    /// The person stopped it.
    pub(crate) fn cancelled(message: impl Into<String>) -> Self {
        Self::new(ExitKind::Cancelled, "cancelled", message)
    }

    /// A signal stopped it.
    pub(crate) fn interrupted() -> Self {
        Self::new(ExitKind::Interrupted, "interrupted", "interrupted")
    }

    /// Something of the machine, such as a file or a socket.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        Self::new(ExitKind::Failure, "io", format!("{what}: {error}"))
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The failure for scripts.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        json!({ "error": { "kind": self.kind, "exit": self.exit.code(), "message": self.message, "hint": self.hint } })
    }
}

impl<E: Explain + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            kind: error.kind(),
            exit: error.exit(),
            message: error.message(Lang::En),
            hint: error.hint(Lang::En),
        }
    }
}
