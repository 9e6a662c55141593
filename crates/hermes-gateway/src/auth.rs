//! The client key of a request, and a brake on guessing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hermes_core::KeyId;
use http::header::{AUTHORIZATION, HeaderMap};

use crate::keys::Keys;
use crate::reply::Refusal;

const WINDOW: Duration = Duration::from_mins(1);
/// Addresses remembered; beyond, the finished windows are forgotten and then all of them.
const ADDRESSES: usize = 4096;

/// Finds the key in `Authorization: Bearer` or `x-api-key`. Some clients send both; one good key is enough.
pub(crate) fn authenticate(
    headers: &HeaderMap,
    keys: &Keys,
    brake: &Brake,
    address: IpAddr,
    now: Duration,
) -> Result<KeyId, Refusal> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer);
    let bare = headers
        .get("x-api-key")
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    if let Some(id) = bearer.into_iter().chain(bare).find_map(|key| keys.verify(key)) {
        return Ok(id);
    }
    if let Some(wait) = brake.failed(address, now) {
        return Err(Refusal::new(
            429,
            "too_many_attempts",
            "too many wrong client keys from this address",
        )
        .after(wait)
        .closing());
    }
    let message = if bearer.is_none() && bare.is_none() {
        "the request carries no client key; send one as `Authorization: Bearer` or `x-api-key`"
    } else {
        "the client key is not known here or was revoked; make one with `hermes key create`"
    };
    Err(Refusal::new(401, "invalid_client_key", message))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// Counts wrong keys by address.
#[derive(Debug)]
pub(crate) struct Brake {
    most: u32,
    windows: Mutex<HashMap<IpAddr, (Duration, u32)>>,
}

impl Brake {
    pub(crate) fn new(most: u32) -> Self {
        Self {
            most,
            windows: Mutex::default(),
        }
    }

    /// Counts one; how long to wait when it was one too many.
    fn failed(&self, address: IpAddr, now: Duration) -> Option<Duration> {
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

#[cfg(test)]
mod tests;
