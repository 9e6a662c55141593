//! What Hermes says to people, in every language it speaks: one table for terminal and pages.
//!
//! A message is a function of the language and its values. One that lacks a language does not compile, and one that counts
//! something cannot be written without its singular. It must never read the environment; who asks for a message knows in which
//! language. Start with [`Lang`], then `table.rs`, which makes the functions; the messages stand in one module for each area:
//! [`pages`] for the dashboard, [`cli`] for the terminal, the others for both.

#[macro_use]
mod table;
mod both;
mod count;
mod lang;

pub mod action;
pub mod callback;
pub mod check;
pub mod cli;
pub mod common;
pub mod errors;
pub mod login;
pub mod pages;
pub mod shell;
pub mod state;
pub mod time;

pub use both::Both;
pub use count::Count;
pub use lang::Lang;

/// A message without values.
pub type Word = fn(Lang) -> &'static str;

#[cfg(test)]
mod tests;
