//! From one inference protocol to another: requests, answers, streams and errors, as pure functions.
//!
//! It must never do I/O, be async, read a clock, drop anything without naming it, or hold a whole stream. Each protocol has a room of
//! its own that reads and writes the common form ([`prompt`] for requests, [`reply`] for answers), so that every pair of protocols is
//! one reader and one writer. Where to start: [`request`] on the way up, [`Translator`] for an answer on its way down.

#[cfg(test)]
extern crate self as hermes_translate;

mod bounds;
mod chat;
mod context;
mod dropped;
mod fold;
mod gemini;
mod ids;
mod json;
mod losses;
mod messages;
mod names;
#[cfg(test)]
mod pairs;
pub mod prompt;
mod proof;
#[cfg(test)]
mod properties;
mod read;
pub mod reply;
mod responses;
mod restore;
mod schemas;
mod sent;
mod serial;
mod spare;
mod stops;
mod target;
mod translator;
mod unsupported;

pub use context::{Context, Stamp};
pub use dropped::Dropped;
pub use json::{JsonError, parse};
pub use proof::{Issuer, Proof, ProofKind};
pub use reply::Failure;
pub use target::Target;
pub use translator::{
    Collector, Narrowed, Replay, Translated, Translator, Written, narrowed, reply, reply_as_stream, request,
};
pub use unsupported::Unsupported;
