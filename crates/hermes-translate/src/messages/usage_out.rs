use hermes_wire::Usage;
use serde_json::{Value, json};

/// The tokens of a whole message, or of one that begins.
pub(super) fn whole(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    json!({
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "cache_creation": null,
        "output_tokens": usage.output,
        "output_tokens_details": details(usage),
        "server_tool_use": null,
        "service_tier": null,
        "inference_geo": null,
    })
}

/// The tokens at the end of a stream.
pub(super) fn end(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    json!({
        "input_tokens": usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": usage.output,
        "output_tokens_details": details(usage),
        "server_tool_use": null,
    })
}

fn details(usage: Usage) -> Value {
    match usage.reasoning {
        0 => Value::Null,
        reasoning => json!({"thinking_tokens": reasoning}),
    }
}
