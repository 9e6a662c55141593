//! What the command line says. Names of commands and options, ids of states and keys of files stand in no table: they are the same
//! in every language.

pub mod account;
pub mod app;
pub mod catalog;
pub mod config;
pub mod doctor;
pub mod drill;
pub mod frame;
pub mod help;
pub mod key;
pub mod login;
pub mod machine;
pub mod refusal;
pub mod request;
pub mod serve;
pub mod store;
