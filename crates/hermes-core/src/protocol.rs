use std::fmt;

use serde::{Deserialize, Serialize};

/// A wire protocol of inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Anthropic Messages: `POST /v1/messages`.
    AnthropicMessages,
    /// OpenAI Chat Completions: `POST /v1/chat/completions`.
    ChatCompletions,
    /// OpenAI Responses: `POST /v1/responses`.
    #[serde(alias = "codex_responses")]
    Responses,
    /// Google Gemini: `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`.
    Gemini,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 4] = [
        Self::AnthropicMessages,
        Self::ChatCompletions,
        Self::Responses,
        Self::Gemini,
    ];

    /// The name used in config files, JSON output and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "anthropic_messages",
            Self::ChatCompletions => "chat_completions",
            Self::Responses => "responses",
            Self::Gemini => "gemini",
        }
    }

    /// The name shown to people.
    pub fn title(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "Anthropic Messages",
            Self::ChatCompletions => "OpenAI Chat Completions",
            Self::Responses => "OpenAI Responses",
            Self::Gemini => "Google Gemini",
        }
    }

    /// One letter, for headers that name a pair.
    pub fn letter(self) -> char {
        match self {
            Self::AnthropicMessages => 'A',
            Self::ChatCompletions => 'C',
            Self::Responses => 'R',
            Self::Gemini => 'G',
        }
    }

    /// The name for people of a protocol that is told by its word, as in the log; the word itself where it is none.
    pub fn title_of(word: &str) -> &str {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == word);
        match known {
            Some(protocol) => protocol.title(),
            None => word,
        }
    }

    /// The gateway's path for this protocol.
    pub fn gateway_path(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "/v1/messages",
            Self::ChatCompletions => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Gemini => "/v1beta/models",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// How the use of a credential is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// A plan with windows and caps.
    Subscription,
    /// Billed by the token.
    Metered,
    /// Prepaid credits.
    Credits,
    /// Costs nothing.
    Free,
    /// Runs on the person's own machine.
    Local,
}

impl Billing {
    /// Every class, in the order that people are shown.
    pub const ALL: [Self; 5] = [
        Self::Subscription,
        Self::Credits,
        Self::Metered,
        Self::Free,
        Self::Local,
    ];

    /// The name used in JSON output and headers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Metered => "metered",
            Self::Credits => "credits",
            Self::Free => "free",
            Self::Local => "local",
        }
    }
}
