//! Answers that the gateway makes itself.

use std::time::Duration;

use hermes_core::{CoolCause, ExitKind, Explain, Lang, Protocol, ProviderId};
use hermes_pool::{PoolError, State, StoreError, Unusable};
use hermes_wire::{error_body, error_status};
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::body::Body;
use crate::headers;

/// Most credentials that a header lists.
const MOST_LISTED: usize = 32;

/// What a refusal in plain text tells a browser, which may have come here by itself: nothing of it runs, is framed, read or kept.
const FOR_BROWSERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// A request that is not served, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    details: Option<Box<Value>>,
    retry_after: Option<Duration>,
    /// The credentials that cannot serve, for a header.
    pool: Option<HeaderValue>,
    /// Whether the client may try again by itself; said only where it may not.
    again: bool,
    close: bool,
}

impl Refusal {
    pub(crate) fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
            details: None,
            retry_after: None,
            pool: None,
            again: false,
            close: false,
        }
    }

    /// Ends the connection after the answer.
    pub(crate) fn closing(mut self) -> Self {
        self.close = true;
        self
    }

    /// The client may try again by itself.
    pub(crate) fn passing(mut self) -> Self {
        self.again = true;
        self
    }

    pub(crate) fn after(mut self, span: Duration) -> Self {
        self.retry_after = Some(span);
        self
    }

    /// Names the field of the request that is at fault.
    pub(crate) fn at(self, path: &str) -> Self {
        self.with(json!({ "param": path }))
    }

    fn with(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// The answer, in the shape of the protocol that was called, or as plain text.
    pub(crate) fn answer(self, shape: Option<Protocol>, request_id: &str) -> Response<Body> {
        let status = shape.map_or(self.status, |protocol| error_status(protocol, self.status));
        let (content, body) = match shape {
            Some(protocol) => (
                "application/json",
                error_body(
                    protocol,
                    status,
                    self.kind,
                    &self.message,
                    request_id,
                    details(self.details, protocol, self.retry_after),
                ),
            ),
            None => (
                "text/plain; charset=utf-8",
                format!("{}\n", self.message).into_bytes(),
            ),
        };
        let mut response = Response::new(Body::full(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
        for (name, value) in FOR_BROWSERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if !self.again {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
        }
        if let Some(span) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(span)));
        }
        if let Some(pool) = self.pool {
            headers.insert("x-hermes-pool", pool);
        }
        if self.close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Gemini's clients read from the body how long to wait.
fn details(details: Option<Box<Value>>, protocol: Protocol, retry_after: Option<Duration>) -> Option<Value> {
    let wait = || retry_after.map(|span| json!({ "retry_after_s": whole_seconds(span) }));
    match details {
        None if protocol == Protocol::Gemini => wait(),
        details => details.map(|details| *details),
    }
}

/// Rounded up, at least one.
fn whole_seconds(span: Duration) -> u64 {
    (span.as_secs() + u64::from(span.subsec_nanos() > 0)).max(1)
}

impl From<PoolError> for Refusal {
    /// A missing login is never 401 or 403: the client's own key is fine, and some clients then retry for minutes.
    fn from(error: PoolError) -> Self {
        let kind = error.kind();
        let message = message(&error);
        let status = match error {
            PoolError::Exhausted {
                provider,
                members,
                retry_after,
            } => return exhausted(&provider, &members, retry_after, message),
            PoolError::NoLogin { .. }
            | PoolError::Protocol { .. }
            | PoolError::SwitchedOff { .. }
            | PoolError::Target(_)
            // Agents go on asking for minutes after any 429 (Qwen Code 0.24, opencode 1.18, Gemini CLI 0.61), and only a person can help.
            | PoolError::Blocked { .. } => 400,
            PoolError::Store(StoreError::Backend(problem)) => {
                tracing::error!(%problem, "the store failed");
                500
            }
            PoolError::Store(_)
            | PoolError::Refresh {
                exit: ExitKind::Store,
                ..
            } => 503,
            PoolError::Refresh { .. } | PoolError::Oauth(_) => 502,
            // A broken catalogue row; what else there is belongs to logins, which no request makes.
            _ => 500,
        };
        Self::new(status, kind, message)
    }
}

/// What is wrong with the store is told in the log, and not to whoever has a client key.
fn message(error: &PoolError) -> String {
    let told = match error {
        PoolError::Store(_) => "the store cannot be used now".to_owned(),
        PoolError::Refresh {
            label,
            exit: ExitKind::Store,
            ..
        } => format!("the token of `{label}` could not be renewed, since the store cannot be used now"),
        other => other.to_string(),
    };
    match error.hint(Lang::En) {
        Some(hint) => format!("{told}. {hint}"),
        None => told,
    }
}

/// Nobody can serve now. Where no account has the model, waiting does not help, and the model is what the client must change.
fn exhausted(
    provider: &ProviderId,
    members: &[Unusable],
    retry_after: Option<Duration>,
    message: String,
) -> Refusal {
    let missing = members
        .iter()
        .all(|member| member.rest == Some(CoolCause::NoModel));
    let mut refusal = if missing && !members.is_empty() {
        let message = format!("no account of `{provider}` has this model");
        Refusal::new(404, "model_not_found", message)
    } else {
        match retry_after {
            Some(span) => Refusal::new(429, "pool_exhausted", message).after(span),
            // As for a block: nobody comes back by waiting.
            None if members.iter().all(needs_a_person) => Refusal::new(400, "pool_exhausted", message),
            None => Refusal::new(429, "pool_exhausted", message),
        }
    };
    refusal.pool = HeaderValue::try_from(listed(members)).ok();
    let members = members
        .iter()
        .map(|member| {
            json!({
                "label": member.label,
                "state": member.state.as_str(),
                "cause": member.cause.get(Lang::En),
                "until_ms": member.until.map(hermes_core::UnixMs::as_millis),
            })
        })
        .collect::<Vec<_>>();
    let seconds = refusal.retry_after.map(whole_seconds);
    refusal.with(json!({"credentials": members, "retry_after_s": seconds}))
}

fn needs_a_person(member: &Unusable) -> bool {
    matches!(member.state, State::NeedsLogin | State::Disabled | State::Blocked)
}

/// Each credential with its state and the end of it, for logs and proxies on the way: labels may be mail addresses, so only
/// their beginning is shown.
fn listed(members: &[Unusable]) -> String {
    let listed = members.iter().take(MOST_LISTED).map(|member| {
        let shown: String = member.label.chars().take(2).collect();
        let until = member
            .until
            .and_then(|until| jiff::Timestamp::from_millisecond(until.as_millis()).ok());
        let until = until.map_or_else(String::new, |until| format!(";until={until:.0}"));
        format!(
            "{}***;state={}{until}",
            headers::safe(&shown),
            member.state.as_str()
        )
    });
    listed.collect::<Vec<_>>().join(", ")
}

/// A JSON answer.
pub(crate) fn json_answer(body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::full(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A plain text answer.
pub(crate) fn text_answer(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    let mut response = Response::new(Body::full(text.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

#[cfg(test)]
mod tests;
