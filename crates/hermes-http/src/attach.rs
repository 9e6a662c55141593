use hermes_core::{Bound, Origin, Secret};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::HttpError;

/// Longest secret that is sent, bytes.
const LONGEST_SECRET: usize = 16 * 1024;

/// How a credential appears on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachStyle {
    /// `Authorization: Bearer <secret>`.
    Bearer,
    /// This header with the bare secret.
    Header(HeaderName),
}

/// A credential for a request: the secret with the origins it may reach, and how it is attached.
#[derive(Clone, Debug)]
pub struct Attach {
    /// The secret and its origins.
    pub secret: Bound,
    /// How it is attached.
    pub style: AttachStyle,
}

impl Attach {
    /// A bearer token.
    pub fn bearer(secret: Bound) -> Self {
        Self {
            secret,
            style: AttachStyle::Bearer,
        }
    }

    /// A secret in a header of its own.
    pub fn header(name: HeaderName, secret: Bound) -> Self {
        Self {
            secret,
            style: AttachStyle::Header(name),
        }
    }

    /// Whether the secret may be sent to this origin.
    pub(crate) fn reaches(&self, origin: &Origin) -> bool {
        self.secret.for_origin(origin).is_some()
    }

    /// The secret, not to be sent.
    pub(crate) fn any(&self) -> Option<&Secret> {
        self.secret
            .origins()
            .first()
            .and_then(|origin| self.secret.for_origin(origin))
    }

    /// The secret for this origin.
    pub(crate) fn open(&self, origin: &Origin) -> Result<&Secret, HttpError> {
        self.secret.for_origin(origin).ok_or_else(|| HttpError::Unbound {
            origin: origin.clone(),
        })
    }

    /// Puts the header in place of any that the request carries, if the origin is one the secret is bound to.
    pub(crate) fn put(&self, origin: &Origin, headers: &mut HeaderMap) -> Result<(), HttpError> {
        let secret = self.open(origin)?.expose();
        let name = match &self.style {
            AttachStyle::Bearer => AUTHORIZATION,
            AttachStyle::Header(name) => name.clone(),
        };
        if !is_plain(secret) {
            return Err(HttpError::BadHeader {
                name: name.to_string(),
            });
        }
        let value = match &self.style {
            AttachStyle::Bearer => HeaderValue::from_str(&Zeroizing::new(["Bearer ", secret].concat())),
            AttachStyle::Header(_) => HeaderValue::from_str(secret),
        };
        let mut value = value.expect("visible ASCII is a header value");
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    }
}

/// Whether a secret is visible ASCII with at most inner spaces, so that it can never become two headers.
fn is_plain(secret: &str) -> bool {
    let visible = secret.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    visible && !secret.is_empty() && secret.len() <= LONGEST_SECRET && secret.trim().len() == secret.len()
}

#[cfg(test)]
mod tests;
