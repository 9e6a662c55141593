//! Parts of a content.

use serde_json::Value;

use crate::gemini::json::{entry, flag, get, members, others, said, text};
use crate::gemini::proofs;
use crate::prompt::{Media, Other, Part, PartKind, Source, ToolCall, ToolResult};
use crate::proof::{Proof, ProofKind};
use crate::read::path;
use crate::unsupported::Unsupported;

/// Fields that stand beside what a part is.
const BESIDE: [&str; 2] = ["thought", "thoughtSignature"];

/// Reads a part; fields that the common form has no place for go to `extra`.
pub(super) fn read(
    value: &Value,
    at: &str,
    out: &mut Vec<Part>,
    extra: &mut Vec<Other>,
) -> Result<(), Unsupported> {
    if let Value::String(text) = value {
        out.push(Part::new(PartKind::Text(text.clone()), at));
        return Ok(());
    }
    if !value.is_object() {
        return Err(Unsupported::invalid(at, "is no part"));
    }
    let proof = said(value, "thoughtSignature").map(proofs::read);
    if flag(value, "thought") == Some(true) && text(value, "text").is_some() {
        thoughts(value, proof, at, out);
        extra.extend(others(value, &["text", "thought", "thoughtSignature"], at));
        return Ok(());
    }
    if proof.is_some() {
        let text = String::new();
        out.push(Part::new(PartKind::Thinking { text, proof }, at));
    }
    let (kind, known) = content(value, at, extra)?;
    if let Some(known) = known {
        extra.extend(others(value, &[known, BESIDE[0], BESIDE[1]], at));
    }
    out.push(Part::new(kind, at));
    Ok(())
}

/// A signature of Gemini's own belongs to the part that carries it, and so stands before it; those of others belong to the thoughts.
fn thoughts(value: &Value, proof: Option<Proof>, at: &str, out: &mut Vec<Part>) {
    let text = text(value, "text").unwrap_or_default().to_owned();
    let (before, proof) = match proof {
        Some(proof) if proof.kind == ProofKind::Thought => (Some(proof), None),
        proof => (None, proof),
    };
    if before.is_some() {
        let (text, proof) = (String::new(), before);
        out.push(Part::new(PartKind::Thinking { text, proof }, at));
    }
    out.push(Part::new(PartKind::Thinking { text, proof }, at));
}

/// What a part is, and the field that says so unless all of it is kept.
fn content(
    value: &Value,
    at: &str,
    extra: &mut Vec<Other>,
) -> Result<(PartKind, Option<&'static str>), Unsupported> {
    if flag(value, "thought") != Some(true) {
        if let Some(text) = text(value, "text") {
            return Ok((PartKind::Text(text.to_owned()), Some("text")));
        }
        if let Some((name, inner)) = entry(value, "functionCall") {
            return Ok((call(inner, &path(at, name), extra)?, Some("functionCall")));
        }
        if let Some((name, inner)) = entry(value, "functionResponse") {
            return Ok((result(inner, &path(at, name), extra)?, Some("functionResponse")));
        }
        if let Some(kind) = media(value, at, extra) {
            return Ok(kind);
        }
    }
    let mut whole = value.clone();
    if let Value::Object(fields) = &mut whole {
        fields.shift_remove("thoughtSignature");
        fields.shift_remove("thought_signature");
    }
    let name = whole.as_object().and_then(|fields| fields.keys().next());
    let name = name.map_or("part", String::as_str).to_owned();
    Ok((PartKind::Foreign { name, value: whole }, None))
}

fn media(value: &Value, at: &str, extra: &mut Vec<Other>) -> Option<(PartKind, Option<&'static str>)> {
    if let Some((name, inner)) = entry(value, "inlineData") {
        let source = Source::Base64(text(inner, "data").unwrap_or_default().to_owned());
        extra.extend(others(
            inner,
            &["data", "mimeType", "displayName"],
            &path(at, name),
        ));
        return Some((medium(inner, source), Some("inlineData")));
    }
    let (name, inner) = entry(value, "fileData")?;
    extra.extend(others(
        inner,
        &["fileUri", "mimeType", "displayName"],
        &path(at, name),
    ));
    Some((
        medium(inner, place(text(inner, "fileUri").unwrap_or_default())),
        Some("fileData"),
    ))
}

/// Files that were given to the provider have addresses that mean something to it alone (Files API, Cloud Storage).
fn place(uri: &str) -> Source {
    let address = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"));
    let stored = address.is_some_and(|address| {
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        host.ends_with(".googleapis.com") && path.contains("/files/")
    });
    if stored || address.is_none() {
        Source::Id(uri.to_owned())
    } else {
        Source::Url(uri.to_owned())
    }
}

fn medium(inner: &Value, source: Source) -> PartKind {
    let media = Media {
        source,
        mime: text(inner, "mimeType").unwrap_or_default().to_owned(),
        name: said(inner, "displayName").map(str::to_owned),
        detail: None,
    };
    match media.mime.split('/').next() {
        Some("image") => PartKind::Image(media),
        Some("audio") => PartKind::Audio(media),
        _ => PartKind::File(media),
    }
}

fn call(inner: &Value, at: &str, extra: &mut Vec<Other>) -> Result<PartKind, Unsupported> {
    let arguments = match get(inner, "args") {
        None => "{}".to_owned(),
        Some(value @ Value::Object(_)) => value.to_string(),
        Some(_) => return Err(Unsupported::invalid(format!("{at}.args"), "is no object")),
    };
    extra.extend(others(inner, &["id", "name", "args"], at));
    Ok(PartKind::Call(ToolCall {
        id: text(inner, "id").unwrap_or_default().to_owned(),
        name: text(inner, "name").unwrap_or_default().to_owned(),
        arguments,
        custom: false,
        namespace: None,
    }))
}

fn result(inner: &Value, at: &str, extra: &mut Vec<Other>) -> Result<PartKind, Unsupported> {
    let mut parts = Vec::new();
    let mut is_error = false;
    if let Some((name, response)) = entry(inner, "response") {
        let (field, text) = answer(response);
        is_error = field == Some("error");
        let at = path(at, name);
        let at = field.map_or_else(|| at.clone(), |field| path(&at, field));
        // Beside files an empty text says nothing; without one the writer puts it back.
        if !text.is_empty() {
            parts.push(Part::new(PartKind::Text(text), at));
        }
    }
    for (at, value) in members(inner, "parts", at) {
        read(value, &at, &mut parts, extra)?;
    }
    extra.extend(others(inner, &["id", "name", "response", "parts"], at));
    Ok(PartKind::Result(ToolResult {
        id: text(inner, "id").unwrap_or_default().to_owned(),
        name: said(inner, "name").map(str::to_owned),
        parts,
        is_error,
        custom: false,
    }))
}

/// The text of a response: of `output` or `error` where it is nothing but one of them, and all of it as JSON otherwise. A writer for
/// Gemini knows by the path which of them it was.
fn answer(response: &Value) -> (Option<&'static str>, String) {
    if let Value::Object(fields) = response
        && fields.len() == 1
    {
        for field in ["output", "error"] {
            if let Some(Value::String(text)) = fields.get(field) {
                return (Some(field), text.clone());
            }
        }
    }
    (None, response.to_string())
}
