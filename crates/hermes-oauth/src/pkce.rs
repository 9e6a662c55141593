//! Proof Key for Code Exchange (RFC 7636), method S256 only, and the random values of a login.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Random, Secret};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// 32 random bytes as 43 characters of base64url: a verifier, a state, a path segment.
pub(crate) fn random_text(random: &dyn Random) -> Secret {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut());
    Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

/// `base64url(SHA-256(verifier))` without padding: the S256 challenge, and the form in which a state is remembered.
pub(crate) fn s256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// Whether `given` is the text whose [`s256`] was remembered, in a time that does not depend on where they differ.
pub(crate) fn matches_hash(given: &str, remembered: &str) -> bool {
    same(&s256(given), remembered)
}

/// Constant-time comparison of two texts; only their lengths show.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests;
