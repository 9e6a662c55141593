//! `reasoning_details`: thoughts with their proofs, as OpenRouter and others send them and want them back.

use serde_json::{Map, Value};

use crate::proof::ProofKind;
use crate::read;

/// Thoughts with Anthropic's signatures; what a detail without a format is.
const ANTHROPIC: &str = "anthropic-claude-v1";
/// Thoughts with Gemini's signatures.
const GEMINI: &str = "google-gemini-v1";
/// Encrypted thoughts of Responses.
const RESPONSES: &str = "openai-responses-v1";

/// One entry of `reasoning_details`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Detail<'a> {
    /// Tells it from others; all parts of one thought share it.
    pub(super) index: Option<u64>,
    /// Thoughts, or a summary of them.
    pub(super) text: &'a str,
    /// What it is proved with.
    pub(super) proof: Option<(ProofKind, &'a str)>,
}

/// Reads an entry.
pub(super) fn read(entry: &Value) -> Detail<'_> {
    let format = read::text(entry, "format").unwrap_or_default();
    let text = read::said(entry, "text").or_else(|| read::said(entry, "summary"));
    let sealed = read::said(entry, "data").map(|data| (sealed(format), data));
    let signed = read::said(entry, "signature").map(|data| (signed(format), data));
    Detail {
        index: read::whole(entry, "index"),
        text: text.unwrap_or_default(),
        proof: sealed.or(signed),
    }
}

/// What `data` is: thoughts without a text.
fn sealed(format: &str) -> ProofKind {
    match format {
        ANTHROPIC => ProofKind::Redacted,
        GEMINI => ProofKind::Thought,
        _ => ProofKind::Encrypted,
    }
}

/// What `signature` is.
fn signed(format: &str) -> ProofKind {
    match format {
        GEMINI => ProofKind::Thought,
        _ => ProofKind::Signature,
    }
}

/// The entries for one thought. `proof` holds the data as the reader is to get it; `format` is what the upstream wants to be told of
/// encrypted thoughts where that is not the usual one.
pub(super) fn write(
    index: u64,
    text: &str,
    proof: Option<(ProofKind, &str)>,
    format: Option<&str>,
) -> Vec<Value> {
    let signature = proof.filter(|(kind, _)| matches!(kind, ProofKind::Signature | ProofKind::Thought));
    let mut entries = Vec::new();
    if !text.is_empty() || signature.is_some() {
        let mut entry = entry("reasoning.text", index);
        entry.insert("text".to_owned(), text.into());
        if let Some((kind, data)) = signature {
            let format = if kind == ProofKind::Thought {
                GEMINI
            } else {
                ANTHROPIC
            };
            entry.insert("signature".to_owned(), data.into());
            entry.insert("format".to_owned(), format.into());
        }
        entries.push(entry.into());
    }
    match proof {
        Some((ProofKind::Redacted, data)) => entries.push(encrypted(index, data, ANTHROPIC)),
        Some((ProofKind::Encrypted, data)) => {
            entries.push(encrypted(index, data, format.unwrap_or(RESPONSES)));
        }
        _ => {}
    }
    entries
}

/// The entry for Gemini's signature of a call.
pub(super) fn write_of_call(index: u64, data: &str) -> Value {
    encrypted(index, data, GEMINI)
}

fn encrypted(index: u64, data: &str, format: &str) -> Value {
    let mut entry = entry("reasoning.encrypted", index);
    entry.insert("data".to_owned(), data.into());
    entry.insert("format".to_owned(), format.into());
    entry.into()
}

fn entry(kind: &str, index: u64) -> Map<String, Value> {
    Map::from_iter([
        ("type".to_owned(), kind.into()),
        ("index".to_owned(), index.into()),
    ])
}

/// Gemini's thought signature on a call or a message, in the form of its compatible API (ai.google.dev/gemini-api/docs/openai).
pub(super) fn thought_signature(value: &Value) -> Option<&str> {
    let signature = value
        .get("extra_content")?
        .get("google")?
        .get("thought_signature")?;
    signature.as_str().filter(|text| !text.is_empty())
}

/// The same, written.
pub(super) fn with_thought_signature(data: &str) -> Value {
    serde_json::json!({"google": {"thought_signature": data}})
}

#[cfg(test)]
mod tests;
