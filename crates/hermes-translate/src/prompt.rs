//! A request in the common form that every protocol is read into and written from.
//!
//! Everything remembers where it stood in the client's request (`at`, a JSON path such as `messages[2].content[0]`), so that what an
//! upstream cannot take is named as the client knows it.

use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::proof::Proof;

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// The model as the client named it.
    pub model: String,
    /// The conversation in order; system texts stand where they came.
    pub turns: Vec<Turn>,
    /// Tools.
    pub tools: Vec<Tool>,
    /// Which tool is to be called.
    pub choice: Option<Choice>,
    /// Whether several tools may be called at once; none when the client did not say.
    pub parallel: Option<bool>,
    /// Limits and sampling.
    pub sampling: Sampling,
    /// How much the model is to think.
    pub thinking: Option<Thinking>,
    /// The form of the answer.
    pub format: Format,
    /// `low`, `medium` or `high`.
    pub verbosity: Option<String>,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Whether a stream of Chat Completions ends with usage.
    pub wants_usage: bool,
    /// Who the client's user is.
    pub user: Option<Named>,
    /// Key of the prompt cache.
    pub cache_key: Option<String>,
    /// Service tier.
    pub tier: Option<Tier>,
    /// Pairs for the provider's own records.
    pub metadata: Option<Map<String, Value>>,
    /// Fields that only the client's protocol has and that change nothing of the meaning, with their paths; a writer of another
    /// protocol drops them by name.
    pub others: Vec<Other>,
    /// The protocol that the client wrote it in.
    pub client: Option<Protocol>,
    /// Fields that the common form holds under another name or form, as the client wrote them; only a writer of the same protocol
    /// looks at them.
    pub own: Map<String, Value>,
}

/// A field of the client's protocol that the common form has no place for.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Where it stood.
    pub at: String,
    /// What it held.
    pub value: Value,
}

/// A text with the place where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it stood.
    pub at: String,
    /// The text.
    pub text: String,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// Instructions under OpenAI's newer name.
    Developer,
    /// The person, and results of tools.
    User,
    /// The model.
    Assistant,
}

/// What one side says at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Who.
    pub role: Role,
    /// What.
    pub parts: Vec<Part>,
    /// Where it stood.
    pub at: String,
}

/// A part of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// A cache marker on it: the lifetime as the client wrote it, such as `5m`; empty for the default.
    pub cache: Option<String>,
    /// Where it stood.
    pub at: String,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub enum PartKind {
    /// Text.
    Text(String),
    /// An image.
    Image(Media),
    /// A document, such as a PDF.
    File(Media),
    /// Sound.
    Audio(Media),
    /// The model's thoughts. A proof of Gemini belongs to the part that follows.
    Thinking {
        /// The text; empty where only the proof came.
        text: String,
        /// What proves it to its issuer.
        proof: Option<Proof>,
    },
    /// The model declined.
    Refusal(String),
    /// The model calls a tool.
    Call(ToolCall),
    /// What a tool gave.
    Result(ToolResult),
    /// Something that only the client's protocol has, such as a server tool's result; its type, and the whole of it.
    Foreign {
        /// Its type.
        name: String,
        /// All of it.
        value: Value,
    },
}

/// An image, document or sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where its bytes are.
    pub source: Source,
    /// MIME type, such as `image/png`; empty when the client did not say.
    pub mime: String,
    /// File name or title.
    pub name: Option<String>,
    /// OpenAI's `detail`.
    pub detail: Option<String>,
}

/// Where the bytes of a medium are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Here, in base64.
    Base64(String),
    /// At an address.
    Url(String),
    /// At the provider, under an id that only it knows.
    Id(String),
    /// A text document.
    Text(String),
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// Links it with its result; empty where the protocol gave none.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments as the JSON text that came, or the input of a free-form tool.
    pub arguments: String,
    /// Whether the tool takes free text rather than JSON.
    pub custom: bool,
    /// The namespace of the tool in Responses.
    pub namespace: Option<String>,
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    /// The call.
    pub id: String,
    /// The tool's name, where the protocol tells it (Gemini).
    pub name: Option<String>,
    /// Text, images and files.
    pub parts: Vec<Part>,
    /// Whether the tool failed.
    pub is_error: bool,
    /// Whether the tool takes free text rather than JSON.
    pub custom: bool,
}

/// A tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// What it is.
    pub kind: ToolKind,
    /// Its name; the type for hosted tools.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// A namespace of Responses that it belongs to.
    pub namespace: Option<String>,
    /// A cache marker on it, as on a part.
    pub cache: Option<String>,
    /// Fields that only the client's protocol has, with their paths.
    pub others: Vec<Other>,
    /// Where it stood.
    pub at: String,
}

/// What a tool is.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolKind {
    /// The client runs it; arguments are JSON.
    Function {
        /// JSON Schema of the arguments.
        schema: Value,
        /// Whether arguments keep to the schema; none when the client did not say.
        strict: Option<bool>,
    },
    /// The client runs it; the input is free text.
    Custom {
        /// The grammar, where there is one.
        format: Option<Value>,
    },
    /// The provider runs it, or its schema is the provider's own: all of it, under its type.
    Hosted(Value),
}

/// Which tool is to be called.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// The model decides.
    Auto,
    /// Any, but one.
    Any,
    /// None.
    Never,
    /// This one.
    Tool {
        /// Its name.
        name: String,
        /// Whether it takes free text.
        custom: bool,
    },
    /// One of these, or none unless `must`.
    Allowed {
        /// Their names.
        names: Vec<String>,
        /// Whether one has to be called.
        must: bool,
    },
    /// A hosted tool, as the client wrote it.
    Hosted(Value),
}

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

impl Part {
    /// A part without a cache marker.
    pub fn new(kind: PartKind, at: impl Into<String>) -> Self {
        Self {
            kind,
            cache: None,
            at: at.into(),
        }
    }
}
