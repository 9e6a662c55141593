use hermes_core::Protocol;

/// What a client's protocol calls a field of the common form that has no place of its own in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    MaxTokens,
    Temperature,
    TopP,
    TopK,
    Stop,
    Seed,
    PresencePenalty,
    FrequencyPenalty,
    LogitBias,
    Logprobs,
    TopLogprobs,
    Answers,
    Thinking,
    Format,
    Verbosity,
    Choice,
    Tier,
}

impl Field {
    /// Its path in the client's request.
    pub(super) fn at(self, client: Option<Protocol>) -> &'static str {
        match client {
            None | Some(Protocol::AnthropicMessages) => self.messages(),
            Some(Protocol::ChatCompletions) => self.chat(),
            Some(Protocol::Responses) => self.responses(),
            Some(Protocol::Gemini) => self.gemini(),
        }
    }

    fn messages(self) -> &'static str {
        match self {
            Self::Stop => "stop_sequences",
            Self::Thinking => "thinking",
            Self::Format => "output_config.format",
            other => other.chat(),
        }
    }

    fn chat(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::TopK => "top_k",
            Self::Stop => "stop",
            Self::Seed => "seed",
            Self::PresencePenalty => "presence_penalty",
            Self::FrequencyPenalty => "frequency_penalty",
            Self::LogitBias => "logit_bias",
            Self::Logprobs => "logprobs",
            Self::TopLogprobs => "top_logprobs",
            Self::Answers => "n",
            Self::Thinking => "reasoning_effort",
            Self::Format => "response_format",
            Self::Verbosity => "verbosity",
            Self::Choice => "tool_choice",
            Self::Tier => "service_tier",
        }
    }

    fn responses(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_output_tokens",
            Self::Thinking => "reasoning",
            Self::Format => "text.format",
            Self::Verbosity => "text.verbosity",
            Self::Logprobs => "include",
            other => other.chat(),
        }
    }

    fn gemini(self) -> &'static str {
        match self {
            Self::MaxTokens => "generationConfig.maxOutputTokens",
            Self::Temperature => "generationConfig.temperature",
            Self::TopP => "generationConfig.topP",
            Self::TopK => "generationConfig.topK",
            Self::Stop => "generationConfig.stopSequences",
            Self::Seed => "generationConfig.seed",
            Self::PresencePenalty => "generationConfig.presencePenalty",
            Self::FrequencyPenalty => "generationConfig.frequencyPenalty",
            Self::LogitBias => "generationConfig.logitBias",
            Self::Logprobs => "generationConfig.responseLogprobs",
            Self::TopLogprobs => "generationConfig.logprobs",
            Self::Answers => "generationConfig.candidateCount",
            Self::Thinking => "generationConfig.thinkingConfig",
            Self::Format => "generationConfig.responseMimeType",
            Self::Verbosity => "generationConfig",
            Self::Choice => "toolConfig.functionCallingConfig",
            Self::Tier => "serviceTier",
        }
    }
}
