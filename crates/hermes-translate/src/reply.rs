//! An answer in the common form: whole, or as the events of a stream.

use hermes_wire::Usage;
use serde_json::Value;

use crate::proof::Proof;

/// A step of an answer.
///
/// Readers may open several blocks at once, told apart by their keys; [`crate::Translator`] hands writers one after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The answer begins. Comes once, first.
    Start(Head),
    /// A block begins.
    Open {
        /// Tells it from the others that are open.
        key: u32,
        /// What it is.
        block: Block,
    },
    /// More of a block's text: text, thoughts, the refusal, or a call's arguments.
    Text {
        /// The block.
        key: u32,
        /// What is added.
        text: String,
    },
    /// The proof of a block of thoughts; replaces an earlier one.
    Proof {
        /// The block.
        key: u32,
        /// The proof.
        proof: Proof,
    },
    /// A source of a block of text.
    Citation {
        /// The block.
        key: u32,
        /// The source.
        citation: Citation,
    },
    /// A block is complete.
    Close {
        /// The block.
        key: u32,
    },
    /// Something was left out that the client's protocol has no place for; a path in the upstream's answer.
    Dropped(String),
    /// Tokens; later ones replace earlier ones.
    Usage(Usage),
    /// Why the model stopped; comes once.
    Finish(Finish),
    /// The answer failed. Nothing follows.
    Error(Failure),
}

/// The beginning of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The upstream's id.
    pub id: Option<String>,
    /// The model as the upstream names it.
    pub model: Option<String>,
    /// When, seconds since 1970.
    pub created: Option<u64>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Text.
    Text,
    /// Thoughts.
    Thinking,
    /// The model declines.
    Refusal,
    /// A call of a tool.
    Call {
        /// Links it with its result; empty where the upstream gave none.
        id: String,
        /// The tool, as the upstream was told of it.
        name: String,
        /// Whether its input is free text rather than JSON.
        custom: bool,
        /// The namespace of the tool in Responses.
        namespace: Option<String>,
    },
}

/// A source.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    /// Its address; only these have a place in every protocol.
    pub url: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What of it is cited.
    pub quote: Option<String>,
    /// Where in the block's text it belongs: characters from its beginning.
    pub range: Option<(u64, u64)>,
    /// All of it, as the upstream wrote it.
    pub value: Value,
}

/// Why the model stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finish {
    /// Why.
    pub reason: Reason,
    /// The text that ended it.
    pub stop_sequence: Option<String>,
    /// What the provider says about it.
    pub explanation: Option<String>,
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// It was done.
    #[default]
    End,
    /// A stop text came.
    StopSequence,
    /// It waits for tools.
    ToolUse,
    /// The limit of the request.
    MaxTokens,
    /// The limit of the model.
    ContextFull,
    /// It declined, or a filter did.
    Refusal,
    /// It paused in the middle of a server tool (Anthropic).
    Pause,
}

/// Why an answer failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status that it would have had as an answer of its own.
    pub status: u16,
    /// A short name, such as the provider's code.
    pub kind: String,
    /// In words.
    pub message: String,
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Its beginning.
    pub head: Head,
    /// Blocks in order.
    pub blocks: Vec<Whole>,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens; none where the upstream did not tell.
    pub usage: Option<Usage>,
    /// What was left out, as paths in the upstream's answer.
    pub dropped: Vec<String>,
}

/// A whole block.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// What it is.
    pub block: Block,
    /// Its text: text, thoughts, the refusal, or a call's arguments.
    pub text: String,
    /// The proof of thoughts.
    pub proof: Option<Proof>,
    /// Sources of a text.
    pub citations: Vec<Citation>,
}

impl Whole {
    /// A block with its text.
    pub fn new(block: Block, text: impl Into<String>) -> Self {
        Self {
            block,
            text: text.into(),
            proof: None,
            citations: Vec::new(),
        }
    }
}

impl Finish {
    /// A reason without more.
    pub fn of(reason: Reason) -> Self {
        Self {
            reason,
            ..Self::default()
        }
    }
}
