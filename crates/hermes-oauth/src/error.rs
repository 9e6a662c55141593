use hermes_catalog::CatalogError;
use hermes_core::{ExitKind, Explain, ProviderId};
use hermes_http::HttpError;

/// Why a login did not come about. Remote text inside is already shortened and printable.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// The row names a login this program has no engine for; nothing was sent.
    #[error("Unsupported flow `{flow}` of `{provider}`")]
    Unsupported {
        /// Provider.
        provider: ProviderId,
        /// The flow's name in the row.
        flow: String,
    },
    /// The catalogue has no such login method or region, or a URL of the row cannot be used.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The row cannot be used for this login.
    #[error("the catalogue row cannot be used: {problem}")]
    Row {
        /// What is wrong.
        problem: String,
    },
    /// The issuer was not reached, cut the connection, or led elsewhere.
    #[error("{step} failed: {source}")]
    Http {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: &'static str,
        /// What happened.
        source: HttpError,
    },
    /// The issuer answered with an error.
    #[error("{step} was refused by `{host}` with status {status}: {said}")]
    Refused {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: &'static str,
        /// Who answered.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// The answer lacks a field, or the field cannot be used.
    #[error("the answer of `{host}` has no usable `{field}`{said}")]
    Incomplete {
        /// Stable name.
        kind: &'static str,
        /// Who answered.
        host: String,
        /// The field.
        field: String,
        /// What else the answer said, beginning with `: `; empty when nothing.
        said: String,
    },
    /// The answer is not what the protocol says, for example a web page.
    #[error("`{host}` answered {step} with status {status} and something that is not JSON: {said}")]
    NotJson {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: &'static str,
        /// Who answered.
        host: String,
        /// HTTP status.
        status: u16,
        /// The beginning of what it sent.
        said: String,
    },
    /// The answer belongs to another login.
    #[error("the answer belongs to another login: its `state` is not the one that was sent")]
    StateMismatch,
    /// The person, or the provider for them, said no.
    #[error("the login was denied at `{host}`")]
    Denied {
        /// Issuer.
        host: String,
    },
    /// The sign-in page ended with an error.
    #[error("the sign-in page of `{host}` ended with an error: {said}")]
    Declined {
        /// Issuer.
        host: String,
        /// What it said.
        said: String,
    },
    /// Nobody approved in time.
    #[error("the login was not approved in time")]
    Expired {
        /// Stable name.
        kind: &'static str,
    },
    /// The issuer limits how often a login may be started or finished.
    #[error("`{host}` limits how often a login may be tried")]
    RateLimited {
        /// Issuer.
        host: String,
        /// What it asks to wait, seconds.
        wait_s: Option<u64>,
    },
    /// A single-use code was sent and no answer came back, so the code must be taken as spent.
    #[error("the answer of `{host}` was lost after a single-use code was sent{detail}")]
    AnswerLost {
        /// Issuer.
        host: String,
        /// What happened, beginning with `: `; empty when nothing more is known.
        detail: String,
    },
    /// A verification link that will not be shown or opened.
    #[error("`{host}` sent a sign-in link that is not safe to open: {why}")]
    UnsafeLink {
        /// Who sent it.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// What was pasted is not a code of this login.
    #[error("the pasted text cannot be used: {why}")]
    Paste {
        /// What is wrong.
        why: &'static str,
    },
    /// A callback that no honest issuer sends.
    #[error("the callback was refused: {why}")]
    Callback {
        /// What is wrong.
        why: &'static str,
    },
    /// The key cannot be one.
    #[error("the key cannot be used: {why}")]
    KeyShape {
        /// What is wrong.
        why: &'static str,
    },
    /// The provider says the key is bad.
    #[error("`{host}` refused the key with status {status}: {said}")]
    KeyRejected {
        /// Provider's host.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: String,
    },
    /// No port for the callback could be opened.
    #[error("no callback port could be opened on this machine: {problem}")]
    Listen {
        /// The ports that were tried; empty when any port would do.
        ports: Vec<u16>,
        /// What the system said.
        problem: String,
    },
    /// The attempt has already ended.
    #[error("this login attempt has already ended")]
    Finished,
    /// The attempt's single-use code was sent before.
    #[error("the code of this login has been sent once already, and it cannot be sent again")]
    Spent,
    /// A key of another kind than the login method is for.
    #[error("the key is not one of login method `{method}`; it looks like one of `{fits}`")]
    OtherKind {
        /// The method that was chosen.
        method: String,
        /// The method that such keys are for.
        fits: String,
    },
    /// The attempt cannot take this input.
    #[error("this login attempt does not take {given}")]
    WrongInput {
        /// What was given, in words.
        given: &'static str,
    },
    /// A stored attempt cannot be continued.
    #[error("the stored login attempt cannot be continued: {why}")]
    BadState {
        /// What is wrong.
        why: &'static str,
    },
}

impl OauthError {
    /// Whether the attempt is over. When not, the same attempt takes another input: a better paste, another callback, a later poll.
    pub fn ends_attempt(&self) -> bool {
        match self {
            Self::StateMismatch
            | Self::Paste { .. }
            | Self::Callback { .. }
            | Self::KeyShape { .. }
            | Self::OtherKind { .. }
            | Self::KeyRejected { .. }
            | Self::WrongInput { .. } => false,
            Self::Http { source, .. } => source.sent(),
            _ => true,
        }
    }
}

impl Explain for OauthError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "unsupported_flow",
            Self::Catalog(error) => error.kind(),
            Self::Row { .. } => "bad_catalogue_row",
            Self::Http { kind, .. }
            | Self::Refused { kind, .. }
            | Self::Incomplete { kind, .. }
            | Self::NotJson { kind, .. }
            | Self::Expired { kind } => kind,
            Self::StateMismatch => "state_mismatch",
            Self::Denied { .. } => "authorization_denied",
            Self::Declined { .. } => "authorization_failed",
            Self::RateLimited { .. } => "rate_limited",
            Self::AnswerLost { .. } => "token_exchange_failed",
            Self::UnsafeLink { .. } => "unsafe_link",
            Self::Paste { .. } => "bad_paste",
            Self::Callback { .. } => "bad_callback",
            Self::KeyShape { .. } | Self::OtherKind { .. } => "bad_key",
            Self::KeyRejected { .. } => "key_rejected",
            Self::Listen { .. } => "callback_port_unavailable",
            Self::Finished => "attempt_finished",
            Self::Spent => "attempt_spent",
            Self::WrongInput { .. } => "wrong_input",
            Self::BadState { .. } => "attempt_unreadable",
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::Unsupported { .. }
            | Self::Row { .. }
            | Self::Paste { .. }
            | Self::KeyShape { .. }
            | Self::OtherKind { .. } => ExitKind::Usage,
            Self::Http { source, .. } => source.exit(),
            Self::Catalog(error) => error.exit(),
            Self::AnswerLost { .. } => ExitKind::Network,
            Self::Denied { .. } => ExitKind::Cancelled,
            Self::Expired { .. } => ExitKind::LoginExpired,
            Self::Refused { .. }
            | Self::Declined { .. }
            | Self::Incomplete { .. }
            | Self::NotJson { .. }
            | Self::StateMismatch
            | Self::RateLimited { .. }
            | Self::UnsafeLink { .. }
            | Self::Callback { .. }
            | Self::KeyRejected { .. } => ExitKind::Refused,
            Self::Listen { .. }
            | Self::Finished
            | Self::Spent
            | Self::WrongInput { .. }
            | Self::BadState { .. } => ExitKind::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Catalog(error) => return error.hint(),
            Self::RateLimited {
                wait_s: Some(wait), ..
            } => {
                return Some(format!("Wait {wait} s, then start the login again."));
            }
            Self::Listen { ports, .. } if !ports.is_empty() => {
                let ports = ports
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" and ");
                return Some(format!(
                    "Another program, perhaps another sign-in tool, holds port {ports}; end it, or sign in with `--method paste`."
                ));
            }
            Self::Http { source, .. } => match source.hint() {
                Some(hint) => return Some(hint),
                None => "Try again in a moment.",
            },
            Self::OtherKind { fits, .. } => {
                return Some(format!("Sign in with `--method {fits}`, or take another key."));
            }
            other => other.plain_hint(),
        };
        Some(text.to_owned())
    }
}

impl OauthError {
    fn plain_hint(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => {
                "Choose another login method with `--method`, or remove the method from the overlay catalogue."
            }
            Self::Row { .. } => "Correct the row in the overlay catalogue, or remove it there.",
            Self::StateMismatch => {
                "Start the login again, and approve only the page that this program opened. If you did not expect this, somebody \
                 may have tried to slip you another account."
            }
            Self::Denied { .. } => "Start the login again and approve it, or choose another account.",
            Self::Expired { .. } => "Start the login again and approve it before the countdown ends.",
            Self::RateLimited { .. } => "Wait a few minutes, then start the login again.",
            Self::AnswerLost { .. } => {
                "Start the login again; the code of this attempt cannot be used twice."
            }
            Self::UnsafeLink { .. } => {
                "Nothing was opened. Check for a captive portal or proxy; if it stays so, update this program."
            }
            Self::Paste { .. } => {
                "Copy the whole code, or the whole address of the page you ended on, and paste it again."
            }
            Self::Callback { .. } => {
                "Start the login again, and approve only the page that this program opened."
            }
            Self::KeyShape { .. } => {
                "Copy the key from the provider's console again, with nothing before or after it."
            }
            Self::KeyRejected { .. } => {
                "Check that the key belongs to this provider and region and is not revoked, or store it unchecked with `--no-verify`."
            }
            Self::Listen { .. } => "Sign in with `--method paste`, which needs no port.",
            Self::WrongInput { .. } => {
                "See what the login asks for: a code on a web page, a pasted code, or a key."
            }
            Self::NotJson { .. } | Self::Incomplete { .. } => {
                "Start the login again. If it stays so, check for a captive portal or proxy, or update this program."
            }
            _ => "Start the login again with `hermes auth add`.",
        }
    }
}

#[cfg(test)]
mod tests;
