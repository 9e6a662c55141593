use hermes_core::{ExitKind, Explain, Lang, display_in_english};
use hermes_pool::StoreError;
use hermes_text::errors::gateway as text;

use crate::tls::TlsError;

/// Why the gateway could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The listening socket failed.
    Listen(#[source] std::io::Error),
    /// The client keys could not be read or written.
    Store(#[from] StoreError),
    /// The certificate cannot be used.
    Tls(#[from] TlsError),
}

impl Explain for GatewayError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Listen(_) => "listen_failed",
            Self::Store(error) => error.kind(),
            Self::Tls(error) => error.kind(),
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::Listen(_) => ExitKind::Failure,
            Self::Store(error) => error.exit(),
            Self::Tls(error) => error.exit(),
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::Listen(error) => text::listen(lang, error),
            Self::Store(error) => error.message(lang),
            Self::Tls(error) => error.message(lang),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            Self::Listen(_) => Some(text::listen_next(lang).to_owned()),
            Self::Store(error) => error.hint(lang),
            Self::Tls(error) => error.hint(lang),
        }
    }
}

display_in_english!(GatewayError);

#[cfg(test)]
mod tests;
