//! The exchange of a single-use code: sent at most once.

use hermes_core::Explain as _;
use hermes_http::{Answer, Call, HttpError};
use hermes_text::Word;
use hermes_text::errors::oauth as say;
use serde_json::Value;

use crate::{Engine, OauthError, answer};

const STEP: Word = say::step_exchange;

/// Why an exchange brought no answer.
pub(crate) enum NoAnswer {
    /// Nothing left this machine; the code is still good.
    Unsent(HttpError),
    /// The code must be taken as spent.
    Failed(OauthError),
}

pub(crate) use NoAnswer::{Failed, Unsent};

/// Sends a code once. A replay would make a strict issuer revoke the tokens it has just issued (RFC 6749 section 4.1.2).
pub(crate) async fn send(engine: &Engine, call: Call) -> Result<Answer, NoAnswer> {
    let host = call.url.host_str().unwrap_or_default().to_owned();
    match engine.http.call(call).await {
        Ok(reply) if reply.status == 429 => Err(Failed(OauthError::RateLimited {
            host: answer::host(&reply),
            wait_s: answer::retry_after(&reply).map(|wait| wait.as_secs()),
        })),
        Ok(reply) => Ok(reply),
        Err(source @ HttpError::Redirected { .. }) => Err(Failed(OauthError::Http {
            kind: "token_exchange_failed",
            step: STEP,
            source,
        })),
        Err(source) if source.sent() => Err(Failed(OauthError::AnswerLost {
            host,
            detail: Some(source.text()),
        })),
        Err(source) => Err(Unsent(source)),
    }
}

/// The body of a successful exchange.
pub(crate) fn body(reply: &Answer, kind: &'static str) -> Result<Value, OauthError> {
    if !reply.is_success() {
        return Err(answer::refused(kind, STEP, reply));
    }
    let body = answer::json(reply).ok_or_else(|| answer::not_json(kind, STEP, reply))?;
    match answer::error_code(&body) {
        Some(_) if body.get("error").is_some_and(|error| !error.is_null()) => {
            Err(answer::refused(kind, STEP, reply))
        }
        _ => Ok(body),
    }
}

/// An exchange that could not be sent, as an error that leaves the attempt alive.
pub(crate) fn unsent(source: HttpError) -> OauthError {
    OauthError::Http {
        kind: "token_exchange_failed",
        step: STEP,
        source,
    }
}
