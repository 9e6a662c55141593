//! The command line.

mod number;
mod refusal;
mod serve;
mod spoken;
mod usage;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand};
use hermes_core::Secret;
use hermes_text::Lang;
use hermes_text::cli::help;

use number::between;
pub(crate) use refusal::{Refusal, refusal};
pub(crate) use serve::{DashboardCommand, DashboardVerb, Up};
pub(crate) use spoken::{command, spoken};
pub(crate) use usage::{By, Range};

/// The whole command line. Its help is English here; [`command`] puts it into the person's language.
#[derive(Debug, Parser)]
#[command(name = "hermes", version, disable_help_subcommand = true, about = help::HERMES, after_help = help::EXIT_CODES)]
pub(crate) struct Cli {
    #[arg(long, global = true, value_name = "FOLDER", help = help::HOME)]
    pub(crate) home: Option<PathBuf>,
    #[arg(long, global = true, value_name = "URL", value_parser = secret, help = help::STORE_URL)]
    pub(crate) store: Option<Secret>,
    #[arg(long, global = true, help = help::JSON)]
    pub(crate) json: bool,
    #[arg(long, global = true, value_name = "LANG", value_parser = PossibleValuesParser::new(["en", "zh"]).map(|tag| Lang::of_locale(&tag)), help = help::LANG)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// An address may hold a password, so it is never shown again.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::from(text))
}

/// What to do. Without a command: one screen with logins, gateway and the next step.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(about = help::UP)]
    Up(Up),
    #[command(about = help::DASHBOARD)]
    Dashboard(DashboardCommand),
    #[command(subcommand, about = help::AUTH)]
    Auth(Auth),
    #[command(subcommand, about = help::KEY)]
    Key(Key),
    #[command(about = help::CHAT)]
    Chat(Chat),
    #[command(about = help::TOKEN)]
    Token {
        #[arg(help = help::TARGET_USABLE)]
        target: String,
    },
    #[command(about = help::MODELS)]
    Models {
        #[arg(help = help::ONLY_PROVIDER)]
        provider: Option<String>,
        #[arg(long, help = help::ASK_MODELS)]
        refresh: bool,
    },
    #[command(subcommand, about = help::PROVIDERS)]
    Providers(Providers),
    #[command(about = help::DOCTOR)]
    Doctor,
    #[command(subcommand, about = help::CONFIG)]
    Config(ConfigCommand),
    #[command(about = help::BACKUP)]
    Backup {
        #[arg(help = help::BACKUP_FILE)]
        file: Option<PathBuf>,
    },
    #[command(about = help::RESTORE)]
    Restore {
        #[arg(help = help::RESTORE_FILE)]
        file: PathBuf,
        #[arg(long, help = help::RESTORE_REPLACE)]
        replace: bool,
    },
    #[command(subcommand, about = help::STORE)]
    Store(StoreCommand),
    #[command(about = help::MIGRATE)]
    Migrate {
        #[arg(long, value_name = "URL|FOLDER", value_parser = secret, help = help::MIGRATE_TO)]
        to: Secret,
    },
    #[command(about = help::EXPLAIN)]
    Explain {
        #[arg(help = help::REQUEST_ID)]
        request_id: String,
    },
    #[command(about = help::USAGE)]
    Usage {
        #[arg(long, value_enum, default_value_t = Range::Day, help = help::RANGE)]
        range: Range,
        #[arg(long, value_enum, default_value_t = By::Credential, help = help::BY)]
        by: By,
    },
    #[command(about = help::COMPLETIONS)]
    Completions {
        #[arg(help = help::SHELL)]
        shell: clap_complete::Shell,
    },
    #[command(subcommand, about = help::DRILL)]
    Drill(Drill),
}

/// `hermes auth`.
#[derive(Debug, Subcommand)]
pub(crate) enum Auth {
    #[command(about = help::AUTH_ADD)]
    Add(Box<Add>),
    #[command(about = help::AUTH_FINISH)]
    Finish(Finish),
    #[command(about = help::AUTH_CANCEL)]
    Cancel {
        #[arg(help = help::LOGIN_ID)]
        login_id: String,
    },
    #[command(about = help::AUTH_LIST)]
    List {
        #[arg(help = help::ONLY_PROVIDER)]
        provider: Option<String>,
        #[arg(short, long, help = help::VERBOSE)]
        verbose: bool,
    },
    #[command(about = help::AUTH_STATUS)]
    Status {
        #[arg(help = help::PROVIDER_OR_ALL)]
        provider: Option<String>,
        #[arg(short, long, help = help::VERBOSE)]
        verbose: bool,
    },
    #[command(about = help::AUTH_REMOVE)]
    Remove {
        #[arg(help = help::TARGET)]
        target: String,
    },
    #[command(about = help::AUTH_LOGOUT)]
    Logout {
        #[arg(help = help::PROVIDER)]
        provider: String,
    },
    #[command(about = help::AUTH_REVOKE)]
    Revoke {
        #[arg(help = help::TARGET)]
        target: String,
    },
    #[command(about = help::AUTH_RENAME)]
    Rename {
        #[arg(help = help::TARGET)]
        target: String,
        #[arg(help = help::NEW_LABEL)]
        label: String,
    },
    #[command(about = help::AUTH_PRIORITY)]
    Priority {
        #[arg(help = help::TARGET)]
        target: String,
        #[arg(value_parser = |text: &str| between(text, 1, u32::MAX), help = help::PLACE)]
        place: u32,
    },
    #[command(about = help::AUTH_STRATEGY)]
    Strategy {
        #[arg(help = help::PROVIDER)]
        provider: String,
        #[arg(help = help::STRATEGY)]
        strategy: Option<String>,
    },
    #[command(about = help::AUTH_WEIGHT)]
    Weight {
        #[arg(help = help::TARGET)]
        target: String,
        #[arg(value_parser = |text: &str| between(text, 1, 1000), help = help::WEIGHT)]
        weight: u32,
    },
    #[command(about = help::AUTH_REFRESH)]
    Refresh {
        #[arg(help = help::TARGET)]
        target: String,
    },
    #[command(about = help::AUTH_RESET)]
    Reset {
        #[arg(help = help::TARGET)]
        target: String,
    },
    #[command(about = help::AUTH_ENABLE)]
    Enable {
        #[arg(help = help::TARGET)]
        target: String,
    },
    #[command(about = help::AUTH_DISABLE)]
    Disable {
        #[arg(help = help::TARGET)]
        target: String,
    },
}

/// `hermes auth add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    #[arg(help = help::PROVIDER_LISTED)]
    pub(crate) provider: String,
    #[arg(long, help = help::REGION)]
    pub(crate) region: Option<String>,
    #[arg(long, help = help::LABEL)]
    pub(crate) label: Option<String>,
    #[arg(long, help = help::METHOD)]
    pub(crate) method: Option<String>,
    #[arg(long, help = help::NO_BROWSER)]
    pub(crate) no_browser: bool,
    #[arg(long, value_name = "S", value_parser = |text: &str| between(text, 1, 86_400), help = help::TIMEOUT)]
    pub(crate) timeout: Option<u32>,
    #[arg(long, help = help::START)]
    pub(crate) start: bool,
    #[arg(long, help = help::QR)]
    pub(crate) qr: bool,
    #[arg(long, help = help::ACCEPT_TERMS)]
    pub(crate) accept_terms: bool,
    #[arg(long, help = help::NO_VERIFY)]
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
    #[arg(long, help = help::API_KEY)]
    pub(crate) api_key: bool,
    #[arg(long, help = help::API_KEY_STDIN)]
    pub(crate) api_key_stdin: bool,
    #[arg(long, value_name = "FILE", help = help::API_KEY_FILE)]
    pub(crate) api_key_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = help::FROM_ENV)]
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
    #[arg(long, help = help::CODE_STDIN)]
    pub(crate) code_stdin: bool,
}

/// `hermes auth finish`.
#[derive(Debug, Args)]
pub(crate) struct Finish {
    #[arg(help = help::LOGIN_ID)]
    pub(crate) login_id: String,
    #[arg(long, value_name = "S", value_parser = |text: &str| between(text, 1, 86_400), help = help::TIMEOUT)]
    pub(crate) timeout: Option<u32>,
    #[command(flatten)]
    pub(crate) code: CodeSource,
    #[arg(long, help = help::NO_VERIFY)]
    pub(crate) no_verify: bool,
    #[command(flatten)]
    pub(crate) key: KeySource,
}

/// `hermes key`.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    #[command(about = help::KEY_CREATE)]
    Create {
        #[arg(default_value = "default", help = help::KEY_NAME)]
        name: String,
        #[arg(long, value_name = "N", value_parser = |text: &str| between(text, 0, u32::MAX), help = help::KEY_LIMIT)]
        limit: Option<u32>,
        #[arg(long = "model", value_name = "MODEL", help = help::KEY_MODEL)]
        models: Vec<String>,
    },
    #[command(about = help::KEY_LIST)]
    List,
    #[command(about = help::KEY_REVOKE)]
    Revoke {
        #[arg(help = help::KEY_NAMED)]
        key: String,
    },
}

/// `hermes store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    #[command(about = help::STORE_INFO)]
    Info,
    #[command(about = help::STORE_ADOPT)]
    Adopt {
        #[arg(long, help = help::YES)]
        yes: bool,
    },
    #[command(about = help::STORE_CHECK)]
    Check,
}

/// `hermes chat`.
#[derive(Debug, Args)]
pub(crate) struct Chat {
    #[arg(short, long, help = help::CHAT_MODEL)]
    pub(crate) model: Option<String>,
    #[arg(help = help::CHAT_TEXT)]
    pub(crate) text: Vec<String>,
}

/// `hermes providers`.
#[derive(Debug, Subcommand)]
pub(crate) enum Providers {
    #[command(about = help::PROVIDERS_LIST)]
    List,
    #[command(about = help::PROVIDERS_SHOW)]
    Show {
        #[arg(help = help::PROVIDER)]
        provider: String,
    },
}

/// `hermes config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    #[command(about = help::CONFIG_SHOW)]
    Show {
        #[arg(long, help = help::CONFIG_ORIGIN)]
        origin: bool,
    },
}

/// `hermes drill`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Drill {
    #[command(about = help::DRILL_LOGIN)]
    Login,
    #[command(about = help::DRILL_REUSE)]
    Reuse,
    #[command(name = "429", about = help::DRILL_LIMIT)]
    Limit,
    #[command(about = help::DRILL_CRASH)]
    Crash,
    #[command(about = help::DRILL_MACHINES)]
    TwoMachines,
}
