//! Where a login's key or code comes from.

use hermes_catalog::{LoginFlow, LoginMethod};
use hermes_core::{Secret, Source};
use hermes_text::cli::{app as app_words, login as words, machine};

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
                Err(Failure::usage(words::key_unasked).hint(words::key_unasked_next))
            }
            LoginFlow::Browser(_) if silent && !listens && !self.code_stdin && !start => {
                Err(Failure::usage(words::code_unasked).hint(words::code_unasked_next))
            }
            LoginFlow::Browser(_) | LoginFlow::ApiKey => Ok(()),
            _ if self.code_stdin => Err(Failure::usage(words::code_needless)),
            _ => Ok(()),
        }
    }

    /// The API key and where it came from.
    pub(super) fn read_key(&self, app: &App<'_>, names: &[String]) -> Result<(Secret, Source), Failure> {
        if self.key.api_key_stdin {
            return Ok((app.prompter.read_all()?, Source::Key));
        }
        if let Some(file) = &self.key.api_key_file {
            let mut file = fs_err::File::open(file).map_err(|error| {
                Failure::usage(|lang| words::key_file_unread(lang, &machine::reason(lang, &error)))
            })?;
            return Ok((read_secret(&mut file, app_words::key_file)?, Source::Key));
        }
        if let Some(name) = &self.key.from_env {
            let Some(value) = app.env.get(name) else {
                return Err(Failure::usage(|lang| words::not_set(lang, name)));
            };
            return Ok((Secret::from(value.trim()), Source::Env(name.clone())));
        }
        if let Some(name) = names.iter().find(|name| app.env.get(name).is_some()) {
            app.printer.note(words::is_set(app.lang(), name));
        }
        Ok((app.prompter.ask_hidden(words::key(app.lang()))?, Source::Key))
    }
}
