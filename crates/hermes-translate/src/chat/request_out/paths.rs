//! How the client calls what this protocol calls otherwise.

use hermes_core::Protocol;

/// Fields of Chat Completions, and where the same stands in Messages, Responses and Gemini.
const NAMES: [(&str, [&str; 3]); 20] = [
    (
        "max_tokens",
        [
            "max_tokens",
            "max_output_tokens",
            "generationConfig.maxOutputTokens",
        ],
    ),
    (
        "max_completion_tokens",
        [
            "max_tokens",
            "max_output_tokens",
            "generationConfig.maxOutputTokens",
        ],
    ),
    (
        "temperature",
        ["temperature", "temperature", "generationConfig.temperature"],
    ),
    ("top_p", ["top_p", "top_p", "generationConfig.topP"]),
    ("top_k", ["top_k", "top_k", "generationConfig.topK"]),
    (
        "stop",
        ["stop_sequences", "stop", "generationConfig.stopSequences"],
    ),
    ("seed", ["seed", "seed", "generationConfig.seed"]),
    (
        "presence_penalty",
        [
            "presence_penalty",
            "presence_penalty",
            "generationConfig.presencePenalty",
        ],
    ),
    (
        "frequency_penalty",
        [
            "frequency_penalty",
            "frequency_penalty",
            "generationConfig.frequencyPenalty",
        ],
    ),
    (
        "logprobs",
        ["logprobs", "include", "generationConfig.responseLogprobs"],
    ),
    (
        "top_logprobs",
        ["top_logprobs", "top_logprobs", "generationConfig.logprobs"],
    ),
    ("n", ["n", "n", "generationConfig.candidateCount"]),
    (
        "reasoning_effort",
        ["thinking", "reasoning.effort", "generationConfig.thinkingConfig"],
    ),
    (
        "reasoning",
        ["thinking", "reasoning", "generationConfig.thinkingConfig"],
    ),
    (
        "thinking",
        ["thinking", "reasoning", "generationConfig.thinkingConfig"],
    ),
    (
        "response_format",
        [
            "output_config.format",
            "text.format",
            "generationConfig.responseMimeType",
        ],
    ),
    ("verbosity", ["verbosity", "text.verbosity", "verbosity"]),
    (
        "parallel_tool_calls",
        [
            "tool_choice.disable_parallel_tool_use",
            "parallel_tool_calls",
            "toolConfig",
        ],
    ),
    (
        "tool_choice",
        ["tool_choice", "tool_choice", "toolConfig.functionCallingConfig"],
    ),
    ("service_tier", ["service_tier", "service_tier", "serviceTier"]),
];

/// The client's path of a field.
pub(super) fn client(client: Option<Protocol>, field: &str) -> String {
    let place = match client {
        Some(Protocol::AnthropicMessages) => 0,
        Some(Protocol::Responses) => 1,
        Some(Protocol::Gemini) => 2,
        Some(Protocol::ChatCompletions) | None => return field.to_owned(),
    };
    let (first, rest) = field
        .split_once('.')
        .map_or((field, None), |(first, rest)| (first, Some(rest)));
    let Some((_, names)) = NAMES.iter().find(|(name, _)| *name == first) else {
        return field.to_owned();
    };
    match rest {
        Some(rest) => format!("{}.{rest}", names[place]),
        None => names[place].to_owned(),
    }
}
