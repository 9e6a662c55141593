use hermes_core::{ExitKind, Explain};
use hermes_pool::StoreError;

use crate::tls::TlsError;

/// Why the gateway could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The listening socket failed.
    #[error("the listening socket cannot be used: {0}")]
    Listen(#[source] std::io::Error),
    /// The client keys could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The certificate cannot be used.
    #[error(transparent)]
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

    fn hint(&self) -> Option<String> {
        match self {
            Self::Listen(_) => Some("Choose another address with `--listen`.".to_owned()),
            Self::Store(error) => error.hint(),
            Self::Tls(error) => error.hint(),
        }
    }
}
