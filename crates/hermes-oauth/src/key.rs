use hermes_catalog::{LoginFlow, LoginMethod, Provider, RuleClass};
use hermes_core::{Explain as _, Secret};
use hermes_http::Answer;
use hermes_text::errors::{listed, oauth as say, or};
use hermes_text::{Both, Word};
use serde_json::{Map, Value};

use crate::tokens::{LONGEST_TOKEN, is_sendable};
use crate::{Engine, OauthError, answer, asking};

/// Texts that stand where a key should be in examples and templates.
const PLACEHOLDERS: [&str; 20] = [
    "changeme",
    "change-me",
    "change_me",
    "your-api-key",
    "your_api_key",
    "yourapikey",
    "your-key-here",
    "api-key",
    "api_key",
    "apikey",
    "placeholder",
    "example",
    "dummy",
    "todo",
    "none",
    "null",
    "undefined",
    "test",
    "secret",
    "key",
];

/// What the provider says about a key that it did not refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCheck {
    /// It works.
    Good,
    /// Nobody could tell.
    Unchecked {
        /// Why.
        reason: Both,
    },
}

/// Checks what can be seen without asking: visible ASCII, at most 16 KiB, not a placeholder.
///
/// # Errors
/// [`OauthError::KeyShape`] says what is wrong.
pub fn check_key_shape(key: &Secret) -> Result<(), OauthError> {
    let text = key.expose();
    let refuse = |why: Word| Err(OauthError::KeyShape { why });
    if text.is_empty() {
        return refuse(say::empty);
    }
    if text.len() > LONGEST_TOKEN {
        return refuse(say::too_long);
    }
    if !is_sendable(text) {
        return refuse(say::key_characters);
    }
    if is_placeholder(text) {
        return refuse(say::key_placeholder);
    }
    Ok(())
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_matches(['<', '>', '$', '{', '}', '"', '\'', '*', '.', '-', '_']);
    let one_letter = bare.bytes().all(|byte| byte == b'x');
    one_letter || PLACEHOLDERS.contains(&bare) || bare.ends_with("your-api-key") || lower.ends_with("...")
}

/// Things about a key that the person may want to know: a beginning that keys of this provider do not have, and whose keys have it.
pub fn key_notes<'a>(
    key: &Secret,
    provider: &Provider,
    others: impl IntoIterator<Item = &'a Provider>,
) -> Option<Both> {
    let longest = |one: &Provider| {
        let fitting = one
            .key_prefixes
            .iter()
            .filter(|prefix| key.expose().starts_with(prefix.as_str()));
        fitting.map(String::len).max().unwrap_or(0)
    };
    let own = longest(provider);
    let other = others
        .into_iter()
        .filter(|one| one.id != provider.id)
        .max_by_key(|one| longest(one))
        .filter(|one| longest(one) > own);
    match other {
        Some(other) => Some(Both::of(|lang| {
            say::note_other_provider(lang, &other.name, &provider.name)
        })),
        None if own == 0 && !provider.key_prefixes.is_empty() => Some(Both::of(|lang| {
            say::note_prefixes(lang, &provider.name, &listed(lang, &provider.key_prefixes, or))
        })),
        None => None,
    }
}

/// The login method that a key is for: the chosen one, unless the key begins as those of another method do. A method that was
/// taken as the provider's usual one for keys gives way to that other one.
///
/// # Errors
/// [`OauthError::OtherKind`] when the chosen method was asked for by its own name, or the other needs the person's consent.
pub(crate) fn method_for<'a>(
    provider: &'a Provider,
    chosen: &'a LoginMethod,
    key: &Secret,
) -> Result<&'a LoginMethod, OauthError> {
    let fits = |method: &LoginMethod| {
        let mut prefixes = method.key_prefixes.iter();
        prefixes.any(|prefix| key.expose().starts_with(prefix.as_str()))
    };
    let takes_keys = |method: &&LoginMethod| matches!(method.flow, LoginFlow::ApiKey);
    let mut methods = provider.login.iter().filter(takes_keys);
    let usual = methods.clone().next().is_some_and(|first| first.id == chosen.id);
    match methods.find(|method| fits(method)) {
        Some(other) if !fits(chosen) => {
            if usual && other.card.class != RuleClass::Restricted {
                return Ok(other);
            }
            Err(OauthError::OtherKind {
                method: chosen.id.clone(),
                fits: other.id.clone(),
            })
        }
        _ => Ok(chosen),
    }
}

/// Asks the provider whether a key is good, with the row's cheapest call.
///
/// # Errors
/// [`OauthError::KeyShape`] for what cannot be a key, [`OauthError::KeyRejected`] when the provider refuses it. A provider that cannot be
/// reached or fails is no error: the key is [`KeyCheck::Unchecked`].
pub async fn validate_key(
    engine: &Engine,
    provider: &Provider,
    method: &LoginMethod,
    region: Option<&str>,
    key: &Secret,
) -> Result<KeyCheck, OauthError> {
    check_key_shape(key)?;
    let unchecked = |reason: Both| Ok(KeyCheck::Unchecked { reason });
    let Some(row) = &provider.validation else {
        return unchecked(Both::of(say::no_check));
    };
    if !row.methods.is_empty() && !row.methods.contains(&method.id) {
        return unchecked(Both::of(|lang| say::no_check_for(lang, &method.id)));
    }
    let prefixes = &row.only_prefixes;
    if !prefixes.is_empty()
        && !prefixes
            .iter()
            .any(|prefix| key.expose().starts_with(prefix.as_str()))
    {
        return unchecked(Both::of(say::no_check_for_kind));
    }
    let url = provider.resolve(&row.url, region)?;
    let reply = match engine.http.call(asking::build(row, url, key, &Map::new())?).await {
        Ok(reply) => reply,
        Err(error) => return unchecked(error.text()),
    };
    judge(row, &reply)
}

fn judge(row: &hermes_catalog::Call, reply: &Answer) -> Result<KeyCheck, OauthError> {
    let rejected = || OauthError::KeyRejected {
        host: answer::host(reply),
        status: reply.status,
        said: answer::said(reply),
    };
    if row.rejected.contains(&reply.status) {
        return Err(rejected());
    }
    if !reply.is_success() {
        let reason = answer::with_status(reply);
        return Ok(KeyCheck::Unchecked { reason });
    }
    if row.expect.is_empty() {
        return Ok(KeyCheck::Good);
    }
    let Some(body) = answer::json(reply) else {
        let reason = Both::of(|lang| say::key_no_json(lang, &answer::host(reply)));
        return Ok(KeyCheck::Unchecked { reason });
    };
    let holds = |(path, wanted): (&String, &Value)| crate::identity::dig(&body, path) == Some(wanted);
    if row.expect.iter().all(holds) {
        Ok(KeyCheck::Good)
    } else {
        Err(rejected())
    }
}

#[cfg(test)]
mod tests;
