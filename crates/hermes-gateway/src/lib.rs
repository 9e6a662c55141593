//! The data plane: client protocols in, a credential of the pool chosen, the provider's answer streamed back.
//!
//! A request is one straight line through `gateway.rs`: guard, path, client key, body, route, `call.rs` (body, route, protocol; `crossing.rs` where it
//! is translated, `dialect.rs` where its upstream takes less), `forward.rs` (lease, send, report), `answers.rs` (head), `relay.rs` (stream back). `server.rs` owns sockets and shutdown, `framing.rs` the strict reading of message
//! borders.
//!
//! It must never parse what it passes through beyond a shallow look, wait for the store on a request's way, hold a whole
//! stream, or let anything a client sends choose where a credential goes. Start with [`Gateway`].

mod address;
mod alive;
mod answers;
mod auth;
mod beta;
mod body;
mod call;
mod crossing;
mod dialect;
mod edge;
mod endpoint;
mod error;
mod forward;
mod framing;
mod gateway;
mod gather;
mod guard;
mod headers;
mod intake;
mod job;
mod limits;
mod lists;
mod lobby;
mod log;
mod metrics;
mod models;
mod opening;
mod proxies;
mod record;
mod refused;
mod relay;
mod reply;
mod resend;
mod route;
mod server;
mod socket;
mod story;
mod tls;
mod wire;

pub use body::{Body, BodyError};
pub use edge::Edge;
pub use error::GatewayError;
pub use gateway::{Fallback, Gateway, GatewayParts};
pub use limits::Limits;
pub use lists::ListAsked;
pub use log::LogSender;
pub use proxies::{Network, NoNetwork};
pub use route::{Routes, Target};
pub use tls::{Tls, TlsError};
