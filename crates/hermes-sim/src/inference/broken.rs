//! Answers that end before their end.

use serde_json::json;

use crate::answer::{Answer, Part};

/// How the answers of models break off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// With the error event of the protocol.
    Error,
    /// With the end of the connection.
    Cut,
}

impl Break {
    /// Half of an answer. One that is no stream is an error of the server, or half of its bytes and a cut.
    pub(crate) fn apply(self, mut answer: Answer, failure: String) -> Answer {
        if answer.parts.len() > 1 {
            answer.parts.truncate(answer.parts.len() / 2);
            return answer.part(match self {
                Self::Error => Part::Bytes(failure.into()),
                Self::Cut => Part::Cut,
            });
        }
        match (self, answer.parts.pop()) {
            (Self::Cut, Some(Part::Bytes(bytes))) => {
                let half = bytes.slice(..bytes.len() / 2);
                answer.part(Part::Bytes(half)).part(Part::Cut)
            }
            _ => Answer::json(
                500,
                &json!({"type": "error", "error": {"type": "api_error", "message": MESSAGE}}),
            ),
        }
    }
}

/// What the error says.
pub(crate) const MESSAGE: &str = "The simulated model broke off.";
