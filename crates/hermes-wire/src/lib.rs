//! The inference protocols as pure functions: a shallow look into requests, SSE, usage, error shapes, model lists, headers.
//!
//! It must never do I/O, be async, read a clock, or hold more of a stream than a bound allows. Where to start: [`peek()`] for a
//! request on its way up, [`OpeningWatcher`] and [`UsageWatcher`] for an answer on its way
//! down, [`error_body`] and [`read_error`] for failures.

mod conversation;
mod count;
mod errors;
mod headers;
mod json;
mod models;
mod opening;
mod peek;
mod print;
mod remote;
mod scan;
mod sse;
mod usage;
mod watch;
mod withhold;

pub use conversation::{conversation, conversation_after};
pub use count::{counted, estimate};
pub use errors::{error_body, error_status, error_type, stream_error};
pub use headers::{
    forwards_request_header, is_hop_by_hop, is_rate_limit_header, named_in_connection, returns_answer_header,
};
pub use models::{ListPage, ListShape, ModelEntry, model_list, model_one};
pub use opening::{Opening, OpeningWatcher};
pub use peek::{ModelField, Peek, PeekError, peek, replace_model};
pub use print::fingerprint;
pub use remote::{ERROR_BODY_LIMIT, RemoteError, begins_as_error, is_error_answer, read_error};
pub use sse::{EVENT_LIMIT, SseDecoder, SseError, SseEvent, write_event};
pub use usage::{Usage, usage_of};
pub use watch::UsageWatcher;
pub use withhold::Withholder;
