//! OpenAI Responses, and the narrower dialects of it that upstreams speak.

mod assembly;
mod echo;
mod failure;
mod fields;
mod items;
mod narrow;
mod reply_in;
mod reply_out;
mod request_in;
mod request_out;
mod stream_in;
mod stream_out;

pub(crate) use echo::echo;
pub(crate) use narrow::narrow;
pub(crate) use reply_in::read_reply;
pub(crate) use reply_out::write_reply;
pub(crate) use request_in::read_request;
pub(crate) use request_out::write_request;
pub(crate) use stream_in::Reader;
pub(crate) use stream_out::Writer;

#[cfg(test)]
pub(crate) mod tests;
