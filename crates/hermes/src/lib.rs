//! The `hermes` program as a library, so that tests can reach its helpers.
//!
//! It holds commands, prompts and printing, and wires the other crates together. It must never hold login, pool or gateway
//! logic that another surface needs too, print a secret that was not asked for, or wait for an answer without a terminal.
//! Start with [`run`], then `app.rs` (what a command works with) and `cmd/` (one file per group of commands).

mod app;
mod args;
mod cmd;
mod config;
mod failure;
mod harden;
mod json;
mod opener;
mod paths;
mod printer;
mod prompt;
mod qr;
mod run;
mod safe;
mod server;
mod table;
mod when;
mod words;

pub use harden::harden;
pub use run::run;

#[cfg(test)]
mod tests;
