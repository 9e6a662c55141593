//! What `hermes usage` takes.

use clap::ValueEnum;
use hermes_text::cli::help;

/// How far back usage is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Range {
    #[value(name = "24h", help = help::RANGE_DAY)]
    Day,
    #[value(name = "7d", help = help::RANGE_WEEK)]
    Week,
    #[value(name = "30d", help = help::RANGE_MONTH)]
    Month,
}

/// What usage is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    #[value(help = help::BY_LOGIN)]
    Credential,
    #[value(help = help::BY_MODEL)]
    Model,
    #[value(help = help::BY_KEY)]
    Key,
}
