//! Proofs of reasoning: opaque values that only their issuer can read, and that are worthless or harmful anywhere else.
//!
//! Toward a client of another protocol a proof is wrapped with the name of its issuer. On its way back it is unwrapped only when the
//! request goes to that issuer again; toward anybody else it is left out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How a wrapped proof begins.
const MARK: &str = "hz1.";

/// Who minted a proof: the family of an upstream, such as `anthropic`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issuer(String);

/// What a proof is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProofKind {
    /// The signature of a text of thoughts (Anthropic, OpenRouter).
    Signature,
    /// Thoughts without a text (Anthropic's redacted thinking).
    Redacted,
    /// Encrypted thoughts (Responses).
    Encrypted,
    /// Gemini's thought signature; it belongs to the part after it.
    Thought,
}

/// A proof.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Proof {
    /// Who minted it; none when it came unwrapped, and so from whoever the client talked to before.
    pub issuer: Option<Issuer>,
    /// What it is.
    pub kind: ProofKind,
    /// Exactly as it was minted.
    pub data: String,
}

impl Issuer {
    /// An issuer by its name: letters, digits and `-`.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ProofKind {
    const ALL: [Self; 4] = [Self::Signature, Self::Redacted, Self::Encrypted, Self::Thought];

    fn word(self) -> &'static str {
        match self {
            Self::Signature => "sig",
            Self::Redacted => "redacted",
            Self::Encrypted => "enc",
            Self::Thought => "gem",
        }
    }
}

impl Proof {
    /// A proof as an upstream minted it.
    pub fn minted(issuer: &Issuer, kind: ProofKind, data: impl Into<String>) -> Self {
        Self {
            issuer: Some(issuer.clone()),
            kind,
            data: data.into(),
        }
    }

    /// Reads what a client sends back: a wrapped proof, or a bare one, which is then taken for what its place says.
    pub fn read(text: &str, bare: ProofKind) -> Self {
        unwrap(text).unwrap_or_else(|| Self {
            issuer: None,
            kind: bare,
            data: text.to_owned(),
        })
    }

    /// As a client of another protocol keeps it. A proof of nobody stays bare.
    pub fn wrapped(&self) -> String {
        match &self.issuer {
            Some(issuer) => {
                let mut wrapped = format!("{MARK}{}.{}.", issuer.0, self.kind.word());
                URL_SAFE_NO_PAD.encode_string(&self.data, &mut wrapped);
                wrapped
            }
            None => self.data.clone(),
        }
    }

    /// The value for an upstream, when it is the one that minted it and the place is for this kind.
    pub fn for_issuer(&self, issuer: &Issuer, kind: ProofKind) -> Option<&str> {
        (self.issuer.as_ref() == Some(issuer) && self.kind == kind).then_some(self.data.as_str())
    }

    /// Whether a body holds a wrapped proof somewhere, so that it may not go anywhere as it is. Gemini's are in base64 once more.
    pub fn is_in(body: &[u8]) -> bool {
        [&b"\"hz1."[..], b"\"aHoxL"]
            .iter()
            .any(|mark| memchr::memmem::find(body, mark).is_some())
    }
}

fn unwrap(text: &str) -> Option<Proof> {
    let mut parts = text.strip_prefix(MARK)?.splitn(3, '.');
    let (issuer, word, data) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = ProofKind::ALL.into_iter().find(|kind| kind.word() == word)?;
    let data = URL_SAFE_NO_PAD.decode(data).ok()?;
    Some(Proof {
        issuer: Some(Issuer::new(issuer)),
        kind,
        data: String::from_utf8(data).ok()?,
    })
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Proof({:?}, {:?}, {} bytes)",
            self.issuer,
            self.kind,
            self.data.len()
        )
    }
}

#[cfg(test)]
mod tests;
