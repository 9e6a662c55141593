//! One file per group of commands. Each takes the app and its arguments, prints its result and returns the exit code.

mod auth;
mod backup;
mod chat;
mod config;
mod dashboard;
pub(crate) mod details;
mod doctor;
mod drill;
mod explain;
mod key;
mod login;
pub(crate) mod migrate;
mod models;
mod overview;
mod providers;
mod reach;
mod server;
mod share;
mod signals;
mod sources;
mod status;
pub(crate) mod store;
mod target;
mod token;
mod up;
mod usage;

use hermes_store::Protection;
use hermes_text::Lang;
use hermes_text::cli::app as words;

use crate::app::App;
use crate::args::Command;
use crate::failure::Outcome;

/// Runs a command.
pub(crate) async fn dispatch(app: &App<'_>, command: Option<Command>) -> Outcome {
    match command {
        None => overview::run(app).await,
        Some(Command::Up(args)) => up::run(app, &args).await,
        Some(Command::Dashboard(args)) => dashboard::run(app, &args).await,
        Some(Command::Auth(command)) => auth::run(app, command).await,
        Some(Command::Key(command)) => key::run(app, &command).await,
        Some(Command::Chat(args)) => chat::run(app, &args).await,
        Some(Command::Token { target }) => token::run(app, &target).await,
        Some(Command::Models { provider, refresh }) => models::run(app, provider.as_deref(), refresh).await,
        Some(Command::Providers(command)) => providers::run(app, &command).await,
        Some(Command::Doctor) => doctor::run(app).await,
        Some(Command::Config(command)) => {
            config::run(app, &command);
            Ok(0)
        }
        Some(Command::Backup { file }) => backup::backup(app, file.as_deref()).await,
        Some(Command::Restore { file, replace }) => backup::restore(app, &file, replace).await,
        Some(Command::Store(command)) => store::run(app, &command).await,
        Some(Command::Migrate { to }) => migrate::run(app, &to).await,
        Some(Command::Explain { request_id }) => explain::run(app, &request_id).await,
        Some(Command::Usage { range, by }) => usage::run(app, range, by).await,
        Some(Command::Drill(scenario)) => drill::run(app, scenario).await,
        // Needs no home, so it was answered before there was an app.
        Some(Command::Completions { .. }) => Ok(0),
    }
}

/// Who protects the store, in words.
pub(crate) fn protection_words(lang: Lang, protection: &Protection) -> String {
    match protection {
        Protection::Keyring => words::sealed_by_keyring(lang).to_owned(),
        Protection::Passphrase => words::sealed_by_passphrase(lang).to_owned(),
        Protection::KeyFile { path } => words::sealed_by_file(lang, path),
    }
}
