//! Proofs of reasoning in Gemini's `thoughtSignature`.
//!
//! The field holds bytes, in JSON as base64: the official SDKs refuse anything else, and send it back in the alphabet of URLs
//! (google-genai 3.4). What is wrapped is therefore written in base64 once more.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::proof::{Proof, ProofKind};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Reads the signature of a part.
pub(super) fn read(signature: &str) -> Proof {
    let plain = signature.replace('-', "+").replace('_', "/");
    let inner = GeneralPurpose::new(&alphabet::STANDARD, LENIENT)
        .decode(plain)
        .ok();
    let inner = inner.and_then(|bytes| String::from_utf8(bytes).ok());
    let wrapped = inner.map(|text| Proof::read(&text, ProofKind::Thought));
    match wrapped.filter(|proof| proof.issuer.is_some()) {
        Some(proof) => proof,
        None => Proof::read(signature, ProofKind::Thought),
    }
}

/// The signature of a part for a client.
pub(super) fn written(proof: &Proof) -> String {
    match proof.issuer {
        Some(_) => STANDARD.encode(proof.wrapped()),
        // What came bare goes back as it came.
        None => proof.data.clone(),
    }
}
