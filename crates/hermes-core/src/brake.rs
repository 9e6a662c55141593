use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const WINDOW: Duration = Duration::from_mins(1);
/// Addresses remembered; beyond, the finished windows are forgotten and then all of them.
const ADDRESSES: usize = 4096;

/// A brake on guessing: counts wrong keys and tokens by address.
#[derive(Debug)]
pub struct Brake {
    most: u32,
    windows: Mutex<HashMap<IpAddr, (Duration, u32)>>,
}

impl Brake {
    /// A brake that lets so many wrong tries of an address pass in a minute.
    pub fn new(most: u32) -> Self {
        Self {
            most,
            windows: Mutex::default(),
        }
    }

    /// How long an address that has used up its tries has to wait; to be asked before a try that could be right counts.
    pub fn held(&self, address: IpAddr, now: Duration) -> Option<Duration> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, count) = *windows.get(&neighbourhood(address))?;
        let left = (start + WINDOW).saturating_sub(now);
        (count >= self.most && !left.is_zero()).then_some(left)
    }

    /// Counts one; how long to wait when it was one too many. `now` is a reading of the clock that never goes back.
    pub fn failed(&self, address: IpAddr, now: Duration) -> Option<Duration> {
        let address = neighbourhood(address);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= ADDRESSES && !windows.contains_key(&address) {
            windows.retain(|_, (start, _)| now.saturating_sub(*start) < WINDOW);
            if windows.len() >= ADDRESSES {
                windows.clear();
            }
        }
        let (start, count) = windows.entry(address).or_insert((now, 0));
        if now.saturating_sub(*start) >= WINDOW {
            (*start, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        (*count > self.most).then(|| (*start + WINDOW).saturating_sub(now))
    }
}

/// What counts as one address. A subscriber of IPv6 has 2^64 of them, which differ in the second half.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) if !ip.is_loopback() => {
            let network = u128::from(ip) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
