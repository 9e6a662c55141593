//! Pieces that whole answers and streams are written of.

use hermes_core::Protocol;
use hermes_wire::Usage;
use serde_json::{Map, Value, json};

use super::details;
use crate::context::Context;
use crate::proof::Proof;
use crate::reply::{Citation, Finish, Head, Reason};

/// What an answer and all chunks of a stream begin with.
pub(super) fn head(context: &Context, head: &Head, object: &str) -> Map<String, Value> {
    let own = context.upstream == Protocol::ChatCompletions;
    let id = head.id.clone().filter(|_| own);
    let id = id.unwrap_or_else(|| context.id("chatcmpl-", 0));
    let model = head.model.as_deref().unwrap_or(&context.model);
    Map::from_iter([
        ("id".to_owned(), id.into()),
        ("object".to_owned(), object.into()),
        (
            "created".to_owned(),
            head.created.unwrap_or(context.stamp.now).into(),
        ),
        ("model".to_owned(), model.into()),
    ])
}

/// The protocol's word for the end. Calls of tools win over an ordinary one.
pub(super) fn reason(finish: &Finish, calls: bool) -> &'static str {
    match finish.reason {
        Reason::MaxTokens | Reason::ContextFull => "length",
        Reason::Refusal => "content_filter",
        Reason::ToolUse => "tool_calls",
        Reason::End | Reason::StopSequence | Reason::Pause if calls => "tool_calls",
        Reason::End | Reason::StopSequence | Reason::Pause => "stop",
    }
}

/// A choice, or that of a chunk: `field` is `message` or `delta`.
pub(super) fn choice(field: &str, inner: Map<String, Value>, reason: Option<&str>) -> Map<String, Value> {
    Map::from_iter([
        ("index".to_owned(), 0.into()),
        (field.to_owned(), inner.into()),
        ("logprobs".to_owned(), Value::Null),
        ("finish_reason".to_owned(), reason.into()),
    ])
}

/// Puts the text that ended an answer where vLLM puts it; the protocol has no place for it.
pub(super) fn put_stop(choice: &mut Map<String, Value>, finish: &Finish) {
    if let Some(stop) = &finish.stop_sequence {
        choice.insert("stop_reason".to_owned(), stop.as_str().into());
    }
}

/// Usage in the protocol's form; zeros where the upstream told none.
pub(super) fn usage(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    let input = usage
        .input
        .saturating_add(usage.cache_read)
        .saturating_add(usage.cache_write);
    json!({
        "prompt_tokens": input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total(),
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// Where a source goes: sources from the web are annotations, the others have no place in the protocol and go beside them as they are.
#[derive(Clone)]
pub(super) enum Source {
    Annotation(Value),
    Other(Value),
}

/// `before` are the characters of the answer's text before the block that it belongs to.
pub(super) fn source(citation: &Citation, before: u64) -> Source {
    let Some(url) = &citation.url else {
        return Source::Other(citation.value.clone());
    };
    let range = citation
        .range
        .map(|(start, end)| (start.saturating_add(before), end.saturating_add(before)));
    let (start, end) = range.unwrap_or((0, 0));
    let mut inner = json!({
        "url": url,
        "title": citation.title.as_deref().unwrap_or_default(),
        "start_index": start,
        "end_index": end,
    });
    if let Some(quote) = &citation.quote {
        inner["content"] = quote.as_str().into();
    }
    Source::Annotation(json!({"type": "url_citation", "url_citation": inner}))
}

/// The entry of `reasoning_details` for a thought with its proof. OpenAI's accumulator puts entries together by their number, which has
/// to be their place in the list: so it is one entry, also where its issuer would have sent two.
pub(super) fn proved(place: u64, text: &str, proof: &Proof) -> Value {
    let wrapped = proof.wrapped();
    let entries = details::write(place, text, Some((proof.kind, &wrapped)), None);
    let mut joined = Map::new();
    for entry in entries {
        if let Value::Object(fields) = entry {
            joined.extend(fields);
        }
    }
    joined.into()
}

/// The entry for a thought without a proof.
pub(super) fn unproved(place: u64, text: &str) -> Option<Value> {
    details::write(place, text, None, None).pop()
}

/// An entry of a list that a stream adds to, with its place in the list, which OpenAI's accumulator demands.
pub(super) fn numbered(place: u64, entry: Value) -> Value {
    match entry {
        Value::Object(mut fields) => {
            fields.insert("index".to_owned(), place.into());
            fields.into()
        }
        other => json!({"index": place, "value": other}),
    }
}

/// A call with what it begins with: all of it in a whole answer, no arguments yet in a stream.
pub(super) fn call(
    id: &str,
    name: &str,
    custom: bool,
    arguments: &str,
    signature: Option<&Proof>,
) -> Map<String, Value> {
    let (kind, field) = kind(custom);
    let mut call = Map::new();
    call.insert("id".to_owned(), id.into());
    call.insert("type".to_owned(), kind.into());
    call.insert(kind.to_owned(), json!({"name": name, field: arguments}));
    if let Some(proof) = signature {
        let extra = details::with_thought_signature(&proof.wrapped());
        call.insert("extra_content".to_owned(), extra);
    }
    call
}

/// The kind of a call, and the field of its arguments.
pub(super) fn kind(custom: bool) -> (&'static str, &'static str) {
    if custom {
        ("custom", "input")
    } else {
        ("function", "arguments")
    }
}
