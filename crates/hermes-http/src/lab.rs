use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use crate::HttpError;
use crate::error::printable;

/// The map of a lab home: which loopback address stands in for which host. Every other host is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lab(BTreeMap<String, SocketAddr>);

impl Lab {
    /// Reads `host=http://127.0.0.1:9001,other=http://127.0.0.1:9002`.
    ///
    /// # Errors
    /// [`HttpError::BadLab`] names the first entry that is not a host with a plain http origin on a loopback address.
    pub fn parse(text: &str) -> Result<Self, HttpError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let map = entries
            .map(|entry| {
                parse_entry(entry).ok_or_else(|| HttpError::BadLab {
                    entry: printable(entry),
                })
            })
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        if map.is_empty() {
            return Err(HttpError::BadLab {
                entry: printable(text),
            });
        }
        Ok(Self(map))
    }

    /// Where connections for a host go.
    pub(crate) fn address(&self, host: &str) -> Result<SocketAddr, HttpError> {
        self.0
            .get(&host.to_ascii_lowercase())
            .copied()
            .ok_or_else(|| HttpError::NotInLab {
                host: printable(host),
            })
    }

    /// Whether a host is named.
    pub fn names(&self, host: &str) -> bool {
        self.0.contains_key(&host.to_ascii_lowercase())
    }
}

fn parse_entry(entry: &str) -> Option<(String, SocketAddr)> {
    let (host, target) = entry.split_once('=')?;
    let host = Host::parse(host.trim()).ok()?.to_string().to_ascii_lowercase();
    let target = Url::parse(target.trim()).ok()?;
    let bare = target.path() == "/" && target.query().is_none() && target.fragment().is_none();
    let anonymous = target.username().is_empty() && target.password().is_none();
    if target.scheme() != "http" || !bare || !anonymous {
        return None;
    }
    let ip = match target.host()? {
        Host::Ipv4(ip) => IpAddr::V4(ip),
        Host::Ipv6(ip) => IpAddr::V6(ip),
        Host::Domain(name) => (name == "localhost").then_some(IpAddr::from([127, 0, 0, 1]))?,
    };
    ip.is_loopback()
        .then(|| (host, SocketAddr::new(ip, target.port().unwrap_or(80))))
}

#[cfg(test)]
mod tests;
