//! Whole logins and refreshes against loopback servers that say what the test told them to, on a clock that the test moves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod browser;
mod device_auth;
mod device_code;
mod keys;
mod lab;
mod listener;
mod refresh;
mod user_code;
