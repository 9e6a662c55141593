//! Claims of a JSON Web Token, read as hints. Nothing is verified here and nothing may be trusted because of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Longest payload that is looked at, bytes of base64.
const LONGEST: usize = 64 * 1024;

/// The claims, if the text has the three parts of a signed token and the middle one is a JSON object.
pub(crate) fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || payload.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice::<Value>(&bytes)
        .ok()
        .filter(Value::is_object)
}

/// The `exp` claim as it stands.
pub(crate) fn expiry_claim(token: &str) -> Option<Value> {
    claims(token)?.get("exp").cloned()
}
