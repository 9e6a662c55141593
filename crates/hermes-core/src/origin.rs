use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Secret;

/// Scheme, host and port: where a request may go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// An origin; scheme and host are compared in lower case.
    pub fn new(scheme: &str, host: &str, port: u16) -> Self {
        Self {
            scheme: scheme.to_ascii_lowercase(),
            host: host.to_ascii_lowercase(),
            port,
        }
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Host name, or IP literal (IPv6 in brackets).
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.scheme.as_str(), self.port) {
            ("https", 443) | ("http", 80) => write!(f, "{}://{}", self.scheme, self.host),
            _ => write!(f, "{}://{}:{}", self.scheme, self.host, self.port),
        }
    }
}

/// A secret with the only origins it may be sent to. The HTTP client takes no other form of a secret for a header.
#[derive(Clone, Debug)]
pub struct Bound {
    secret: Secret,
    origins: Vec<Origin>,
}

impl Bound {
    /// Binds a secret.
    pub fn new(secret: Secret, origins: impl IntoIterator<Item = Origin>) -> Self {
        Self {
            secret,
            origins: origins.into_iter().collect(),
        }
    }

    /// The secret, if it may be sent there.
    pub fn for_origin(&self, origin: &Origin) -> Option<&Secret> {
        self.origins.contains(origin).then_some(&self.secret)
    }

    /// Where it may go.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }
}
