//! What `[gateway]` says of clients on other machines.

use std::path::{Path, PathBuf};

use hermes_gateway::Network;
use hermes_text::Both;
use hermes_text::cli::config as words;

use super::{Config, RawGateway, Wrong};

impl RawGateway {
    /// What the types cannot say: where it stands, and what is wrong.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let beside = |key, other| Both::of(|lang| words::beside(lang, key, other));
        match (&self.tls_cert, &self.tls_key, &self.behind_proxy) {
            (Some(one), None, _) => return Err((one.span().start, beside("tls_cert", "tls_key"))),
            (None, Some(one), _) => return Err((one.span().start, beside("tls_key", "tls_cert"))),
            (Some(_), Some(_), Some(proxy)) if *proxy.get_ref() => {
                return Err((proxy.span().start, Both::of(words::two_ways)));
            }
            _ => {}
        }
        for (at, text) in self.proxies() {
            text.parse::<Network>().map_err(|error| {
                let problem = error.to_string();
                (at, Both::of(|lang| words::bad_proxy(lang, &problem)))
            })?;
        }
        Ok(())
    }

    fn proxies(&self) -> impl Iterator<Item = (usize, &String)> {
        let list = self.trusted_proxies.iter();
        list.flat_map(|list| list.get_ref().iter().map(|text| (list.span().start, text)))
    }
}

impl Config {
    /// Certificate chain and key of the listener; a name without a folder is in the folder of the config file.
    pub(crate) fn tls_files(&self) -> Option<(PathBuf, PathBuf)> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let gateway = &self.raw.gateway;
        let (certificate, key) = (gateway.tls_cert.as_ref()?, gateway.tls_key.as_ref()?);
        Some((folder.join(certificate.get_ref()), folder.join(key.get_ref())))
    }

    /// Whether a proxy in front speaks TLS with the clients.
    pub(crate) fn behind_proxy(&self) -> bool {
        self.raw
            .gateway
            .behind_proxy
            .as_ref()
            .is_some_and(|one| *one.get_ref())
    }

    /// Proxies that are believed when they name a client's address.
    pub(crate) fn trusted_proxies(&self) -> Vec<Network> {
        // Each was parsed when the file was read.
        let proxies = self.raw.gateway.proxies();
        proxies.filter_map(|(_, text)| text.parse().ok()).collect()
    }
}
