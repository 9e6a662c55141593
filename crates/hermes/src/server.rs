//! Which database holds the store, where it is not the file in the home.

use hermes_core::{Env, Secret};
use hermes_store::shown_address;
use hermes_text::cli::app as words;
use url::Url;

use crate::config::Config;
use crate::failure::Failure;

/// How an address looks.
pub(crate) const EXAMPLE: &str = "postgres://user@host/database";

/// A database that several machines share.
pub(crate) struct Server {
    /// Its address, perhaps with a password.
    pub(crate) address: Secret,
    /// Which setting named it.
    pub(crate) origin: String,
}

impl Server {
    /// `--store`, else `HERMES_STORE`, else `[store] url` of the config file.
    ///
    /// # Errors
    /// An address that is none.
    pub(crate) fn find(flag: Option<&Secret>, env: &Env, config: &Config) -> Result<Option<Self>, Failure> {
        let from_flag = flag.map(|address| (address.clone(), "--store".to_owned()));
        let from_env = || {
            let address = env.get("HERMES_STORE")?;
            Some((Secret::from(address), "HERMES_STORE".to_owned()))
        };
        let Some((address, origin)) = from_flag.or_else(from_env).or_else(|| config.store_url()) else {
            return Ok(None);
        };
        if is_address(address.expose()) {
            return Ok(Some(Self { address, origin }));
        }
        let problem = Failure::usage(|lang| words::no_address(lang, &origin, EXAMPLE));
        Err(problem.hint(words::file_store))
    }

    /// The address as people may see it.
    pub(crate) fn shown(&self) -> String {
        shown_address(self.address.expose())
    }
}

/// Whether a text is the address of a database that Hermes can use.
pub(crate) fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    matches!(scheme, Some("postgres" | "postgresql")) && Url::parse(text).is_ok()
}

/// Whether an address holds a password.
pub(crate) fn has_password(address: &Secret) -> bool {
    Url::parse(address.expose())
        .is_ok_and(|url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"))
}
