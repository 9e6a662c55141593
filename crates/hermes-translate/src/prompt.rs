//! A request in the common form that every protocol is read into and written from.
//!
//! Everything remembers where it stood in the client's request (`at`, a JSON path such as `messages[2].content[0]`), so that what an
//! upstream cannot take is named as the client knows it.

mod controls;
mod tools;
mod turns;

use hermes_core::Protocol;
use serde_json::{Map, Value};

pub use controls::{Amount, Effort, Format, Sampling, Thinking, Tier};
pub(crate) use tools::free_text_schema;
pub use tools::{Choice, Tool, ToolKind};
pub use turns::{Media, Part, PartKind, Role, Source, ToolCall, ToolResult, Turn};

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// The client's protocol.
    pub client: Option<Protocol>,
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
    /// Fields that only the client's protocol has and that the answer hangs on, such as a stored part of the conversation; no other
    /// protocol can be asked without them.
    pub needs: Vec<Other>,
    /// What the common form holds in other words, as it came, by its path: for a writer of the same protocol. Nothing of it is lost
    /// toward other protocols, so that nobody reports it.
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
