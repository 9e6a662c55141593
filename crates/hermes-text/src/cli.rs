//! What the command line says. Names of commands and options, ids of states and keys of files stand in no table: they are the same
//! in every language.

pub mod app;
pub mod frame;
pub mod help;
pub mod machine;
pub mod refusal;
