//! The pages: each takes what it shows as plain values and gives the content of the frame.
//!
//! A page knows no store and no pool. Its module documents the values it wants; every visible word comes from `hermes-text`.

pub mod keys;
pub mod login;
pub mod overview;
pub mod pool;
pub mod providers;
pub mod request;
pub mod requests;
pub mod settings;
pub mod usage;
