//! What `hermes usage` takes.

use clap::ValueEnum;

/// How far back usage is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Range {
    /// The last 24 hours
    #[value(name = "24h")]
    Day,
    /// The last 7 days
    #[value(name = "7d")]
    Week,
    /// The last 30 days
    #[value(name = "30d")]
    Month,
}

/// What usage is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// Login
    Credential,
    /// Model
    Model,
    /// Client key
    Key,
}
