use hermes_core::Protocol;

/// A field of the upstream's request as the client of another protocol knows it; the field itself where it has no other name.
pub(super) fn client_field(client: Option<Protocol>, field: &str) -> String {
    let field = field
        .strip_prefix("generationConfig.")
        .filter(|_| client.is_some_and(|one| one != Protocol::Gemini))
        .unwrap_or(field);
    let of = |messages: &'static str, chat: &'static str, responses: &'static str| match client {
        Some(Protocol::AnthropicMessages) => messages,
        Some(Protocol::ChatCompletions) => chat,
        Some(Protocol::Responses) => responses,
        Some(Protocol::Gemini) | None => "",
    };
    let known = match field {
        "topP" => of("top_p", "top_p", "top_p"),
        "topK" => of("top_k", "top_k", "top_k"),
        "maxOutputTokens" => of("max_tokens", "max_completion_tokens", "max_output_tokens"),
        "stopSequences" => of("stop_sequences", "stop", "stop"),
        "presencePenalty" => of("presence_penalty", "presence_penalty", "presence_penalty"),
        "frequencyPenalty" => of("frequency_penalty", "frequency_penalty", "frequency_penalty"),
        "responseLogprobs" => of("logprobs", "logprobs", "logprobs"),
        "logprobs" => of("top_logprobs", "top_logprobs", "top_logprobs"),
        "candidateCount" => of("n", "n", "n"),
        "responseMimeType" | "responseJsonSchema" | "responseSchema" => {
            of("output_config.format", "response_format", "text.format")
        }
        "serviceTier" => of("service_tier", "service_tier", "service_tier"),
        "toolConfig" => of("tool_choice", "tool_choice", "tool_choice"),
        "parallel" => of(
            "tool_choice.disable_parallel_tool_use",
            "parallel_tool_calls",
            "parallel_tool_calls",
        ),
        "verbosity" => of("verbosity", "verbosity", "text.verbosity"),
        "systemInstruction" => of("system", "messages", "instructions"),
        "contents" => of("messages", "messages", "input"),
        field if field.starts_with("thinkingConfig") => of("thinking", "reasoning_effort", "reasoning"),
        _ => "",
    };
    if known.is_empty() {
        field.to_owned()
    } else {
        known.to_owned()
    }
}

/// The cache marker of a part or a tool as its client writes it.
pub(super) fn cache_field(client: Option<Protocol>) -> &'static str {
    match client {
        Some(Protocol::ChatCompletions | Protocol::Responses) => "prompt_cache_breakpoint",
        _ => "cache_control",
    }
}
