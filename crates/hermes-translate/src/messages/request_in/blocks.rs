use serde_json::{Value, json};

use super::media;
use crate::prompt::{Other, Part, PartKind, Prompt, ToolCall, ToolResult};
use crate::proof::{Proof, ProofKind};
use crate::read::{flag, given, others, said, text};

/// The parts of a content: a text, or blocks.
pub(super) fn read(content: &Value, at: &str, prompt: &mut Prompt) -> Vec<Part> {
    match content {
        Value::Null => Vec::new(),
        Value::String(text) => vec![Part::new(PartKind::Text(text.clone()), at)],
        Value::Array(blocks) => {
            let numbered = blocks.iter().enumerate();
            numbered
                .filter_map(|(index, block)| part(block, format!("{at}[{index}]"), prompt))
                .collect()
        }
        block => part(block, at.to_owned(), prompt).into_iter().collect(),
    }
}

fn part(block: &Value, at: String, prompt: &mut Prompt) -> Option<Part> {
    if let Value::String(text) = block {
        return Some(Part::new(PartKind::Text(text.clone()), at));
    }
    if !block.is_object() {
        prompt.others.push(Other {
            at,
            value: block.clone(),
        });
        return None;
    }
    let kind = match text(block, "type") {
        Some("text") => words(block),
        Some("image") => media::image(block, &at, prompt),
        Some("document") => media::document(block, &at, prompt),
        Some("search_result") => media::search_result(block, &at, prompt),
        Some("thinking") => Some(thoughts(block)),
        Some("redacted_thinking") => redacted(block),
        Some("tool_use") => Some(call(block, &at, prompt)),
        Some("tool_result") => Some(result(block, &at, prompt)),
        _ => None,
    };
    let Some((kind, known)) = kind else {
        return Some(Part::new(foreign(block), at));
    };
    let cache = cache(block);
    let known = [known, &["type"]].concat();
    for other in others(block, &known, &at) {
        rest(other, cache.is_some(), prompt);
    }
    Some(Part { kind, cache, at })
}

/// A field that the common form does not hold, unless it says nothing.
fn rest(other: Other, cached: bool, prompt: &mut Prompt) {
    let field = other.at.rsplit('.').next().unwrap_or_default();
    let silent = match field {
        "cache_control" if cached => return,
        "caller" => other.value == json!({"type": "direct"}),
        "citations" => other.value == json!([]) || other.value == json!({"enabled": false}),
        _ => false,
    };
    if silent {
        prompt.own.insert(other.at, other.value);
    } else {
        prompt.others.push(other);
    }
}

/// What a part is, and the fields that it was read from.
pub(super) type Read = (PartKind, &'static [&'static str]);

fn foreign(block: &Value) -> PartKind {
    PartKind::Foreign {
        name: text(block, "type").unwrap_or_default().to_owned(),
        value: block.clone(),
    }
}

fn words(block: &Value) -> Option<Read> {
    let text = text(block, "text")?.to_owned();
    Some((PartKind::Text(text), &["text"]))
}

fn thoughts(block: &Value) -> Read {
    let kind = PartKind::Thinking {
        text: text(block, "thinking").unwrap_or_default().to_owned(),
        proof: said(block, "signature").map(|text| Proof::read(text, ProofKind::Signature)),
    };
    (kind, &["thinking", "signature"])
}

fn redacted(block: &Value) -> Option<Read> {
    let kind = PartKind::Thinking {
        text: String::new(),
        proof: Some(Proof::read(said(block, "data")?, ProofKind::Redacted)),
    };
    Some((kind, &["data"]))
}

fn call(block: &Value, at: &str, prompt: &mut Prompt) -> Read {
    let arguments = match given(block, "input") {
        None => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(input) => input.to_string(),
    };
    if let Some(Value::String(_)) = given(block, "input") {
        prompt.own.insert(at.to_owned(), block.clone());
    }
    let kind = PartKind::Call(ToolCall {
        id: text(block, "id").unwrap_or_default().to_owned(),
        name: text(block, "name").unwrap_or_default().to_owned(),
        arguments,
        custom: false,
        namespace: None,
    });
    (kind, &["id", "name", "input"])
}

fn result(block: &Value, at: &str, prompt: &mut Prompt) -> Read {
    let content = block.get("content").unwrap_or(&Value::Null);
    let kind = PartKind::Result(ToolResult {
        id: text(block, "tool_use_id").unwrap_or_default().to_owned(),
        name: None,
        parts: read(content, &format!("{at}.content"), prompt),
        is_error: flag(block, "is_error") == Some(true),
        custom: false,
    });
    (kind, &["tool_use_id", "content", "is_error"])
}

/// The lifetime of a cache marker, if it is one of the known form.
pub(super) fn cache(block: &Value) -> Option<String> {
    let marker = given(block, "cache_control")?;
    let known = text(marker, "type") == Some("ephemeral") && others(marker, &["type", "ttl"], "").is_empty();
    let lifetime = match marker.get("ttl") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(lifetime)) => lifetime.clone(),
        Some(_) => return None,
    };
    known.then_some(lifetime)
}
