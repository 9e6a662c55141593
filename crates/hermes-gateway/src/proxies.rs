//! What proxies in front of the listener may say: a client's address, for the brake on guessing. Nothing else follows from it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{FORWARDED, HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Names with `_` that are read all the same: clients name their session in them.
const KNOWN: [&str; 2] = ["conversation_id", "session_id"];
/// Addresses that are read of one header; a chain of proxies is short.
const LONGEST_CHAIN: usize = 32;

/// Addresses that begin alike, such as `10.0.0.0/8`, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u32,
}

/// A text that is no address and no network.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as `10.0.0.0/8`")]
pub struct NoNetwork(String);

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NoNetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let base: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().map_err(|_| wrong())?
            }
            Some(_) => return Err(wrong()),
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { base, bits })
    }
}

impl Network {
    /// Whether an address is one of them.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let apart = u32::from(base) ^ u32::from(address);
                apart.checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let apart = u128::from(base) ^ u128::from(address);
                apart.checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// Who asks: the peer, or the address that a trusted proxy names. `peer` stays where the proxy says nothing or two things.
pub(crate) fn client(trusted: &[Network], headers: &HeaderMap, peer: SocketAddr) -> SocketAddr {
    let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_proxy(peer.ip().to_canonical()) {
        return peer;
    }
    let named = [
        chain(headers, &FORWARDED_FOR, address),
        chain(headers, &FORWARDED, forwarded),
    ];
    // Whoever sends the header that the proxy does not write would choose an address of his own.
    let chain = match named {
        [Some(chain), None] | [None, Some(chain)] => chain,
        [Some(one), Some(other)] if one == other => one,
        _ => return peer,
    };
    // Each proxy appends whom it saw, so only what comes behind the first stranger from the end was not made up by him.
    let stranger = chain.into_iter().rev().find(|one| match one {
        Some(address) => !is_proxy(*address),
        None => true,
    });
    match stranger {
        Some(Some(address)) => SocketAddr::new(address, 0),
        Some(None) | None => peer,
    }
}

/// The addresses in all lines of a header, first to last; none where it is missing. An entry that is no address stays as a gap.
fn chain(
    headers: &HeaderMap,
    name: &HeaderName,
    read: fn(&str) -> Option<IpAddr>,
) -> Option<Vec<Option<IpAddr>>> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    if lines.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    for line in lines {
        match line.to_str() {
            Ok(text) => found.extend(text.split(',').map(|entry| read(entry.trim()))),
            Err(_) => found.push(None),
        }
    }
    let surplus = found.len().saturating_sub(LONGEST_CHAIN);
    Some(found.split_off(surplus))
}

/// An address with or without its port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let ip = bare.unwrap_or(text).parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    ip.or_else(with_port).map(|ip: IpAddr| ip.to_canonical())
}

/// The `for` of an element of `Forwarded` (RFC 7239).
fn forwarded(element: &str) -> Option<IpAddr> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim().to_owned())
    };
    let value = element.split(';').find_map(pair)?;
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    address(quoted.unwrap_or(&value))
}

/// Takes the header names out that a proxy could not tell from those with `-` in place of `_`.
pub(crate) fn drop_lookalikes(headers: &mut HeaderMap) {
    let looks_alike = |name: &&HeaderName| name.as_str().contains('_') && !KNOWN.contains(&name.as_str());
    let names: Vec<HeaderName> = headers.keys().filter(looks_alike).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests;
