//! What `hermes up` and `hermes dashboard` take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `hermes up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Address and port [default: `[gateway] listen`, else 127.0.0.1:7766]. Other machines need TLS, `allowed_hosts` and a password
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Certificate chain in PEM form, to speak TLS; read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Key of the certificate in PEM form, without a passphrase
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A proxy in front speaks TLS with the clients and hands `Host` on as it came
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) behind_proxy: bool,
}

/// `hermes dashboard`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DashboardCommand {
    /// Where `hermes up` listens [default: 127.0.0.1:7766]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Print the link and open nothing
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Sign every browser out instead
    #[arg(long, conflicts_with_all = ["listen", "no_browser"])]
    pub(crate) logout: bool,
    #[command(subcommand)]
    pub(crate) verb: Option<DashboardVerb>,
}

/// What else can be done about the dashboard.
#[derive(Debug, Subcommand)]
pub(crate) enum DashboardVerb {
    /// Set the password that signs in from other machines, and sign every browser out
    Password {
        /// Take it from stdin instead of asking twice
        #[arg(long)]
        stdin: bool,
        /// Remove it
        #[arg(long, conflicts_with = "stdin")]
        remove: bool,
    },
}
