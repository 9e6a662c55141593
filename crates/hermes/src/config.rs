//! `config.toml`: what it may say, where each value came from, and errors that name file, line and key.

use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hermes_catalog::{AuthStyle, CustomEndpoint};
use hermes_core::{ExitKind, Protocol, ProviderId, Secret};
use hermes_pool::ProviderSettings;
use hermes_store::HolderChoice;
use hermes_text::cli::{config as words, machine};
use hermes_text::{Both, Lang};
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::failure::Failure;

mod edge;
mod effective;

pub(crate) use effective::{DEFAULT, Effective};

/// What stands before the number of a line, in the origin of a value.
const LINE: &str = "config.toml line ";
/// Where the gateway listens when nothing says otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:7766";

/// The settings of the config file. Every value remembers its place.
#[derive(Debug, Default)]
pub(crate) struct Config {
    file: PathBuf,
    /// Starts of the lines, to turn a place into a line number.
    lines: Vec<usize>,
    raw: Raw,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    gateway: RawGateway,
    store: RawStore,
    /// Model aliases.
    routes: BTreeMap<String, Spanned<String>>,
    providers: BTreeMap<Spanned<String>, RawProvider>,
    endpoints: BTreeMap<Spanned<String>, RawEndpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawGateway {
    listen: Option<Spanned<String>>,
    allowed_hosts: Option<Spanned<Vec<String>>>,
    tls_cert: Option<Spanned<PathBuf>>,
    tls_key: Option<Spanned<PathBuf>>,
    behind_proxy: Option<Spanned<bool>>,
    trusted_proxies: Option<Spanned<Vec<String>>>,
    strict: Option<Spanned<bool>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawStore {
    holder: Option<Spanned<RawHolder>>,
    url: Option<Spanned<RawAddress>>,
}

/// The address of a database, which may hold a password.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct RawAddress(Secret);

impl From<String> for RawAddress {
    fn from(text: String) -> Self {
        Self(Secret::from(text))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawHolder {
    Auto,
    Keyring,
    Passphrase,
    KeyFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawProvider {
    enabled: Option<Spanned<bool>>,
    api_mode: Option<Spanned<Protocol>>,
    base_url: Option<Spanned<Url>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEndpoint {
    base_url: Spanned<String>,
    protocol: Option<Spanned<Protocol>>,
    key_env: Option<Spanned<String>>,
    /// How the key is attached: `bearer`, `none`, or `{ header = "x-api-key" }`.
    auth: Option<Spanned<AuthStyle>>,
    #[serde(default)]
    models: Option<Spanned<Vec<String>>>,
}

/// Something wrong with a value: the byte where it stands, and what.
type Wrong = (usize, Both);

/// A config file that cannot be used.
fn unusable(message: impl Fn(Lang) -> String) -> Failure {
    Failure::new(ExitKind::Usage, "config", message).hint(words::next)
}

/// A place in a config file that is not what it must be.
fn invalid(file: &Path, line: usize, problem: &Both) -> Failure {
    let file = file.display().to_string();
    unusable(|lang| words::invalid(lang, &file, line, problem.get(lang)))
}

impl Config {
    /// Reads the file; none at all is the same as an empty one.
    pub(crate) fn load(file: &Path) -> Result<Self, Failure> {
        match fs_err::read(file) {
            Ok(bytes) => Self::parse(file, bytes),
            // A home that cannot be there has no file in it either; whoever makes the home says what is wrong with it.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(Self {
                    file: file.to_owned(),
                    ..Self::default()
                })
            }
            Err(error) => {
                let shown = file.display().to_string();
                let why = |lang| machine::bare_reason(lang, &error);
                Err(unusable(|lang| words::unreadable(lang, &shown, &why(lang))))
            }
        }
    }

    fn parse(file: &Path, bytes: Vec<u8>) -> Result<Self, Failure> {
        let lines = line_starts(&bytes);
        let invalid = |(at, problem): Wrong| invalid(file, line_of(&lines, at), &problem);
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            invalid((at, Both::of(words::not_text)))
        })?;
        let raw: Raw = toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let problem = error.message().replace('\n', " ");
            let problem = match key_at(&text, at) {
                Some(key) => Both::of(|lang| words::key(lang, key, &problem)),
                None => Both::same(&problem),
            };
            invalid((at, problem))
        })?;
        let config = Self {
            file: file.to_owned(),
            lines: lines.clone(),
            raw,
        };
        config.check().map_err(invalid)?;
        Ok(config)
    }

    /// What the types cannot say.
    fn check(&self) -> Result<(), Wrong> {
        if let Some(listen) = &self.raw.gateway.listen
            && listen.get_ref().parse::<std::net::SocketAddr>().is_err()
        {
            let problem = Both::of(|lang| words::bad_listen(lang, listen.get_ref(), DEFAULT_LISTEN));
            return Err((listen.span().start, problem));
        }
        self.raw.gateway.check()?;
        if let Some(url) = &self.raw.store.url
            && !crate::server::is_address(url.get_ref().0.expose())
        {
            let problem = Both::of(|lang| words::bad_store(lang, crate::server::EXAMPLE));
            return Err((url.span().start, problem));
        }
        for (name, endpoint) in &self.raw.endpoints {
            let url = &endpoint.base_url;
            if Url::parse(url.get_ref()).is_err() {
                let key = format!("endpoints.{}.base_url", name.get_ref());
                let problem = Both::of(|lang| words::bad_url(lang, &key, url.get_ref()));
                return Err((url.span().start, problem));
            }
        }
        Ok(())
    }

    /// The file, whether it exists or not.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Where the gateway listens.
    pub(crate) fn listen(&self) -> &str {
        self.raw
            .gateway
            .listen
            .as_ref()
            .map_or(DEFAULT_LISTEN, |listen| listen.get_ref())
    }

    /// Names beside the loopback ones that a client may address the gateway by.
    pub(crate) fn allowed_hosts(&self) -> Vec<String> {
        self.raw
            .gateway
            .allowed_hosts
            .as_ref()
            .map(|hosts| hosts.get_ref().clone())
            .unwrap_or_default()
    }

    /// Whether a translation that would leave something out is refused, whatever the request says.
    pub(crate) fn strict(&self) -> bool {
        self.raw
            .gateway
            .strict
            .as_ref()
            .is_some_and(|strict| *strict.get_ref())
    }

    /// Who is to hold the key of a new store.
    pub(crate) fn holder(&self) -> HolderChoice {
        match self.raw.store.holder.as_ref().map(Spanned::get_ref) {
            None | Some(RawHolder::Auto) => HolderChoice::Auto,
            Some(RawHolder::Keyring) => HolderChoice::Keyring,
            Some(RawHolder::Passphrase) => HolderChoice::Passphrase,
            Some(RawHolder::KeyFile) => HolderChoice::KeyFile,
        }
    }

    /// The database that holds the store, with the place of the setting.
    pub(crate) fn store_url(&self) -> Option<(Secret, String)> {
        let url = self.raw.store.url.as_ref()?;
        Some((url.get_ref().0.clone(), self.place(url.span().start)))
    }

    /// Model aliases.
    pub(crate) fn routes(&self) -> BTreeMap<String, String> {
        self.raw
            .routes
            .iter()
            .map(|(alias, model)| (alias.clone(), model.get_ref().clone()))
            .collect()
    }

    /// Custom endpoints as the catalogue takes them.
    pub(crate) fn endpoints(&self) -> Vec<CustomEndpoint> {
        let endpoint = |(name, raw): (&Spanned<String>, &RawEndpoint)| CustomEndpoint {
            name: name.get_ref().clone(),
            base_url: raw.base_url.get_ref().clone(),
            protocols: raw.protocol.iter().map(|one| *one.get_ref()).collect(),
            models: raw
                .models
                .as_ref()
                .map(|models| models.get_ref().clone())
                .unwrap_or_default(),
            key_env: raw.key_env.as_ref().map(|name| name.get_ref().clone()),
            auth: raw.auth.as_ref().map(|auth| auth.get_ref().clone()),
            headers: BTreeMap::new(),
        };
        self.raw.endpoints.iter().map(endpoint).collect()
    }

    /// The `[providers.<id>]` tables by the id that `resolve` finds for each name.
    ///
    /// # Errors
    /// A name that is no provider's.
    pub(crate) fn provider_settings(
        &self,
        resolve: impl Fn(&str) -> Result<ProviderId, Both>,
    ) -> Result<HashMap<ProviderId, ProviderSettings>, Failure> {
        let mut all = HashMap::new();
        for (name, raw) in &self.raw.providers {
            let id = resolve(name.get_ref()).map_err(|problem| {
                let key = format!("providers.{}", name.get_ref());
                let problem = Both::of(|lang| words::key(lang, &key, problem.get(lang)));
                invalid(&self.file, line_of(&self.lines, name.span().start), &problem)
            })?;
            let settings = ProviderSettings {
                enabled: raw.enabled.as_ref().map(|one| *one.get_ref()),
                api_mode: raw.api_mode.as_ref().map(|one| *one.get_ref()),
                base_url: raw.base_url.as_ref().map(|one| one.get_ref().clone()),
                origin: Both::same(self.place(name.span().start)),
            };
            all.insert(id, settings);
        }
        Ok(all)
    }

    fn place(&self, at: usize) -> String {
        format!("{LINE}{}", line_of(&self.lines, at))
    }
}

fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

/// The line number, from 1, of a byte.
fn line_of(starts: &[usize], at: usize) -> usize {
    starts.partition_point(|start| *start <= at).max(1)
}

/// The key on the left of the line that holds a byte, where there is one.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let line = text[before.rfind('\n').map_or(0, |end| end + 1)..]
        .lines()
        .next()?;
    let key = line.split_once('=')?.0.trim();
    (!key.is_empty() && key.len() <= 64).then_some(key)
}

#[cfg(test)]
mod tests;
