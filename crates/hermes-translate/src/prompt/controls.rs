//! How the answer is to be made: limits, sampling, thinking, form and tier.

use serde_json::Value;

/// Limits and sampling; none where the client did not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// Most tokens of the answer, thoughts included.
    pub max_tokens: Option<u64>,
    /// Temperature, as the client wrote the number.
    pub temperature: Option<serde_json::Number>,
    /// Nucleus.
    pub top_p: Option<serde_json::Number>,
    /// Most likely tokens only.
    pub top_k: Option<serde_json::Number>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Seed.
    pub seed: Option<serde_json::Number>,
    /// Presence penalty.
    pub presence_penalty: Option<serde_json::Number>,
    /// Frequency penalty.
    pub frequency_penalty: Option<serde_json::Number>,
    /// Likelihood of tokens.
    pub logit_bias: Option<Value>,
    /// Whether log probabilities are wanted.
    pub logprobs: bool,
    /// How many of them.
    pub top_logprobs: Option<u64>,
    /// How many answers; one when none.
    pub n: Option<u64>,
}

/// How much the model is to think.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thinking {
    /// How much.
    pub amount: Amount,
    /// Whether the thoughts are shown; none when the client did not say.
    pub shown: Option<bool>,
    /// How the shown thoughts are summed up in Responses: `auto`, `concise`, `detailed`.
    pub summary: Option<String>,
}

/// How much to think.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Amount {
    /// The model decides.
    #[default]
    Adaptive,
    /// Not at all.
    Off,
    /// About this much.
    Effort(Effort),
    /// At most this many tokens.
    Budget(u64),
    /// Only between calls of tools (Anthropic).
    BetweenTools,
}

/// A degree of effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// `minimal`
    Minimal,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `xhigh`
    XHigh,
    /// `max`
    Max,
}

impl Effort {
    /// Every degree, the least first.
    pub const ALL: [Self; 6] = [
        Self::Minimal,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::XHigh,
        Self::Max,
    ];

    /// The word that OpenAI and Anthropic use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// The degree of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The degree that a budget of thinking tokens stands for (CLIProxyAPI 2026-08).
    pub fn of_budget(tokens: u64) -> Self {
        match tokens {
            0..=1024 => Self::Low,
            1025..=8192 => Self::Medium,
            8193..=24_576 => Self::High,
            _ => Self::XHigh,
        }
    }

    /// The budget of thinking tokens for a degree (CLIProxyAPI 2026-08).
    pub fn budget(self) -> u64 {
        match self {
            Self::Minimal | Self::Low => 1024,
            Self::Medium => 8192,
            Self::High => 24_576,
            Self::XHigh => 32_768,
            Self::Max => 128_000,
        }
    }
}

/// The form of the answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Format {
    /// Text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON of a schema.
    JsonSchema {
        /// Name; made up where the client's protocol has none.
        name: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// The schema.
        schema: Value,
        /// Whether the answer must keep to it; none when the client did not say.
        strict: Option<bool>,
    },
}

/// A service tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tier {
    /// The provider decides.
    Auto,
    /// The usual one.
    Standard,
    /// Faster.
    Priority,
    /// Slower and cheaper.
    Flex,
    /// A name that only the client's protocol has.
    Named(String),
}
