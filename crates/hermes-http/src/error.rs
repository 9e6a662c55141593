use std::time::Duration;

use hermes_core::{ExitKind, Explain, Origin};

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection came about; nothing was sent.
    #[error("could not connect to `{host}`: {reason}")]
    Connect {
        /// Host that was dialled.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The TLS handshake failed or the trust roots could not be read; nothing was sent.
    #[error("no trusted connection to `{host}`: {reason}")]
    Tls {
        /// Host that was dialled.
        host: String,
        /// What the TLS library said.
        reason: String,
    },
    /// The time ran out.
    #[error("`{host}` did not answer within {} s", after.as_secs())]
    Timeout {
        /// Host that was asked.
        host: String,
        /// The deadline that passed.
        after: Duration,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The connection ended before the answer was complete.
    #[error("`{host}` closed the connection before the answer was complete")]
    Reset {
        /// Host that was asked.
        host: String,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The answer is longer than allowed.
    #[error("the answer of `{host}` is longer than {limit} bytes")]
    TooLarge {
        /// Host that answered.
        host: String,
        /// The limit, bytes.
        limit: usize,
    },
    /// The answer points elsewhere and that is not allowed.
    #[error("`{host}` redirected to `{to}`, which is not allowed for this call")]
    Redirected {
        /// Host that answered.
        host: String,
        /// Scheme and host it named.
        to: String,
    },
    /// The lab map does not name the host; nothing was sent.
    #[error("`{host}` is not named in the lab map, and a lab home reaches no other host")]
    NotInLab {
        /// The host.
        host: String,
    },
    /// The lab map cannot be read.
    #[error("lab map entry `{entry}` is not `host=http://127.0.0.1:PORT` with a loopback address")]
    BadLab {
        /// The entry, shortened.
        entry: String,
    },
    /// The credential may not be sent to this origin; nothing was sent.
    #[error("the credential may not be sent to `{origin}`")]
    Unbound {
        /// Where it was to go.
        origin: Origin,
    },
    /// The address is one that is never dialled; nothing was sent.
    #[error("`{host}` leads to `{address}`, {why}")]
    PrivateAddress {
        /// Host that was to be dialled.
        host: String,
        /// The address it stands for.
        address: String,
        /// Why it is refused.
        why: &'static str,
    },
    /// A header cannot be sent; nothing was sent.
    #[error("header `{name}` holds characters that a header cannot carry, or is longer than 16 KiB")]
    BadHeader {
        /// Its name.
        name: String,
    },
    /// The address cannot be used; nothing was sent.
    #[error("`{url}` is not an address that can be called: {why}")]
    BadUrl {
        /// The address without user info, query and fragment, shortened.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// What came back is not HTTP, or the body to send failed.
    #[error("`{host}` did not speak HTTP as expected: {reason}")]
    Protocol {
        /// Host that was asked.
        host: String,
        /// What the HTTP library said.
        reason: String,
        /// Whether any byte of the request may have left.
        sent: bool,
    },
    /// The proxy setting cannot be used; nothing was sent.
    #[error("the proxy for `{host}` cannot be used: {reason}")]
    Proxy {
        /// Host that was to be reached.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// The file of further trust roots cannot be used.
    #[error("the certificate file `{path}` cannot be used: {reason}")]
    Ca {
        /// Path of the file.
        path: String,
        /// What is wrong.
        reason: String,
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

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Connect { .. } | Self::Reset { .. } | Self::Timeout { .. } => {
                "Check the network connection, and `HTTPS_PROXY` if a proxy is needed here; then try again."
            }
            Self::Tls { .. } => {
                "Something between here and the provider may replace its certificate. If that is a company proxy, name \
                 its root certificate in `SSL_CERT_FILE`; also check the machine's clock."
            }
            Self::TooLarge { .. } | Self::Protocol { .. } => {
                "Something other than the provider may have answered; check for a captive portal or proxy."
            }
            Self::Redirected { .. } => {
                "The provider may have moved; update this program, or check for a captive portal or proxy."
            }
            Self::NotInLab { .. } => "Add the host to `HERMES_LAB_HOSTS`, or use a normal home.",
            Self::BadLab { .. } => "Write `HERMES_LAB_HOSTS=\"api.example.com=http://127.0.0.1:9001,...\"`.",
            Self::Unbound { .. } => {
                "The address in force differs from the one the login was made for; sign in again for the new address."
            }
            Self::PrivateAddress { .. } => {
                "Use a public address; for a server in your own network set `allow_private` for it, for one on this \
                 machine write `localhost` or `127.0.0.1`."
            }
            Self::BadHeader { .. } => "Check that key and label are plain text without line breaks.",
            Self::BadUrl { .. } => "Use an `https://` address; `http://` is for this machine only.",
            Self::Proxy { .. } => "Check `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.",
            Self::Ca { .. } => "Check `SSL_CERT_FILE`; it must be a readable PEM file.",
        };
        Some(text.to_owned())
    }
}

/// Cuts foreign text to 200 characters and makes control characters visible.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
