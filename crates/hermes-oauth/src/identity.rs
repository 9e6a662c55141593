//! Which account a token belongs to, as far as the answer and the tokens' claims say.

use hermes_catalog::{IdentityRule, path_segments};
use hermes_core::{Account, Identity};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{jwt, printable};

/// Longest name or id that is kept, characters.
const LONGEST: usize = 256;

/// The places where an identity rule looks.
pub(crate) struct Facts<'a> {
    answer: &'a Value,
    access: Option<Value>,
    id: Option<Value>,
}

impl<'a> Facts<'a> {
    /// The answer, the access token's claims and the id token's.
    pub(crate) fn new(answer: &'a Value, access_token: &str) -> Self {
        let id = answer
            .get("id_token")
            .and_then(Value::as_str)
            .and_then(jwt::claims);
        Self {
            answer,
            access: jwt::claims(access_token),
            id,
        }
    }

    /// The value at a dotted path; `access.` and `id.` read claims.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        if let Some(rest) = path.strip_prefix("access.") {
            return dig(self.access.as_ref()?, rest);
        }
        if let Some(rest) = path.strip_prefix("id.") {
            return dig(self.id.as_ref()?, rest);
        }
        dig(self.answer, path)
    }

    /// The first path that leads to a text or number.
    fn first(&self, paths: &[String]) -> Option<String> {
        paths.iter().find_map(|path| match self.at(path)? {
            Value::String(text) if !text.trim().is_empty() => Some(printable(text, LONGEST)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// The identity; the fingerprint of `secret` stands in where the rule finds no subject.
    pub(crate) fn identity(&self, rule: &IdentityRule, issuer: &str, secret: &str) -> Identity {
        Identity {
            issuer: issuer.to_owned(),
            subject: self.first(&rule.subject).unwrap_or_else(|| fingerprint(secret)),
            organisation: self.first(&rule.organisation),
        }
    }

    /// What to show people about the account.
    pub(crate) fn account(&self, rule: &IdentityRule) -> Account {
        Account {
            display: self.first(&rule.display),
            plan: self.first(&rule.plan),
        }
    }

    /// The fields to keep with the credential.
    pub(crate) fn kept(&self, rule: &IdentityRule) -> Map<String, Value> {
        let found = |(name, path): (&String, &String)| Some((name.clone(), self.at(path)?.clone()));
        rule.keep
            .iter()
            .filter_map(found)
            .filter(|(_, value)| !value.is_null())
            .collect()
    }
}

/// Follows a dotted path; a name in double quotes may hold dots.
pub(crate) fn dig<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path_segments(path)?
        .into_iter()
        .try_fold(value, |value, name| value.as_object()?.get(name))
}

/// The SHA-256 of a secret, as a subject for issuers that name none.
pub(crate) fn fingerprint(secret: &str) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(secret.as_bytes());
    digest.iter().fold("sha256:".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
