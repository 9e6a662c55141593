//! What an answer means for the credential that got it. Nothing else decides that.

mod body;
mod general;
mod reset;
mod rules;
mod stream;

use std::time::Duration;

use hermes_catalog::ErrorRule;
use hermes_core::{CoolCause, UnixMs};

use crate::api::Verdict;
use body::Said;
pub(crate) use reset::json_moment;

/// How long a credential is not asked again for a model that it does not have (CLIProxyAPI 2026-08-22).
const NO_MODEL_REST: Duration = Duration::from_hours(12);

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
    /// The organisation that the credential acts for, where it is known.
    pub organisation: Option<&'a str>,
    /// Whether the error came inside an answer that began as a success: the status is then in the body, and the head's
    /// times are not about the error.
    pub in_stream: bool,
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
/// read for times, since providers send `retry-after` with those too. An error inside a stream is taken as the answer that it
/// would have been with a status of its own.
pub fn classify(answer: &Answer<'_>, rules: &[ErrorRule], now: UnixMs) -> Verdict {
    let said = Said::read(answer);
    let headers = stream::headers(answer, &said);
    let answer = &Answer {
        status: stream::status(answer, &said),
        headers: headers.as_deref().unwrap_or(answer.headers),
        ..*answer
    };
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

/// How long a cause rests at first when nothing names a time (hermes-agent 0.19.0 for 401 and 402).
pub(crate) fn default_rest(cause: CoolCause) -> Duration {
    match cause {
        CoolCause::RateLimit => Duration::from_mins(1),
        CoolCause::WindowSpent | CoolCause::Billing => Duration::from_hours(1),
        CoolCause::Unauthorised => Duration::from_mins(5),
        CoolCause::Provider => Duration::from_secs(30),
        CoolCause::RefreshFailed => Duration::from_secs(5),
        CoolCause::NoModel => NO_MODEL_REST,
    }
}

/// The status that an error event inside a stream would have had as an answer of its own: the one it names, or the one that
/// belongs to its code; 500 where neither is known.
pub fn status_in_stream(body: &[u8]) -> u16 {
    let answer = Answer {
        status: 200,
        headers: &[],
        body,
        model: "",
        is_key: false,
        organisation: None,
        in_stream: true,
    };
    stream::status(&answer, &Said::read(&answer))
}

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
