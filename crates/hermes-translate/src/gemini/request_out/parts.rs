use serde_json::{Map, Value, json};

use super::contents::{Contents, is_empty};
use super::{Request, media, names, rest};
use crate::dropped::Dropped;
use crate::ids::MADE_UP;
use crate::prompt::{Part, PartKind, ToolCall, ToolResult};
use crate::proof::{Proof, ProofKind};
use crate::read;
use crate::unsupported::Unsupported;

/// Writes a part into the open content.
pub(super) fn write(
    request: Request<'_>,
    part: &Part,
    contents: &mut Contents,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    cache(request, part, dropped)?;
    let mut written = match &part.kind {
        PartKind::Thinking { text, proof } => {
            return thinking(request, (text, proof.as_ref(), &part.at), contents, dropped);
        }
        // Empty texts mean nothing where they came from.
        PartKind::Text(_) if is_empty(part) && !request.own() => return Ok(()),
        PartKind::Text(text) | PartKind::Refusal(text) => json!({"text": text}),
        PartKind::Image(medium) | PartKind::File(medium) | PartKind::Audio(medium) => {
            media::write(request, part, medium, dropped)?
        }
        PartKind::Call(tool) => call(request, tool, &part.at, contents)?,
        PartKind::Result(tool) => result(request, tool, contents, dropped)?,
        PartKind::Foreign { value, .. } if request.own() => value.clone(),
        PartKind::Foreign { .. } => return dropped.add(&part.at),
    };
    if let Value::Object(fields) = &mut written {
        rest::of_part(request, &part.at, fields);
    }
    contents.add(written);
    Ok(())
}

pub(super) fn cache(request: Request<'_>, part: &Part, dropped: &mut Dropped) -> Result<(), Unsupported> {
    match part.cache {
        Some(_) => dropped.add(format!(
            "{}.{}",
            part.at,
            names::cache_field(request.prompt.client)
        )),
        None => Ok(()),
    }
}

/// Thoughts go back as they are, unless somebody else minted their proof.
fn thinking(
    request: Request<'_>,
    (text, proof, at): (&str, Option<&Proof>, &str),
    contents: &mut Contents,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let signature = proof.and_then(|proof| signature(request, proof));
    if proof.is_some() && signature.is_none() {
        return dropped.add(at);
    }
    if !text.is_empty() || (signature.is_none() && request.own()) {
        contents.add(json!({"text": text, "thought": true}));
    }
    if let Some(signature) = signature {
        contents.sign(signature);
    }
    Ok(())
}

/// A bare signature of a Gemini client came from an upstream of this protocol, whose answers are passed on as they are.
fn signature<'a>(request: Request<'_>, proof: &'a Proof) -> Option<&'a str> {
    let bare = request.own() && proof.issuer.is_none() && proof.kind == ProofKind::Thought;
    let minted = proof.for_issuer(&request.target.issuer, ProofKind::Thought);
    minted.or_else(|| bare.then_some(proof.data.as_str()))
}

fn call(
    request: Request<'_>,
    tool: &ToolCall,
    at: &str,
    contents: &mut Contents,
) -> Result<Value, Unsupported> {
    let args = if tool.custom {
        json!({"input": tool.arguments})
    } else {
        let args = read::arguments(&tool.arguments).filter(Value::is_object);
        args.ok_or_else(|| Unsupported::invalid(at, "holds arguments that are no JSON object"))?
    };
    let name = request.names.sent(&tool.name, tool.namespace.as_deref());
    let id = contents.ids.call(&tool.id, &tool.name);
    contents.called.insert(id.clone(), name.clone());
    if contents.signature.is_none()
        && !contents.has_call
        && !request.own()
        && let Some(stand_in) = &request.target.quirks.proof_stand_in
    {
        contents.sign(stand_in);
    }
    contents.has_call = true;
    let mut fields = with_id(&id);
    fields.insert("name".to_owned(), name.into());
    fields.insert("args".to_owned(), args);
    Ok(json!({"functionCall": fields}))
}

fn with_id(id: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    if !id.starts_with(MADE_UP) {
        fields.insert("id".to_owned(), id.into());
    }
    fields
}

fn result(
    request: Request<'_>,
    tool: &ToolResult,
    contents: &mut Contents,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let (mut texts, mut parts, mut whole) = (Vec::new(), Vec::new(), None);
    for part in &tool.parts {
        cache(request, part, dropped)?;
        match &part.kind {
            PartKind::Text(text) if request.own() && part.at.ends_with(".response") => {
                whole = crate::json::parse(text.as_bytes()).ok();
            }
            PartKind::Text(text) | PartKind::Refusal(text) => texts.push(text.as_str()),
            PartKind::Image(medium) | PartKind::File(medium) | PartKind::Audio(medium) => {
                parts.push(media::write(request, part, medium, dropped)?);
            }
            _ => dropped.add(&part.at)?,
        }
    }
    let field = if tool.is_error { "error" } else { "output" };
    let response: Value = whole.unwrap_or_else(|| json!({field: texts.join("\n")}));
    // Gemini links results by name too, so that each must have one.
    let named = tool.name.as_deref().map(|name| request.names.sent(name, None));
    let id = contents.ids.result(&tool.id, tool.name.as_deref());
    let name = named.or_else(|| contents.called.get(&id).cloned());
    let mut fields = with_id(&id);
    fields.insert("name".to_owned(), name.unwrap_or(id).into());
    fields.insert("response".to_owned(), response);
    if !parts.is_empty() {
        fields.insert("parts".to_owned(), Value::Array(parts));
    }
    Ok(json!({"functionResponse": fields}))
}
