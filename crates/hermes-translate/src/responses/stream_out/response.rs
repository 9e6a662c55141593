//! The object that stands for the answer as a whole.

use hermes_core::Protocol;
use hermes_wire::Usage;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::reply::{Failure, Head};
use crate::responses::echo;

/// Codes that clients branch on: those of the official types, and those that the provider sends beside them.
const CODES: &[&str] = &[
    "server_error",
    "rate_limit_exceeded",
    "invalid_prompt",
    "bio_policy",
    "cyber_policy",
    "data_residency_mismatch",
    "vector_store_timeout",
    "insufficient_quota",
    "context_length_exceeded",
    "usage_limit_reached",
    "usage_not_included",
    "server_is_overloaded",
    "slow_down",
];

/// The answer without its items.
pub(super) fn response(
    context: &Context,
    head: &Head,
    status: &str,
    usage: Option<Usage>,
) -> Map<String, Value> {
    // Only an upstream of the same protocol gives ids that it knows again.
    let own = context.upstream == Protocol::Responses;
    let id = head.id.clone().filter(|_| own);
    let created = head.created.unwrap_or(context.stamp.now);
    let ended = status != "in_progress";
    let mut answer = Map::new();
    let mut put = |field: &str, value: Value| {
        answer.insert(field.to_owned(), value);
    };
    put("id", id.unwrap_or_else(|| context.id("resp_", 0)).into());
    put("object", "response".into());
    put("created_at", created.into());
    put("status", status.into());
    let completed = (status == "completed").then(|| created.max(context.stamp.now));
    put("completed_at", json!(completed));
    put("error", Value::Null);
    put("incomplete_details", Value::Null);
    put("model", context.model.clone().into());
    // Its place; the items are written there.
    put("output", json!([]));
    put("usage", if ended { counts(usage) } else { Value::Null });
    echo::complete(&mut answer, &context.echo);
    answer
}

/// All the counts that the newest official types ask for; zero where nobody told.
fn counts(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    let input = usage.total().saturating_sub(usage.output);
    json!({
        "input_tokens": input,
        "input_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        },
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total(),
    })
}

/// The code of a failed answer. One that no client knows becomes the nearest of the official ones; the error event before it has the
/// name that we gave it.
pub(super) fn code(failure: &Failure) -> &str {
    if CODES.contains(&failure.kind.as_str()) {
        return &failure.kind;
    }
    match failure.status {
        429 => "rate_limit_exceeded",
        400..=499 => "invalid_prompt",
        _ => "server_error",
    }
}
