//! The command line as people and scripts meet it: the real binary in an empty home, without any network.

mod changes;
mod context;
mod help;
mod login;
mod output;
mod reads;
mod refusals;
