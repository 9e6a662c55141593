//! What `hermes up` and `hermes dashboard` take.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hermes_text::cli::help;

/// `hermes up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    #[arg(long, value_name = "ADDR", help = help::UP_LISTEN)]
    pub(crate) listen: Option<String>,
    #[arg(long, value_name = "FILE", requires = "tls_key", help = help::UP_CERT)]
    pub(crate) tls_cert: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "tls_cert", help = help::UP_KEY)]
    pub(crate) tls_key: Option<PathBuf>,
    #[arg(long, conflicts_with = "tls_cert", help = help::UP_PROXY)]
    pub(crate) behind_proxy: bool,
}

/// `hermes dashboard`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DashboardCommand {
    #[arg(long, value_name = "ADDR", help = help::DASHBOARD_LISTEN)]
    pub(crate) listen: Option<String>,
    #[arg(long, help = help::DASHBOARD_PRINT)]
    pub(crate) no_browser: bool,
    #[arg(long, conflicts_with_all = ["listen", "no_browser"], help = help::DASHBOARD_LOGOUT)]
    pub(crate) logout: bool,
    #[command(subcommand)]
    pub(crate) verb: Option<DashboardVerb>,
}

/// What else can be done about the dashboard.
#[derive(Debug, Subcommand)]
pub(crate) enum DashboardVerb {
    #[command(about = help::DASHBOARD_PASSWORD)]
    Password {
        #[arg(long, help = help::PASSWORD_STDIN)]
        stdin: bool,
        #[arg(long, conflicts_with = "stdin", help = help::PASSWORD_REMOVE)]
        remove: bool,
    },
}
