use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::names::Names;
use crate::proof::Issuer;

/// What an answer needs to know of its request.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The client's protocol.
    pub client: Protocol,
    /// The upstream's.
    pub upstream: Protocol,
    /// The model as the client named it.
    pub model: String,
    /// Who mints the proofs of the answer.
    pub issuer: Issuer,
    /// Tools under the names that the upstream got.
    pub names: Names,
    /// Whether the client wants a stream.
    pub stream: bool,
    /// Whether a stream of Chat Completions ends with usage.
    pub wants_usage: bool,
    /// Whether the client asked to see thoughts; they are left out only where it said no.
    pub wants_thoughts: bool,
    /// Texts that end the answer and that the upstream was not told of; the answer is cut there.
    pub stops: Vec<String>,
    /// Fields of a request in Responses that its answer repeats, as they came.
    pub echo: Map<String, Value>,
    /// What makes the ids and times of this answer.
    pub stamp: Stamp,
}

/// What makes the ids and times of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Letters and digits that no other answer has: ids are made of it, such as `msg_<id>`.
    pub id: String,
    /// Seconds since 1970.
    pub now: u64,
}

impl Context {
    /// An id for the answer or one of its parts: `prefix`, the answer's own letters, and a number unless it is 0.
    pub(crate) fn id(&self, prefix: &str, number: u32) -> String {
        match number {
            0 => format!("{prefix}{}", self.stamp.id),
            number => format!("{prefix}{}{number:02}", self.stamp.id),
        }
    }
}
