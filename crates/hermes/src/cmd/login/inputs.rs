//! Where a login's key or code comes from.

use hermes_catalog::{LoginFlow, LoginMethod};
use hermes_core::{Secret, Source};

use crate::app::App;
use crate::args::KeySource;
use crate::failure::Failure;
use crate::prompt::read_secret;

/// What the command line says about keys and codes.
pub(super) struct Inputs<'a> {
    pub(super) key: &'a KeySource,
    pub(super) code_stdin: bool,
    pub(super) verify: bool,
}

impl Inputs<'_> {
    /// Refuses what could only hang: a question without anybody to ask, or options that the login has no use for.
    pub(super) fn check(
        &self,
        app: &App<'_>,
        method: &LoginMethod,
        listens: bool,
        start: bool,
    ) -> Result<(), Failure> {
        let silent = app.printer.is_json() || !app.prompter.can_ask();
        match &method.flow {
            LoginFlow::ApiKey if start => Ok(()),
            LoginFlow::ApiKey if silent && (!self.key.is_given() || self.key.api_key) => {
                Err(Failure::usage(|_| "an API key is needed, and there is no terminal to ask for it")
                    .hint(|_| "Use `--api-key-stdin`, `--api-key-file FILE` or `--from-env NAME`."))
            }
            LoginFlow::Browser(_) if silent && !listens && !self.code_stdin && !start => {
                Err(Failure::usage(|_| "this login ends with a code to paste, and there is no terminal to ask for it").hint(
                    |_| "Use `--start` now and `hermes auth finish ID --code-stdin` later, or `--code-stdin` if the code comes on stdin.",
                ))
            }
            LoginFlow::Browser(_) | LoginFlow::ApiKey => Ok(()),
            _ if self.code_stdin => {
                Err(Failure::usage(|_| "`--code-stdin` is for logins that end with a code to paste; this one needs none"))
            }
            _ => Ok(()),
        }
    }

    /// The API key and where it came from.
    pub(super) fn read_key(&self, app: &App<'_>, names: &[String]) -> Result<(Secret, Source), Failure> {
        if self.key.api_key_stdin {
            return Ok((app.prompter.read_all()?, Source::Key));
        }
        if let Some(file) = &self.key.api_key_file {
            let mut file = fs_err::File::open(file)
                .map_err(|error| Failure::usage(|_| format!("the key file cannot be read: {error}")))?;
            return Ok((
                read_secret(&mut file, hermes_text::cli::app::key_file)?,
                Source::Key,
            ));
        }
        if let Some(name) = &self.key.from_env {
            let Some(value) = app.env.get(name) else {
                return Err(Failure::usage(|_| {
                    format!("the environment variable `{name}` is not set")
                }));
            };
            return Ok((Secret::from(value.trim()), Source::Env(name.clone())));
        }
        if let Some(name) = names.iter().find(|name| app.env.get(name).is_some()) {
            app.printer.note(format_args!(
                "`{name}` is set; `--from-env {name}` would take the key from there"
            ));
        }
        Ok((app.prompter.ask_hidden("API key (hidden)")?, Source::Key))
    }
}
