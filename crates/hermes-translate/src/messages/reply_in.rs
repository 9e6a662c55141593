use hermes_core::Protocol;
use hermes_wire::usage_of;
use serde_json::Value;

use super::{citations, failure, reasons};
use crate::context::Context;
use crate::proof::{Proof, ProofKind};
use crate::read::{given, list, others, said, text};
use crate::reply::{Block, Failure, Head, Reply, Whole};

pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    if let Some(failure) = failure::read(body) {
        return Err(failure);
    }
    let known = ["content", "stop_reason"]
        .iter()
        .any(|field| given(body, field).is_some());
    if !known && text(body, "type") != Some("message") {
        return Err(failure::unreadable("it is no message"));
    }
    let mut reply = Reply {
        head: head(body),
        usage: given(body, "usage").and_then(|usage| usage_of(Protocol::AnthropicMessages, usage)),
        ..Reply::default()
    };
    if let Some(Value::String(text)) = body.get("content") {
        reply.blocks.push(Whole::new(Block::Text, text));
    }
    for (index, block) in list(body, "content").iter().enumerate() {
        match whole(context, block) {
            Some(whole) => reply.blocks.push(whole),
            None => reply.note(format!("content[{index}]")),
        }
    }
    let calls = reply
        .blocks
        .iter()
        .any(|one| matches!(one.block, Block::Call { .. }));
    reply.finish = reasons::read(body, calls);
    for path in left_out(body) {
        reply.note(path);
    }
    Ok(reply)
}

pub(super) fn head(message: &Value) -> Head {
    Head {
        id: said(message, "id").map(str::to_owned),
        model: said(message, "model").map(str::to_owned),
        created: None,
    }
}

/// What an answer says beside its content, and what no other protocol has a place for.
pub(super) fn left_out(message: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    if given(message, "container").is_some() {
        paths.push("container".to_owned());
    }
    if let Some(management) = given(message, "context_management")
        && !list(management, "applied_edits").is_empty()
    {
        paths.push("context_management".to_owned());
    }
    if let Some(details) = given(message, "stop_details") {
        let unknown = others(details, &["type", "explanation"], "stop_details");
        paths.extend(unknown.into_iter().map(|other| other.at));
    }
    paths
}

/// A block as a whole; none for those that only this protocol has.
fn whole(context: &Context, block: &Value) -> Option<Whole> {
    let mut whole = Whole::new(kind(block)?, beginning(block));
    if matches!(whole.block, Block::Call { .. }) {
        whole.text = input(block);
    }
    whole.proof = proof(context, block);
    whole.citations = list(block, "citations").iter().map(citations::read).collect();
    Some(whole)
}

/// What a block is; none for those that only this protocol has.
pub(super) fn kind(block: &Value) -> Option<Block> {
    match text(block, "type")? {
        "text" => Some(Block::Text),
        "thinking" | "redacted_thinking" => Some(Block::Thinking),
        "tool_use" => Some(Block::Call {
            id: text(block, "id").unwrap_or_default().to_owned(),
            name: text(block, "name").unwrap_or_default().to_owned(),
            custom: false,
            namespace: None,
        }),
        _ => None,
    }
}

/// The text of a block of words, as much as it began with.
pub(super) fn beginning(block: &Value) -> &str {
    let words = text(block, "text").or_else(|| text(block, "thinking"));
    words.unwrap_or_default()
}

/// The arguments of a call as JSON text. Some write them as a text themselves.
pub(super) fn input(block: &Value) -> String {
    match given(block, "input") {
        None => "{}".to_owned(),
        Some(Value::String(text)) if text.trim().is_empty() => "{}".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(input) => input.to_string(),
    }
}

/// The proof that a block of thoughts came with.
pub(super) fn proof(context: &Context, block: &Value) -> Option<Proof> {
    let (field, kind) = match text(block, "type")? {
        "thinking" => ("signature", ProofKind::Signature),
        "redacted_thinking" => ("data", ProofKind::Redacted),
        _ => return None,
    };
    said(block, field).map(|data| Proof::minted(&context.issuer, kind, data))
}
