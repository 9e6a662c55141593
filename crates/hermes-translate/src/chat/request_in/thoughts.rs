//! Thoughts of earlier turns, in every place where upstreams put them.

use serde_json::Value;

use crate::chat::details;
use crate::prompt::{Part, PartKind};
use crate::proof::{Proof, ProofKind};
use crate::read::{self, path};

/// Fields with thoughts of an assistant's message.
pub(super) const FIELDS: [&str; 3] = ["reasoning_content", "reasoning", "reasoning_details"];

/// The text of a part `{"type": "thinking", "thinking": [{"type": "text", "text"}]}` (Mistral).
pub(super) fn of_content(value: &Value) -> String {
    match value.get("thinking") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| read::text(part, "text")).collect(),
        _ => String::new(),
    }
}

/// The thoughts of a message. The text in one field repeats that of the details.
pub(super) fn read(message: &Value, at: &str) -> Vec<Part> {
    let mut parts = of_details(message, at);
    let told = parts
        .iter()
        .any(|part| matches!(&part.kind, PartKind::Thinking { text, .. } if !text.is_empty()));
    let field = ["reasoning_content", "reasoning"]
        .into_iter()
        .find_map(|name| Some((name, read::said(message, name)?)));
    if let Some((name, said)) = field
        && !told
    {
        match parts.first_mut().map(|part| &mut part.kind) {
            // The proof of the text, which the details leave out.
            Some(PartKind::Thinking {
                text,
                proof: Some(proof),
            }) if matches!(proof.kind, ProofKind::Signature | ProofKind::Encrypted) => {
                said.clone_into(text);
            }
            _ => parts.insert(0, thinking(said, None, path(at, name))),
        }
    }
    parts
}

fn of_details(message: &Value, at: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut last = None;
    for (number, entry) in read::list(message, "reasoning_details").iter().enumerate() {
        let detail = details::read(entry);
        let proof = detail.proof.map(|(kind, data)| Proof::read(data, kind));
        if proof.as_ref().is_some_and(|one| one.kind == ProofKind::Encrypted)
            && detail.text.is_empty()
            && detail.index.is_some()
            && last == detail.index
            && let Some(Part {
                kind: PartKind::Thinking { proof: empty, .. },
                ..
            }) = parts.last_mut()
            && empty.is_none()
        {
            *empty = proof;
            continue;
        }
        last = detail.index;
        if !detail.text.is_empty() || proof.is_some() {
            let at = format!("{at}.reasoning_details[{number}]");
            parts.push(thinking(detail.text, proof, at));
        }
    }
    parts
}

fn thinking(text: &str, proof: Option<Proof>, at: String) -> Part {
    let text = text.to_owned();
    Part::new(PartKind::Thinking { text, proof }, at)
}

/// Gemini's signature of a call, which stands before it.
pub(super) fn of_call(call: &Value, at: &str) -> Option<Part> {
    let signature = details::thought_signature(call)?;
    let proof = Proof::read(signature, ProofKind::Thought);
    Some(thinking("", Some(proof), path(at, "extra_content")))
}
