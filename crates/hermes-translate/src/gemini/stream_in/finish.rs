//! Why an answer ended, and whether it failed.

use hermes_core::Protocol;
use hermes_wire::{error_type, read_error};
use serde_json::Value;

use crate::gemini::json::{get, said, text};
use crate::reply::{Failure, Finish, Reason};

/// Statuses whose names an error may give in place of a number.
const STATUSES: [u16; 9] = [400, 401, 403, 404, 409, 429, 500, 503, 504];

/// The error that stands in place of a chunk.
pub(super) fn failure(value: &Value) -> Option<Failure> {
    let error = get(value, "error").filter(|error| match error {
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => false,
    })?;
    let body = serde_json::json!({"error": error}).to_string();
    let read = read_error(body.as_bytes());
    let named = read.kind.as_deref().and_then(|kind| {
        let mut statuses = STATUSES.into_iter();
        statuses.find(|status| error_type(Protocol::Gemini, *status) == kind)
    });
    let status = read.status.or(named).unwrap_or(502);
    let code = read.code.filter(|_| error.is_object());
    let unsaid = "the provider gave an error".to_owned();
    Some(Failure {
        status,
        kind: read.kind.or(code).unwrap_or_else(|| "upstream_error".to_owned()),
        message: Some(read.message)
            .filter(|text| !text.is_empty())
            .unwrap_or(unsaid),
    })
}

/// What is no JSON at all.
pub(in crate::gemini) fn unreadable() -> Failure {
    Failure {
        status: 502,
        kind: "upstream_unreadable".to_owned(),
        message: "a part of the provider's answer is not JSON".to_owned(),
    }
}

/// Arguments in pieces that have no place.
pub(super) fn odd_call() -> Failure {
    Failure {
        status: 502,
        kind: "upstream_unreadable".to_owned(),
        message: "the provider's call of a tool cannot be put together".to_owned(),
    }
}

/// The prompt was refused, so that there is no answer.
pub(super) fn blocked(value: &Value) -> Option<Finish> {
    let feedback = get(value, "promptFeedback")?;
    let reason = said(feedback, "blockReason")?;
    let told = said(feedback, "blockReasonMessage").map(str::to_owned);
    Some(Finish {
        reason: Reason::Refusal,
        stop_sequence: None,
        explanation: Some(told.unwrap_or_else(|| format!("The prompt was blocked: {reason}."))),
    })
}

/// Why a candidate ended; an error where the model's own answer was no use.
pub(super) fn reason(candidate: &Value) -> Option<Result<Finish, Failure>> {
    let word = text(candidate, "finishReason")?;
    let told = said(candidate, "finishMessage").map(str::to_owned);
    let reason = match word {
        "MAX_TOKENS" => Reason::MaxTokens,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => Reason::Refusal,
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MALFORMED_RESPONSE"
        | "MISSING_THOUGHT_SIGNATURE" => return Some(Err(useless(word, told))),
        // Whatever else there is or will be, the model is done.
        _ => Reason::End,
    };
    let explanation = match (reason, told) {
        (Reason::Refusal, None) => Some(format!("The answer was stopped: {word}.")),
        (Reason::Refusal, told) => told,
        _ => None,
    };
    Some(Ok(Finish {
        reason,
        stop_sequence: None,
        explanation,
    }))
}

fn useless(word: &str, told: Option<String>) -> Failure {
    Failure {
        // That a signature is missing is the fault of the request.
        status: if word == "MISSING_THOUGHT_SIGNATURE" {
            400
        } else {
            502
        },
        kind: word.to_ascii_lowercase(),
        message: told.unwrap_or_else(|| format!("the provider ended the answer with {word}")),
    }
}
