//! The client against real loopback sockets.

#![expect(clippy::unwrap_used, reason = "a failure in a helper is a failed test")]

mod call;
mod common;
mod send;
mod tls;
