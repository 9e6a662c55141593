//! The command line.

mod serve;
mod usage;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use hermes_core::Secret;

pub(crate) use serve::{DashboardCommand, DashboardVerb, Up};
pub(crate) use usage::{By, Range};

/// Sign in to AI providers once, and serve their models to every program on this machine
#[derive(Debug, Parser)]
#[command(name = "hermes", version, max_term_width = 100, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// Folder for the store and config.toml [default: HERMES_HOME, else the platform's data folder]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) home: Option<PathBuf>,
    /// Database that several machines share, postgres://USER@HOST/DATABASE [default: HERMES_STORE, else `[store] url`, else a file]
    #[arg(long, global = true, value_name = "URL", value_parser = secret)]
    pub(crate) store: Option<Secret>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// An address may hold a password, so it is never shown again.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::from(text))
}

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failure, 2 usage, 3 cancelled or denied by you, 4 login required, \
5 login expired, 6 refused by the provider, 7 network, 8 store, 130 interrupted";

/// What to do. Without a command: one screen with logins, gateway and the next step.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway and the dashboard in the foreground
    Up(Up),
    /// Open the dashboard of the running `hermes up` in a browser
    Dashboard(DashboardCommand),
    /// Sign in to providers and manage logins
    #[command(subcommand)]
    Auth(Auth),
    /// Manage the client keys of the gateway
    #[command(subcommand)]
    Key(Key),
    /// Ask a model from the terminal
    Chat(Chat),
    /// Print a fresh access token or key of a login
    Token {
        /// Login: label, PROVIDER, PROVIDER:LABEL, PROVIDER:INDEX or the beginning of an id
        target: String,
    },
    /// List the models that signed-in providers serve
    Models {
        /// Only this provider
        provider: Option<String>,
    },
    /// Show what is known about providers
    #[command(subcommand)]
    Providers(Providers),
    /// Check store, protection, files, clock, settings and logins
    Doctor,
    /// Show settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write a copy of the store
    Backup {
        /// New file [default: a dated one in the home's `backups` folder]
        file: Option<PathBuf>,
    },
    /// Put a copy in the place of the store
    Restore {
        /// File that `hermes backup` wrote
        file: PathBuf,
        /// Replace the store that is there; it is kept beside the new one
        #[arg(long)]
        replace: bool,
    },
    /// Show the store of this home, take it for the one in use, or check every secret in it
    #[command(subcommand)]
    Store(StoreCommand),
    /// Move every login to another store
    Migrate {
        /// Empty database, postgres://USER@HOST/DATABASE, or a new home folder
        #[arg(long, value_name = "URL|FOLDER", value_parser = secret)]
        to: Secret,
    },
    /// Tell what happened to a request
    Explain {
        /// Id from the `x-hermes-request-id` header
        request_id: String,
    },
    /// Show requests, tokens and latencies by login, model or client key
    Usage {
        /// How far back
        #[arg(long, value_enum, default_value_t = Range::Day)]
        range: Range,
        /// What to tell apart
        #[arg(long, value_enum, default_value_t = By::Credential)]
        by: By,
    },
    /// Print a completion script
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Watch something happen with simulated providers, without any account
    #[command(subcommand)]
    Drill(Drill),
}

/// `hermes auth`.
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    /// Sign in to a provider, or store an API key
    Add(Box<Add>),
    /// Continue a login that was started with `auth add --start`
    Finish(Finish),
    /// Forget a login that was started and not finished
    Cancel {
        /// Id that `auth add --start` printed
        login_id: String,
    },
    /// List logins
    List {
        /// Only this provider
        provider: Option<String>,
        /// Show everything that is known
        #[arg(short, long)]
        verbose: bool,
    },
    /// Tell whether a provider can be used: exit code 0 if so, 4 if not
    Status {
        /// Provider; without one, every login is shown
        provider: Option<String>,
        /// Show everything that is known
        #[arg(short, long)]
        verbose: bool,
    },
    /// Delete a login from this machine
    Remove {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
    /// Delete every login of a provider from this machine
    Logout {
        /// Provider
        provider: String,
    },
    /// End a login at the provider, then delete it from this machine
    Revoke {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
    /// Give a login another label
    Rename {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
        /// New label
        label: String,
    },
    /// Move a login to another place in its provider's order
    Priority {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
        /// Place, from 1; 1 is tried first
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        place: u32,
    },
    /// Show or choose how requests are spread over a provider's logins
    Strategy {
        /// Provider
        provider: String,
        /// fill-first, round-robin, least-used, random or weighted
        strategy: Option<String>,
    },
    /// Set a login's share where its provider's strategy is `weighted`
    Weight {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
        /// Share, from 1
        #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
        weight: u32,
    },
    /// Renew a login's token now
    Refresh {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
    /// End a cool-down, or a block that you have cleared with the provider
    Reset {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
    /// Use a login again
    Enable {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
    /// Stop using a login without deleting it
    Disable {
        /// Label, PROVIDER:INDEX, or the beginning of an id
        target: String,
    },
}

/// `hermes auth add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Provider; see `hermes providers list`
    pub(crate) provider: String,
    /// Region of the provider
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Label of the login [default: the account's name]
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Way to sign in: device, browser, paste, key, or an id from `hermes providers show`
    #[arg(long)]
    pub(crate) method: Option<String>,
    /// Do not open a browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Give up after this many seconds
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
    /// Print link and code, and return at once; continue with `auth finish`
    #[arg(long)]
    pub(crate) start: bool,
    /// Show the link as a QR code too
    #[arg(long)]
    pub(crate) qr: bool,
    /// Accept the provider's rule on use by other programs without being asked
    #[arg(long)]
    pub(crate) accept_terms: bool,
    /// Store a key without asking the provider whether it works
    #[arg(long)]
    pub(crate) no_verify: bool,
    #[command(flatten)]
    pub(crate) key: KeySource,
    #[command(flatten)]
    pub(crate) code: CodeSource,
}

/// Where an API key comes from.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct KeySource {
    /// Sign in with an API key and be asked for it
    #[arg(long)]
    pub(crate) api_key: bool,
    /// Read the API key from stdin
    #[arg(long)]
    pub(crate) api_key_stdin: bool,
    /// Read the API key from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// Take the API key from an environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) from_env: Option<String>,
}

impl KeySource {
    /// Whether any of them was given.
    pub(crate) fn is_given(&self) -> bool {
        self.api_key || self.api_key_stdin || self.api_key_file.is_some() || self.from_env.is_some()
    }
}

/// Where a pasted code comes from.
#[derive(Debug, Args)]
pub(crate) struct CodeSource {
    /// Read the code that the browser shows from stdin
    #[arg(long)]
    pub(crate) code_stdin: bool,
}

/// `hermes auth finish`.
#[derive(Debug, Args)]
pub(crate) struct Finish {
    /// Id that `auth add --start` printed
    pub(crate) login_id: String,
    /// Give up after this many seconds
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
    #[command(flatten)]
    pub(crate) code: CodeSource,
    /// Store a key without asking the provider whether it works
    #[arg(long)]
    pub(crate) no_verify: bool,
    #[command(flatten)]
    pub(crate) key: KeySource,
}

/// `hermes key`.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key and show it once
    Create {
        /// Name for you
        #[arg(default_value = "default")]
        name: String,
        /// Most requests a minute
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Only this model, PROVIDER/MODEL or PROVIDER/*; may be given several times
        #[arg(long = "model", value_name = "MODEL")]
        models: Vec<String>,
    },
    /// List keys
    List,
    /// Revoke a key
    Revoke {
        /// Id, public beginning or name
        key: String,
    },
}

/// `hermes store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Show where the store is, how it is protected and how it stands
    Info,
    /// Say that this store is the one in use, where it is taken for a copy or for an older state
    Adopt {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Open every secret and tell what is damaged: exit code 8 if anything is
    Check,
}

/// `hermes chat`.
#[derive(Debug, Args)]
pub(crate) struct Chat {
    /// Model, or PROVIDER/MODEL [default: the default model of the first usable login]
    #[arg(short, long)]
    pub(crate) model: Option<String>,
    /// What to say; read from stdin when it is piped
    pub(crate) text: Vec<String>,
}

/// `hermes providers`.
#[derive(Debug, Subcommand)]
pub(crate) enum Providers {
    /// List providers
    List,
    /// Show one provider: ways to sign in, rules, regions, how requests are sent
    Show {
        /// Provider
        provider: String,
    },
}

/// `hermes config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the settings in force
    Show {
        /// Show where each value came from
        #[arg(long)]
        origin: bool,
    },
}

/// `hermes drill`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Drill {
    /// Sign in, send a request, see the token renewed
    Login,
    /// Eight programs want one ended token at once; then a copy of the home wants it too
    Reuse,
    /// A provider limits one of two accounts
    #[command(name = "429")]
    Limit,
    /// A program is killed in the middle of a renewal
    Crash,
    /// Two machines share a database and need the same token (needs PostgreSQL)
    TwoMachines,
}
