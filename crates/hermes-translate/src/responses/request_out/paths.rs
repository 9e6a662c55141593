use hermes_core::Protocol;

/// The client's name of a field of the common form; the name of Chat Completions and Responses where the client is not known.
pub(super) fn path(client: Option<Protocol>, field: &'static str) -> &'static str {
    match client {
        Some(Protocol::AnthropicMessages) => messages(field),
        Some(Protocol::Gemini) => gemini(field),
        Some(Protocol::ChatCompletions) => chat(field),
        Some(Protocol::Responses) | None => field,
    }
}

fn messages(field: &'static str) -> &'static str {
    match field {
        "stop" => "stop_sequences",
        "max_output_tokens" => "max_tokens",
        "reasoning" | "reasoning.effort" => "thinking",
        "reasoning.summary" => "thinking.display",
        "parallel_tool_calls" => "tool_choice.disable_parallel_tool_use",
        "text.format" => "output_config.format",
        other => other,
    }
}

fn chat(field: &'static str) -> &'static str {
    match field {
        "max_output_tokens" => "max_completion_tokens",
        "reasoning" | "reasoning.effort" | "reasoning.summary" => "reasoning_effort",
        "text.format" => "response_format",
        "text.verbosity" => "verbosity",
        other => other,
    }
}

fn gemini(field: &'static str) -> &'static str {
    match field {
        "stop" => "generationConfig.stopSequences",
        "max_output_tokens" => "generationConfig.maxOutputTokens",
        "temperature" => "generationConfig.temperature",
        "top_p" => "generationConfig.topP",
        "top_k" => "generationConfig.topK",
        "seed" => "generationConfig.seed",
        "presence_penalty" => "generationConfig.presencePenalty",
        "frequency_penalty" => "generationConfig.frequencyPenalty",
        "n" => "generationConfig.candidateCount",
        "logprobs" => "generationConfig.responseLogprobs",
        "top_logprobs" => "generationConfig.logprobs",
        "reasoning" | "reasoning.effort" | "reasoning.summary" => "generationConfig.thinkingConfig",
        "text.format" => "generationConfig.responseJsonSchema",
        "tool_choice" => "toolConfig.functionCallingConfig",
        "service_tier" => "serviceTier",
        "metadata" => "labels",
        other => other,
    }
}

/// Where the cache marker of something stood.
pub(super) fn cache(client: Option<Protocol>, at: &str) -> String {
    match client {
        Some(Protocol::ChatCompletions | Protocol::Responses) => format!("{at}.prompt_cache_breakpoint"),
        _ => format!("{at}.cache_control"),
    }
}
