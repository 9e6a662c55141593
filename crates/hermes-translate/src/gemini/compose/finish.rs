use hermes_wire::Usage;
use serde_json::{Map, Value, json};

use super::Composer;
use crate::reply::{Finish, Reason};

pub(super) fn candidate(composer: &mut Composer, parts: Vec<Value>, finish: &Finish) -> Value {
    let mut fields = Map::new();
    fields.insert("content".to_owned(), json!({"parts": parts, "role": "model"}));
    let malformed = composer.malformed.take();
    let word = match finish.reason {
        Reason::MaxTokens | Reason::ContextFull => "MAX_TOKENS",
        Reason::Refusal => "SAFETY",
        _ if malformed.is_some() => "MALFORMED_FUNCTION_CALL",
        Reason::End | Reason::StopSequence | Reason::ToolUse | Reason::Pause => "STOP",
    };
    fields.insert("finishReason".to_owned(), word.into());
    let mut said: Vec<String> = malformed.into_iter().chain(said(finish)).collect();
    if !composer.dropped.is_empty() {
        said.push(format!("Left out: {}.", composer.dropped.join(", ")));
    }
    if !said.is_empty() {
        fields.insert("finishMessage".to_owned(), said.join(" ").into());
    }
    fields.insert("index".to_owned(), 0.into());
    if let Some(grounding) = composer.sources.metadata() {
        fields.insert("groundingMetadata".to_owned(), grounding);
    }
    Value::Object(fields)
}

/// What the reason has no word for.
fn said(finish: &Finish) -> Option<String> {
    let told = finish.explanation.clone();
    match (finish.reason, &finish.stop_sequence) {
        (Reason::StopSequence, Some(text)) => Some(format!("The stop sequence {text:?} was met.")),
        (Reason::ContextFull, _) => {
            told.or_else(|| Some("The context window of the model is full.".to_owned()))
        }
        (Reason::Pause, _) => {
            told.or_else(|| Some("The model paused in the midst of a tool of its provider.".to_owned()))
        }
        _ => told,
    }
}

/// Tokens; the count of candidates leaves thoughts out.
pub(in crate::gemini) fn usage(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    let prompt = usage
        .input
        .saturating_add(usage.cache_read)
        .saturating_add(usage.cache_write);
    let mut fields = Map::new();
    fields.insert("promptTokenCount".to_owned(), prompt.into());
    if usage.cache_read > 0 {
        fields.insert("cachedContentTokenCount".to_owned(), usage.cache_read.into());
    }
    let written = usage.output.saturating_sub(usage.reasoning);
    fields.insert("candidatesTokenCount".to_owned(), written.into());
    if usage.reasoning > 0 {
        fields.insert("thoughtsTokenCount".to_owned(), usage.reasoning.into());
    }
    fields.insert("totalTokenCount".to_owned(), usage.total().into());
    Value::Object(fields)
}
