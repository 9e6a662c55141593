//! Items of an answer while they grow.
//!
//! What has ended is kept as JSON, and written from there as often as it is said.

mod call;
mod message;
mod thoughts;

pub(super) use self::call::Call;
pub(super) use self::message::Message;
pub(super) use self::thoughts::Thoughts;
use super::sink::Sink;
use crate::context::Context;
use crate::proof::Proof;
use crate::reply::Citation;

/// The item that is open.
#[derive(Clone)]
pub(super) enum Open {
    Message(Message),
    Thoughts(Thoughts),
    Call(Call),
}

impl Open {
    pub(super) fn text(&mut self, context: &Context, text: &str, sink: &mut Sink<'_>) {
        match self {
            Self::Message(message) => message.text(text, sink),
            Self::Thoughts(thoughts) if context.wants_thoughts => thoughts.text(text, sink),
            Self::Thoughts(_) => {}
            Self::Call(call) => call.text(text, sink),
        }
    }

    pub(super) fn proof(&mut self, proof: &Proof) {
        if let Self::Thoughts(thoughts) = self {
            thoughts.proof(proof);
        }
    }

    pub(super) fn citation(&mut self, context: &Context, citation: &Citation) {
        if let Self::Message(message) = self {
            message.citation(citation, context.client == context.upstream);
        }
    }

    /// The block ends. Says whether the item ends with it; a message stays open for further parts.
    pub(super) fn close(&mut self, sink: &mut Sink<'_>) -> bool {
        match self {
            Self::Message(message) => {
                message.end_part(sink);
                false
            }
            Self::Thoughts(_) | Self::Call(_) => true,
        }
    }

    /// The item ends; it is given as JSON.
    pub(super) fn end(self, status: &str, sink: &mut Sink<'_>) -> Vec<u8> {
        match self {
            Self::Message(message) => message.end(status, sink),
            Self::Thoughts(thoughts) => thoughts.end(status, sink),
            Self::Call(call) => call.end(status, sink),
        }
    }
}
