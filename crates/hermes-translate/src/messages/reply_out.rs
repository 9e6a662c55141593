use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use super::{citations, reasons, usage_out};
use crate::context::Context;
use crate::proof::{Proof, ProofKind};
use crate::read::arguments;
use crate::reply::{Block, Head, Reply, Whole};

pub(crate) fn write_reply(context: &Context, reply: &Reply) -> Value {
    let refusals = reply.blocks.iter().filter(|one| one.block == Block::Refusal);
    let refusal: String = refusals.map(|one| one.text.as_str()).collect();
    let content = reply.blocks.iter().filter_map(|whole| content(context, whole));
    let mut message = message(context, &reply.head);
    message["content"] = content.collect::<Vec<_>>().into();
    for (field, value) in reasons::fields(&reasons::declined(&reply.finish, &refusal)) {
        message[field] = value;
    }
    message["usage"] = usage_out::whole(reply.usage);
    message
}

/// A message that has begun.
pub(super) fn message(context: &Context, head: &Head) -> Value {
    let own = head
        .id
        .clone()
        .filter(|_| context.upstream == Protocol::AnthropicMessages);
    json!({
        "id": own.unwrap_or_else(|| context.id("msg_", 0)),
        "type": "message",
        "role": "assistant",
        "model": head.model.as_deref().unwrap_or(&context.model),
        "content": [],
        "stop_reason": null,
        "stop_sequence": null,
        "stop_details": null,
        "container": null,
        "diagnostics": null,
        "usage": null,
    })
}

fn content(context: &Context, whole: &Whole) -> Option<Value> {
    match &whole.block {
        Block::Text if whole.text.is_empty() && whole.citations.is_empty() => None,
        Block::Text => {
            let mut block = json!({"type": "text", "text": whole.text});
            if !whole.citations.is_empty() {
                block["citations"] = whole.citations.iter().map(citations::write).collect();
            }
            Some(block)
        }
        Block::Thinking => {
            let text = if context.wants_thoughts {
                whole.text.as_str()
            } else {
                ""
            };
            thoughts(text, whole.proof.as_ref())
        }
        // What the model says when it declines stands in the end of the answer.
        Block::Refusal => None,
        Block::Call { id, name, custom, .. } => Some(json!({
            "type": "tool_use",
            "id": id,
            "name": name,
            "input": if *custom { free(&whole.text) } else { input(&whole.text) },
        })),
    }
}

/// A block of thoughts; none where nothing is said and nothing proved.
pub(super) fn thoughts(text: &str, proof: Option<&Proof>) -> Option<Value> {
    let signature = proof.map(Proof::wrapped);
    match signature {
        None if text.is_empty() => None,
        Some(data) if is_redacted(text, proof) => Some(json!({"type": "redacted_thinking", "data": data})),
        signature => Some(json!({
            "type": "thinking",
            "thinking": text,
            "signature": signature.unwrap_or_default(),
        })),
    }
}

/// Whether thoughts without a text are told as such. Signatures of Anthropic stand beside an empty text.
fn is_redacted(text: &str, proof: Option<&Proof>) -> bool {
    text.is_empty() && proof.is_some_and(|proof| proof.kind != ProofKind::Signature)
}

fn input(text: &str) -> Value {
    match arguments(text) {
        Some(Value::Object(input)) => input.into(),
        _ => free(text),
    }
}

/// What is no object travels in one.
fn free(text: &str) -> Value {
    Map::from_iter([("input".to_owned(), text.into())]).into()
}
