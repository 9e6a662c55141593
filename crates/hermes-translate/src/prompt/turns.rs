//! The conversation.

use serde_json::Value;

use crate::proof::Proof;

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
