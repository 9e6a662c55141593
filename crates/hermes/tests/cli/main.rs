//! The command line as people and scripts meet it: the real binary in an empty home, without any network.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, too")]

mod changes;
mod chinese;
mod context;
mod help;
mod login;
mod output;
mod reads;
mod refusals;
mod remote;
mod stores;
mod words;
