//! Reads a token answer, the same way for every dialect and for refreshes.

use std::collections::BTreeMap;

use hermes_catalog::Refresh;
use hermes_core::{Material, NewCredential, Secret, Source, UnixMs};
use hermes_text::Both;
use hermes_text::errors::oauth as say;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::expiry::{Expiry, Reading};
use crate::identity::Facts;
use crate::{OauthError, Plan, jwt, printable};

/// Longest token or key, bytes; a header of that size still passes every proxy seen.
pub(crate) const LONGEST_TOKEN: usize = 16 * 1024;

/// Whether a token or key can go into a header as it is: visible ASCII and not too long.
pub(crate) fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(|byte| matches!(byte, 0x21..=0x7e))
}

/// What a dialect demands of a token answer.
#[derive(Clone, Copy)]
pub(crate) struct Demands {
    /// Stable name when the access token is missing.
    pub(crate) no_access: &'static str,
    /// Stable name when another field is missing or unusable.
    pub(crate) incomplete: &'static str,
    /// Whether the refresh token must be there.
    pub(crate) refresh: bool,
    /// Whether a readable expiry must be there.
    pub(crate) expiry: bool,
}

/// Reads the tokens of an answer. `host` is for messages.
pub(crate) fn read(
    answer: &Value,
    host: &str,
    refresh: Option<&Refresh>,
    now: UnixMs,
    demands: Demands,
) -> Result<Material, OauthError> {
    let incomplete = |kind: &'static str, field: &str| OauthError::Incomplete {
        kind,
        host: host.to_owned(),
        field: field.to_owned(),
        said: None,
    };
    let empty = Map::new();
    let object = answer.as_object().unwrap_or(&empty);
    let access =
        token(object, "access_token").ok_or_else(|| incomplete(demands.no_access, "access_token"))?;
    let refresh_token = token(object, "refresh_token");
    if refresh_token.is_none() && (demands.refresh || is_set(object, "refresh_token")) {
        return Err(incomplete(demands.incomplete, "refresh_token"));
    }
    if !is_bearer(object) {
        return Err(incomplete(demands.incomplete, "token_type"));
    }
    let expiry = Expiry::of_fields(object, now);
    let needed = demands.expiry && expiry.reading == Reading::Absent;
    if needed || expiry.reading == Reading::Unreadable {
        return Err(incomplete(demands.incomplete, "expires_in"));
    }
    Ok(Material {
        expires: ends(expiry, &access, refresh, now),
        earliest_refresh: Expiry::resolve(object.get("earliest_refresh_at"), now)
            .known()
            .filter(|at| *at > now),
        scopes: scopes(object),
        extra: Map::new(),
        refresh: refresh_token,
        access,
    })
}

/// A missing type is taken for the only one that is used here (RFC 6749 section 5.1 demands it, not everybody sends it).
fn is_bearer(object: &Map<String, Value>) -> bool {
    match object.get("token_type").and_then(Value::as_str) {
        Some(kind) => kind.is_empty() || kind.eq_ignore_ascii_case("bearer"),
        None => true,
    }
}

/// When the token ends: what the answer says, else the token's own claim, else the provider's usual life.
fn ends(expiry: Expiry, access: &Secret, refresh: Option<&Refresh>, now: UnixMs) -> Option<UnixMs> {
    let claim = || Expiry::resolve(jwt::expiry_claim(access.expose()).as_ref(), now).known();
    let usual = || {
        let life = Value::from(refresh?.default_life_s?);
        Expiry::resolve(Some(&life), now).known()
    };
    expiry.known().or_else(claim).or_else(usual)
}

fn is_set(object: &Map<String, Value>, name: &str) -> bool {
    match object.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}

fn token(object: &Map<String, Value>, name: &str) -> Option<Secret> {
    let text = object.get(name)?.as_str()?;
    is_sendable(text).then(|| Secret::from(text))
}

/// Granted scopes: one text with spaces, or a list.
fn scopes(object: &Map<String, Value>) -> Vec<String> {
    let words: Vec<&str> = match object.get("scope").or_else(|| object.get("scopes")) {
        Some(Value::String(text)) => text.split_whitespace().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    words
        .into_iter()
        .take(100)
        .map(|word| printable(word, 200))
        .collect()
}

/// Scopes that were asked for and not granted, in words for the person.
pub(crate) fn missing_scopes(asked: &[String], granted: &[String]) -> Option<Both> {
    if granted.is_empty() {
        return None;
    }
    let missing = asked
        .iter()
        .filter(|scope| !granted.contains(scope))
        .cloned()
        .collect::<Vec<_>>();
    (!missing.is_empty()).then(|| Both::of(|lang| say::note_scopes(lang, &missing.join(" "))))
}

/// The credential that a login came to.
pub(crate) fn credential(
    plan: &Plan,
    answer: &Value,
    mut material: Material,
    source: Source,
) -> Result<NewCredential, OauthError> {
    let method = plan.method();
    let facts = Facts::new(answer, material.access.expose());
    material.extra.extend(facts.kept(&method.identity));
    let first = material.refresh.as_ref().unwrap_or(&material.access);
    Ok(NewCredential {
        provider: plan.provider().id.clone(),
        identity: facts.identity(&method.identity, &plan.issuer()?, first.expose()),
        label: plan.label().map(str::to_owned),
        method: method.id.clone(),
        region: plan.region().map(str::to_owned),
        billing: method.billing.unwrap_or(plan.provider().billing),
        source,
        account: facts.account(&method.identity),
        material,
    })
}

/// Adds the row's further fields; one that the protocol itself fills stays as it is.
pub(crate) fn add_params<'a>(fields: &mut Vec<(&'a str, Secret)>, params: &'a BTreeMap<String, String>) {
    for (name, value) in params {
        if !fields.iter().any(|(known, _)| known == name) {
            fields.push((name, Secret::from(value.as_str())));
        }
    }
}

/// A flat JSON object of texts, in the given order.
pub(crate) fn json_text(fields: &[(&str, Secret)]) -> Secret {
    let mut text = Zeroizing::new("{".to_owned());
    for (place, (name, value)) in fields.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let value = Zeroizing::new(serde_json::to_string(value.expose()).expect("text is always JSON"));
        text.push_str(comma);
        text.push_str(&serde_json::to_string(name).expect("text is always JSON"));
        text.push(':');
        text.push_str(&value);
    }
    text.push('}');
    Secret::new(std::mem::take(&mut *text))
}

#[cfg(test)]
mod tests;
