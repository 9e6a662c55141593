//! The walk through a translation: a request up, an answer down.

mod collector;
mod flow;
mod request;
mod rooms;
mod source;
mod stream;
mod whole;

pub use collector::Collector;
pub use request::{Translated, request};
use rooms::reader;
pub(crate) use rooms::{
    ReadStream, WriteStream, read_reply, read_request, write_reply, write_request, writer,
};
pub use stream::Translator;
#[cfg(test)]
pub(crate) use whole::reply_of;
pub use whole::{Written, reply, reply_as_stream};

#[cfg(test)]
mod tests;
