//! The client key of a request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Brake, UnixMs};
use hermes_pool::{Keys, KnownKey};
use http::header::{AUTHORIZATION, HeaderMap};

use crate::reply::Refusal;
use crate::route::{Route, shown};

/// Headers that hold a bare key, besides `Authorization: Bearer`.
const BARE: [&str; 2] = ["x-api-key", "x-goog-api-key"];

/// Finds the key in `Authorization: Bearer`, `x-api-key` or `x-goog-api-key`. Some clients send several; one good key is enough.
pub(crate) fn authenticate(
    headers: &HeaderMap,
    keys: &Keys,
    brake: &Brake,
    address: IpAddr,
    now: (UnixMs, Duration),
) -> Result<Arc<KnownKey>, Refusal> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(bearer);
    let bare = BARE
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .map(str::trim);
    let carries = bearer.is_some() || BARE.iter().any(|name| headers.contains_key(*name));
    let (today, now) = now;
    let mut sent = bearer.into_iter().chain(bare);
    if let Some(key) = sent.find_map(|key| keys.verify(key, today)) {
        return Ok(key);
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
    let message = if carries {
        "the client key is not known here or was revoked; make one with `hermes key create`"
    } else {
        "the request carries no client key; send one as `Authorization: Bearer` or `x-api-key`"
    };
    Err(Refusal::new(401, "invalid_client_key", message))
}

/// Counts a call that goes upstream against the key's limit.
pub(crate) fn count(key: &KnownKey, now: Duration) -> Result<(), Refusal> {
    key.count(now).map_err(|wait| {
        let most = key.limits().requests_per_minute.unwrap_or_default();
        let message = format!(
            "the client key `{}` may send {most} requests a minute",
            key.name()
        );
        Refusal::new(429, "key_rate_limit", message).after(wait).passing()
    })
}

/// Refuses a model that the key is not for.
pub(crate) fn check_model(key: &KnownKey, asked: &str, route: &Route) -> Result<(), Refusal> {
    if key.allows(asked, &route.provider, &route.model) {
        return Ok(());
    }
    let listed: Vec<_> = key
        .limits()
        .models
        .iter()
        .map(|model| format!("`{model}`"))
        .collect();
    let message = format!(
        "the client key `{}` is not for model `{}`; it is for {}",
        key.name(),
        shown(asked),
        listed.join(", ")
    );
    Err(Refusal::new(403, "model_not_allowed", message))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

#[cfg(test)]
mod tests;
