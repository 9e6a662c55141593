use hermes_catalog::Quirks;
use hermes_core::Protocol;

use crate::proof::Issuer;

/// Where a translated request goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The upstream's protocol.
    pub protocol: Protocol,
    /// The model as it goes upstream.
    pub model: String,
    /// The provider's name for people.
    pub name: String,
    /// Whose proofs it can read.
    pub issuer: Issuer,
    /// What it does otherwise than its protocol says, for this model.
    pub quirks: Quirks,
}
