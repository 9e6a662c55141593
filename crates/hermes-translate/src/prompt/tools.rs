//! Tools, and which of them is to be called.

use serde_json::{Value, json};

use super::Other;

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

/// The schema of a tool of free text that travels as a function: one text. The answer is turned back.
pub(crate) fn free_text_schema() -> Value {
    json!({
        "type": "object",
        "properties": {"input": {"type": "string"}},
        "required": ["input"],
        "additionalProperties": false,
    })
}
