//! What an answer means for the credential that got it. Nothing else decides that.

mod body;
mod general;
mod reset;
mod rules;

use hermes_catalog::ErrorRule;
use hermes_core::UnixMs;

use crate::api::Verdict;
use body::Said;

/// An answer to classify.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Status.
    pub status: u16,
    /// Header names in lower case with their values.
    pub headers: &'a [(String, String)],
    /// The beginning of the body.
    pub body: &'a [u8],
    /// The model that was asked.
    pub model: &'a str,
    /// Whether the credential is an API key.
    pub is_key: bool,
}

impl Answer<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.trim())
    }
}

/// Maps an answer to what happens to the credential: the provider's own rules first, then the general ones.
///
/// A web page in place of JSON comes from something on the way and is never held against a credential; a success is never
/// read for times, since providers send `retry-after` with those too.
pub fn classify(answer: &Answer<'_>, rules: &[ErrorRule], now: UnixMs) -> Verdict {
    let said = Said::read(answer);
    if said.is_page() {
        return if answer.status < 300 {
            Verdict::Fine
        } else {
            Verdict::ProviderTrouble
        };
    }
    if let Some(verdict) = rules::apply(rules, answer, &said, now) {
        return verdict;
    }
    general::judge(answer, &said, now)
}

#[cfg(test)]
mod tests;
