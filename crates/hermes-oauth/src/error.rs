use hermes_catalog::CatalogError;
use hermes_core::{ExitKind, Explain, ProviderId, display_in_english};
use hermes_http::HttpError;
use hermes_text::errors::{and, oauth as text, with_cause};
use hermes_text::{Both, Lang, Word};

/// Why a login did not come about. Remote text inside is already shortened and printable.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// The row names a login this program has no engine for; nothing was sent.
    Unsupported {
        /// Provider.
        provider: ProviderId,
        /// The flow's name in the row.
        flow: String,
    },
    /// The catalogue has no such login method or region, or a URL of the row cannot be used.
    Catalog(#[from] CatalogError),
    /// The row cannot be used for this login.
    Row {
        /// What is wrong.
        problem: Both,
    },
    /// The issuer was not reached, cut the connection, or led elsewhere.
    Http {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: Word,
        /// What happened.
        source: HttpError,
    },
    /// The issuer answered with an error.
    Refused {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: Word,
        /// Who answered.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: Both,
    },
    /// The answer lacks a field, or the field cannot be used.
    Incomplete {
        /// Stable name.
        kind: &'static str,
        /// Who answered.
        host: String,
        /// The field.
        field: String,
        /// What else the answer said.
        said: Option<Both>,
    },
    /// The answer is not what the protocol says, for example a web page.
    NotJson {
        /// Stable name.
        kind: &'static str,
        /// What was being done, in words.
        step: Word,
        /// Who answered.
        host: String,
        /// HTTP status.
        status: u16,
        /// The beginning of what it sent.
        said: Both,
    },
    /// The answer belongs to another login.
    StateMismatch,
    /// The person, or the provider for them, said no.
    Denied {
        /// Issuer.
        host: String,
    },
    /// The sign-in page ended with an error.
    Declined {
        /// Issuer.
        host: String,
        /// What it said.
        said: Both,
    },
    /// Nobody approved in time.
    Expired {
        /// Stable name.
        kind: &'static str,
    },
    /// The issuer limits how often a login may be started or finished.
    RateLimited {
        /// Issuer.
        host: String,
        /// What it asks to wait, seconds.
        wait_s: Option<u64>,
    },
    /// A single-use code was sent and no answer came back, so the code must be taken as spent.
    AnswerLost {
        /// Issuer.
        host: String,
        /// What happened, as far as more is known.
        detail: Option<Both>,
    },
    /// A verification link that will not be shown or opened.
    UnsafeLink {
        /// Who sent it.
        host: String,
        /// What is wrong.
        why: Both,
    },
    /// What was pasted is not a code of this login.
    Paste {
        /// What is wrong.
        why: Word,
    },
    /// A callback that no honest issuer sends.
    Callback {
        /// What is wrong.
        why: Word,
    },
    /// The key cannot be one.
    KeyShape {
        /// What is wrong.
        why: Word,
    },
    /// The provider says the key is bad.
    KeyRejected {
        /// Provider's host.
        host: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        said: Both,
    },
    /// No port for the callback could be opened.
    Listen {
        /// The ports that were tried; empty when any port would do.
        ports: Vec<u16>,
        /// What the system said.
        problem: Both,
    },
    /// The attempt has already ended.
    Finished,
    /// The attempt's single-use code was sent before.
    Spent,
    /// A key of another kind than the login method is for.
    OtherKind {
        /// The method that was chosen.
        method: String,
        /// The method that such keys are for.
        fits: String,
    },
    /// The attempt cannot take this input.
    WrongInput {
        /// What was given, in words.
        given: Word,
    },
    /// A stored attempt cannot be continued.
    BadState {
        /// What is wrong.
        why: Word,
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

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::Unsupported { provider, flow } => text::unsupported(lang, flow, provider),
            Self::Catalog(error) => error.message(lang),
            Self::Row { problem } => text::row(lang, problem.get(lang)),
            Self::Http { step, source, .. } => text::http(lang, step(lang), &source.message(lang)),
            Self::Refused {
                step,
                host,
                status,
                said,
                ..
            } => text::refused(lang, step(lang), host, *status, said.get(lang)),
            Self::Incomplete {
                host, field, said, ..
            } => also(lang, text::incomplete(lang, host, field), said.as_ref()),
            Self::NotJson {
                step,
                host,
                status,
                said,
                ..
            } => text::not_json(lang, host, step(lang), *status, said.get(lang)),
            Self::Denied { host } => text::denied(lang, host),
            Self::Declined { host, said } => text::declined(lang, host, said.get(lang)),
            Self::RateLimited { host, .. } => text::rate_limited(lang, host),
            Self::AnswerLost { host, detail } => also(lang, text::answer_lost(lang, host), detail.as_ref()),
            Self::UnsafeLink { host, why } => text::unsafe_link(lang, host, why.get(lang)),
            Self::Paste { why } => text::paste(lang, why(lang)),
            Self::Callback { why } => text::callback(lang, why(lang)),
            Self::KeyShape { why } => text::key_shape(lang, why(lang)),
            Self::KeyRejected { host, status, said } => {
                text::key_rejected(lang, host, *status, said.get(lang))
            }
            Self::Listen { problem, .. } => text::listen(lang, problem.get(lang)),
            Self::OtherKind { method, fits } => text::other_kind(lang, method, fits),
            Self::WrongInput { given } => text::wrong_input(lang, given(lang)),
            Self::BadState { why } => text::bad_state(lang, why(lang)),
            Self::StateMismatch => text::state_mismatch(lang).to_owned(),
            Self::Expired { .. } => text::expired(lang).to_owned(),
            Self::Finished => text::finished(lang).to_owned(),
            Self::Spent => text::spent(lang).to_owned(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match self {
            Self::Catalog(error) => return error.hint(lang),
            Self::RateLimited {
                wait_s: Some(wait), ..
            } => text::rate_limited_until_next(lang, *wait),
            Self::Listen { ports, .. } if !ports.is_empty() => {
                let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
                text::listen_ports_next(lang, &ports.join(and(lang)))
            }
            Self::Http { source, .. } => match source.hint(lang) {
                Some(hint) => hint,
                None => text::moment_next(lang).to_owned(),
            },
            Self::OtherKind { fits, .. } => text::other_kind_next(lang, fits),
            other => other.plain_hint()(lang).to_owned(),
        })
    }
}

display_in_english!(OauthError);

/// A message with what else is known.
fn also(lang: Lang, message: String, more: Option<&Both>) -> String {
    match more {
        Some(more) => with_cause(lang, &message, more.get(lang)),
        None => message,
    }
}

impl OauthError {
    fn plain_hint(&self) -> Word {
        match self {
            Self::Unsupported { .. } => text::unsupported_next,
            Self::Row { .. } => text::row_next,
            Self::StateMismatch => text::state_mismatch_next,
            Self::Denied { .. } => text::denied_next,
            Self::Expired { .. } => text::expired_next,
            Self::RateLimited { .. } => text::rate_limited_next,
            Self::AnswerLost { .. } => text::answer_lost_next,
            Self::UnsafeLink { .. } => text::unsafe_link_next,
            Self::Paste { .. } => text::paste_next,
            Self::Callback { .. } => text::callback_next,
            Self::KeyShape { .. } => text::key_shape_next,
            Self::KeyRejected { .. } => text::key_rejected_next,
            Self::Listen { .. } => text::listen_next,
            Self::WrongInput { .. } => text::wrong_input_next,
            Self::NotJson { .. } | Self::Incomplete { .. } => text::not_json_next,
            _ => text::start_again_next,
        }
    }
}

#[cfg(test)]
mod tests;
