//! Whose program listens on a port of this machine. A client that is led to another user's program gives it its key.

use std::net::{IpAddr, SocketAddr};

/// The state of a listening socket in the kernel's tables.
const LISTENING: &str = "0A";

/// Users other than ours whose programs listen where clients of this address end up; empty where the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn strangers(address: SocketAddr) -> Vec<u32> {
    let own = rustix::process::geteuid().as_raw();
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs_err::read_to_string(table).unwrap_or_default());
    let mut users: Vec<u32> = tables
        .iter()
        .flat_map(|table| owners(table, address))
        .filter(|user| *user != own)
        .collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// Addresses beyond this machine's own on which something listens at this port; empty where the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn open_to_others(port: u16) -> Vec<IpAddr> {
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs_err::read_to_string(table).unwrap_or_default());
    let mut found: Vec<IpAddr> = tables.iter().flat_map(|table| reachable(table, port)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Elsewhere the system keeps no such table.
#[cfg(not(target_os = "linux"))]
pub(super) fn open_to_others(_: u16) -> Vec<IpAddr> {
    Vec::new()
}

/// The addresses of a table's listeners on this port that are not loopback.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux has the table")
)]
fn reachable(table: &str, port: u16) -> Vec<IpAddr> {
    let port = format!("{port:04X}");
    let address = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let (host, listens_on) = columns.get(1)?.split_once(':')?;
        let ip = address_of(host)?;
        let fits = listens_on == port && *columns.get(3)? == LISTENING;
        (fits && !ip.to_canonical().is_loopback()).then_some(ip)
    };
    table.lines().filter_map(address).collect()
}

/// The reverse of [`hexadecimal`].
fn address_of(host: &str) -> Option<IpAddr> {
    let word = |at: usize| Some(u32::from_str_radix(host.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    match host.len() {
        8 => Some(IpAddr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?];
            let bytes: [u8; 16] = words.concat().try_into().ok()?;
            Some(IpAddr::from(bytes))
        }
        _ => None,
    }
}

/// Elsewhere the system keeps no such table.
#[cfg(not(target_os = "linux"))]
pub(super) fn strangers(_: SocketAddr) -> Vec<u32> {
    Vec::new()
}

/// The users of a table's listeners on this address or on every address. Columns as in proc(5): number, local address, remote
/// address, state, queues, timer, retransmits, user.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux has the table")
)]
fn owners(table: &str, address: SocketAddr) -> Vec<u32> {
    let port = format!("{:04X}", address.port());
    let owner = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let (host, listens_on) = columns.get(1)?.split_once(':')?;
        let meant = host == hexadecimal(address.ip()) || host.bytes().all(|byte| byte == b'0');
        let fits = listens_on == port && *columns.get(3)? == LISTENING && meant;
        fits.then(|| columns.get(7)?.parse().ok())?
    };
    table.lines().filter_map(owner).collect()
}

/// The kernel prints addresses as words of four bytes in the machine's own order.
fn hexadecimal(ip: IpAddr) -> String {
    let bytes = match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = bytes
        .chunks_exact(4)
        .map(|four| u32::from_ne_bytes([four[0], four[1], four[2], four[3]]));
    words
        .map(|word| format!("{word:08X}"))
        .collect::<Vec<_>>()
        .concat()
}

#[cfg(test)]
mod tests;
