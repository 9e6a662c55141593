use hermes_core::Protocol;

/// Names of Gemini's fields in Messages, Chat Completions and Responses; those that are the same everywhere are not among them.
const NAMES: [(&str, [&str; 3]); 19] = [
    ("topP", ["top_p"; 3]),
    ("topK", ["top_k"; 3]),
    (
        "maxOutputTokens",
        ["max_tokens", "max_completion_tokens", "max_output_tokens"],
    ),
    ("stopSequences", ["stop_sequences", "stop", "stop"]),
    ("presencePenalty", ["presence_penalty"; 3]),
    ("frequencyPenalty", ["frequency_penalty"; 3]),
    ("responseLogprobs", ["logprobs"; 3]),
    ("logprobs", ["top_logprobs"; 3]),
    ("candidateCount", ["n"; 3]),
    (
        "responseMimeType",
        ["output_config.format", "response_format", "text.format"],
    ),
    (
        "responseJsonSchema",
        ["output_config.format", "response_format", "text.format"],
    ),
    (
        "responseSchema",
        ["output_config.format", "response_format", "text.format"],
    ),
    ("thinkingConfig", ["thinking", "reasoning_effort", "reasoning"]),
    ("serviceTier", ["service_tier"; 3]),
    ("toolConfig", ["tool_choice"; 3]),
    (
        "parallel",
        [
            "tool_choice.disable_parallel_tool_use",
            "parallel_tool_calls",
            "parallel_tool_calls",
        ],
    ),
    ("verbosity", ["verbosity", "verbosity", "text.verbosity"]),
    ("systemInstruction", ["system", "messages", "instructions"]),
    ("contents", ["messages", "messages", "input"]),
];

/// A field of the upstream's request as the client of another protocol knows it; the field itself where it has no other name.
pub(super) fn client_field(client: Option<Protocol>, field: &str) -> String {
    let column = match client {
        Some(Protocol::AnthropicMessages) => 0,
        Some(Protocol::ChatCompletions) => 1,
        Some(Protocol::Responses) => 2,
        Some(Protocol::Gemini) | None => return field.to_owned(),
    };
    let field = field.strip_prefix("generationConfig.").unwrap_or(field);
    let head = field.split('.').next().unwrap_or(field);
    let known = NAMES.iter().find(|(name, _)| *name == head);
    known.map_or(field, |(_, names)| names[column]).to_owned()
}

/// The cache marker of a part or a tool as its client writes it.
pub(super) fn cache_field(client: Option<Protocol>) -> &'static str {
    match client {
        Some(Protocol::ChatCompletions | Protocol::Responses) => "prompt_cache_breakpoint",
        _ => "cache_control",
    }
}
