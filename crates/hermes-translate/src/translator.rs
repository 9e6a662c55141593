//! The walk through a translation: a request up, an answer down.

mod collector;
mod flow;
mod replay;
mod request;
mod rooms;
mod source;
mod stream;
mod whole;

pub use collector::Collector;
pub use replay::Replay;
pub use request::{Narrowed, Translated, narrowed, request};
use rooms::reader;
pub(crate) use rooms::{
    ReadStream, WriteStream, read_reply, read_request, write_reply, write_request, writer,
};
pub use stream::Translator;
pub use whole::{Written, reply, reply_as_stream};
#[cfg(test)]
pub(crate) use whole::{replayed, reply_of};

/// What is written at a time, bytes. An event that says more than that is written as one.
const PORTION: usize = 64 << 10;

#[cfg(test)]
mod tests;
