use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hermes_core::Origin;
use hermes_text::Word;
use hermes_text::errors::http as text;

/// Which special addresses may be dialled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    /// This machine; only where the address was written as such.
    pub(crate) loopback: bool,
    /// Private networks.
    pub(crate) private: bool,
}

/// Whether a host is written as this machine itself: `localhost` or a loopback literal.
pub(crate) fn is_explicit_loopback(origin: &Origin) -> bool {
    match literal(origin) {
        Some(IpAddr::V4(ip)) => ip.is_loopback(),
        Some(IpAddr::V6(ip)) => ip == Ipv6Addr::LOCALHOST,
        None => origin.host() == "localhost",
    }
}

/// The host as an IP address, if it is one.
pub(crate) fn literal(origin: &Origin) -> Option<IpAddr> {
    let host = origin.host();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

/// Why an address is never dialled, or not without permission; none when it may be.
pub(crate) fn refusal(ip: IpAddr, allowed: Allowed) -> Option<Word> {
    match ip {
        IpAddr::V4(ip) => refusal_v4(ip, allowed),
        IpAddr::V6(ip) => refusal_v6(ip, allowed),
    }
}

fn refusal_v4(ip: Ipv4Addr, allowed: Allowed) -> Option<Word> {
    let [a, b, c, _] = ip.octets();
    // Metadata services outside the link-local range: one in the carrier-grade range, one in the protocol range.
    const METADATA: [[u8; 4]; 2] = [[100, 100, 100, 200], [192, 0, 0, 192]];
    if METADATA.contains(&ip.octets()) {
        return Some(text::address_metadata);
    }
    match (a, b, c) {
        (0, ..) => Some(text::address_unspecified),
        (169, 254, _) => Some(text::address_link_local),
        (224..=239, ..) => Some(text::address_multicast),
        (240.., ..) => Some(text::address_reserved),
        (127, ..) if !allowed.loopback => Some(text::address_this_machine),
        _ if is_private_v4(a, b, c) && !allowed.private => Some(text::address_private),
        _ => None,
    }
}

/// RFC 1918, RFC 6598 (carrier-grade), RFC 6890 (protocol assignments), RFC 2544 (benchmarks).
fn is_private_v4(a: u8, b: u8, c: u8) -> bool {
    matches!(
        (a, b, c),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _)
    )
}

fn refusal_v6(ip: Ipv6Addr, allowed: Allowed) -> Option<Word> {
    if ip == Ipv6Addr::LOCALHOST {
        return (!allowed.loopback).then_some(text::address_this_machine as Word);
    }
    if ip.is_unspecified() {
        return Some(text::address_unspecified);
    }
    if let Some(inner) = embedded_v4(ip) {
        let inside = Allowed {
            loopback: false,
            ..allowed
        };
        return refusal_v4(inner, inside);
    }
    let first = ip.segments()[0];
    if ip.is_multicast() {
        return Some(text::address_multicast);
    }
    if first & 0xffc0 == 0xfe80 {
        return Some(text::address_link_local);
    }
    if ip.segments() == [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] {
        return Some(text::address_metadata);
    }
    let private = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0;
    (private && !allowed.private).then_some(text::address_private as Word)
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052, RFC 8215),
/// 6to4 (RFC 3056), Teredo (RFC 4380).
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(from(high, low)),
        [0x2001, 0, .., high, low] => Some(from(!high, !low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
