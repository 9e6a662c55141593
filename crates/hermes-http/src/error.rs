use std::fmt::Display;
use std::time::Duration;

use hermes_core::{ExitKind, Explain, Origin, display_in_english};
use hermes_text::errors::http as text;
use hermes_text::{Both, Lang, Word};

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection came about; nothing was sent.
    Connect {
        /// Host that was dialled.
        host: String,
        /// What the system said.
        reason: Both,
    },
    /// The TLS handshake failed or the trust roots could not be read; nothing was sent.
    Tls {
        /// Host that was dialled; none when it is not about one.
        host: Option<String>,
        /// What the TLS library said.
        reason: Both,
    },
    /// The time ran out.
    Timeout {
        /// Host that was asked.
        host: String,
        /// The deadline that passed.
        after: Duration,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The connection ended before the answer was complete.
    Reset {
        /// Host that was asked.
        host: String,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The answer is longer than allowed.
    TooLarge {
        /// Host that answered.
        host: String,
        /// The limit, bytes.
        limit: usize,
    },
    /// The answer points elsewhere and that is not allowed.
    Redirected {
        /// Host that answered.
        host: String,
        /// Scheme and host it named.
        to: String,
    },
    /// The lab map does not name the host; nothing was sent.
    NotInLab {
        /// The host.
        host: String,
    },
    /// The lab map cannot be read.
    BadLab {
        /// The entry, shortened.
        entry: String,
    },
    /// The credential may not be sent to this origin; nothing was sent.
    Unbound {
        /// Where it was to go.
        origin: Origin,
    },
    /// The address is one that is never dialled; nothing was sent.
    PrivateAddress {
        /// Host that was to be dialled.
        host: String,
        /// The address it stands for.
        address: String,
        /// Why it is refused.
        why: Word,
    },
    /// A header cannot be sent; nothing was sent.
    BadHeader {
        /// Its name.
        name: String,
    },
    /// The address cannot be used; nothing was sent.
    BadUrl {
        /// The address without user info, query and fragment, shortened.
        url: String,
        /// What is wrong.
        why: Word,
    },
    /// What came back is not HTTP, or the body to send failed.
    Protocol {
        /// Host that was asked.
        host: String,
        /// What the HTTP library said.
        reason: String,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The proxy setting cannot be used; nothing was sent.
    Proxy {
        /// Host that was to be reached.
        host: String,
        /// What is wrong.
        reason: Both,
    },
    /// The file of further trust roots cannot be used.
    Ca {
        /// Path of the file.
        path: String,
        /// What is wrong.
        reason: Both,
    },
}

impl HttpError {
    /// Whether any byte of the request may have reached the other side; if not, trying elsewhere repeats nothing.
    pub fn sent(&self) -> bool {
        match self {
            Self::Timeout { sent, .. } | Self::Reset { sent, .. } | Self::Protocol { sent, .. } => *sent,
            Self::TooLarge { .. } | Self::Redirected { .. } => true,
            _ => false,
        }
    }
}

impl Explain for HttpError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect_failed",
            Self::Tls { .. } => "tls_failed",
            Self::Timeout { .. } => "timeout",
            Self::Reset { .. } => "connection_reset",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Redirected { .. } => "redirect_refused",
            Self::NotInLab { .. } => "not_in_lab",
            Self::BadLab { .. } => "bad_lab_map",
            Self::Unbound { .. } => "origin_not_bound",
            Self::PrivateAddress { .. } => "address_refused",
            Self::BadHeader { .. } => "bad_header",
            Self::BadUrl { .. } => "bad_url",
            Self::Protocol { .. } => "protocol_error",
            Self::Proxy { .. } => "proxy_failed",
            Self::Ca { .. } => "bad_certificate_file",
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::BadLab { .. } | Self::BadHeader { .. } | Self::BadUrl { .. } | Self::Ca { .. } => {
                ExitKind::Usage
            }
            Self::Redirected { .. } => ExitKind::Refused,
            Self::Unbound { .. } => ExitKind::Failure,
            _ => ExitKind::Network,
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::Connect { host, reason } => text::connect(lang, host, reason.get(lang)),
            Self::Tls {
                host: Some(host),
                reason,
            } => text::tls(lang, host, reason.get(lang)),
            Self::Tls { host: None, reason } => text::tls_anywhere(lang, reason.get(lang)),
            Self::Timeout { host, after, .. } => text::timeout(lang, host, after.as_secs()),
            Self::Reset { host, .. } => text::reset(lang, host),
            Self::TooLarge { host, limit } => text::too_large(lang, host, *limit),
            Self::Redirected { host, to } => text::redirected(lang, host, to),
            Self::NotInLab { host } => text::not_in_lab(lang, host),
            Self::BadLab { entry } => text::bad_lab(lang, entry),
            Self::Unbound { origin } => text::unbound(lang, origin),
            Self::PrivateAddress { host, address, why } => {
                text::refused_address(lang, host, address, why(lang))
            }
            Self::BadHeader { name } => text::bad_header(lang, name),
            Self::BadUrl { url, why } => text::bad_url(lang, url, why(lang)),
            Self::Protocol { host, reason, .. } => text::protocol(lang, host, reason),
            Self::Proxy { host, reason } => text::proxy(lang, host, reason.get(lang)),
            Self::Ca { path, reason } => text::ca(lang, path, reason.get(lang)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint: Word = match self {
            Self::Connect { .. } | Self::Reset { .. } | Self::Timeout { .. } => text::connect_next,
            Self::Tls { .. } => text::tls_next,
            Self::TooLarge { .. } | Self::Protocol { .. } => text::protocol_next,
            Self::Redirected { .. } => text::redirected_next,
            Self::NotInLab { .. } => text::not_in_lab_next,
            Self::BadLab { .. } => text::bad_lab_next,
            Self::Unbound { .. } => text::unbound_next,
            Self::PrivateAddress { .. } => text::refused_address_next,
            Self::BadHeader { .. } => text::bad_header_next,
            Self::BadUrl { .. } => text::bad_url_next,
            Self::Proxy { .. } => text::proxy_next,
            Self::Ca { .. } => text::ca_next,
        };
        Some(hint(lang).to_owned())
    }
}

display_in_english!(HttpError);

/// Cuts foreign text to 200 characters and makes control characters visible.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// What the system or a library says, printable.
pub(crate) fn foreign(reason: &dyn Display) -> Both {
    Both::same(printable(&reason.to_string()))
}

#[cfg(test)]
mod tests;
