//! What answers mean that no provider's own rule knows. Codes and texts are those that several providers share.

use hermes_core::{CoolCause, Scope, UnixMs};

use super::body::Said;
use super::{Answer, NO_MODEL_REST, reset};
use crate::api::Verdict;

const OVERLOADED: [&str; 5] = [
    "overloaded_error",
    "overloaded",
    "server_overloaded",
    "engine_overloaded_error",
    "UNAVAILABLE",
];
const OVERLOADED_TEXT: [&str; 10] = [
    "overloaded",
    "high demand",
    "server is busy",
    "servers are busy",
    "service is busy",
    "concurrency limit",
    "over capacity",
    "at capacity",
    "temporarily unavailable",
    "too many concurrent",
];
const BILLING: [&str; 7] = [
    "insufficient_quota",
    "billing_error",
    "billing_not_active",
    "billing_hard_limit_reached",
    "insufficient_credits",
    "insufficient_balance",
    "payment_required",
];
const BILLING_TEXT: [&str; 9] = [
    "exceeded your current quota",
    "credit balance",
    "insufficient balance",
    "insufficient credits",
    "insufficient funds",
    "out of credits",
    "key limit exceeded",
    "spending limit",
    "spend limit",
];
const BAD_TOKEN: [&str; 9] = [
    "authentication_error",
    "invalid_token",
    "token_expired",
    "expired_token",
    "token_invalidated",
    "token_revoked",
    "invalid_api_key",
    "API_KEY_INVALID",
    "UNAUTHENTICATED",
];
const BAD_TOKEN_TEXT: [&str; 4] = [
    "access token could not be validated",
    "token has expired",
    "token is expired",
    "api key not valid",
];
const BLOCKED: [&str; 6] = [
    "account_banned",
    "organization_disabled",
    "organization_on_hold",
    "account_deactivated",
    "account_suspended",
    "account_disabled",
];
/// Words about the account; those about what a request asks for are the request's business.
const BLOCKED_TEXT: [&str; 9] = [
    "organization has been disabled",
    "account has been disabled",
    "account has been suspended",
    "account has been deactivated",
    "account has been banned",
    "account is suspended",
    "account is banned",
    "for violation of terms",
    "for violating our terms",
];
const NO_MODEL: [&str; 3] = ["model_not_found", "model_not_available", "model_not_allowed"];
const NO_MODEL_TEXT: [&str; 5] = [
    "does not exist or you do not have access to it",
    "does not have access to model",
    "do not have access to the model",
    "model is not included in your plan",
    "model is not available on your plan",
];
const WINDOW: [&str; 2] = ["usage_limit_reached", "usage_limit_exceeded"];
const WINDOW_TEXT: [&str; 3] = ["usage limit", "weekly limit", "5-hour limit"];

pub(super) fn judge(answer: &Answer<'_>, said: &Said, now: UnixMs) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Fine,
        status if status >= 500 => Verdict::ProviderTrouble,
        _ if is_blocked(answer, said) => {
            Verdict::Blocked("the provider closed or suspended the account".to_owned())
        }
        400 | 403 | 404 if said.has_code(&NO_MODEL) || said.mentions(&NO_MODEL_TEXT) => no_model(answer, now),
        401 => Verdict::TokenRefused,
        402 => cool(answer, said, CoolCause::Billing, now),
        400 => bad_request(answer, said, now),
        403 => forbidden(answer, said, now),
        408 => Verdict::ProviderTrouble,
        429 => too_many(answer, said, now),
        _ => Verdict::RequestFault,
    }
}

/// The status that errors inside a stream would have had, where a code is known that is judged here.
pub(super) fn status_of(said: &Said) -> Option<u16> {
    let known: [(u16, &[&str]); 6] = [
        (529, &OVERLOADED),
        (403, &BLOCKED),
        (429, &WINDOW),
        (402, &BILLING),
        (401, &BAD_TOKEN),
        (404, &NO_MODEL),
    ];
    let known = known.iter().find(|(_, codes)| said.has_code(codes));
    known.map(|(status, _)| *status)
}

fn is_blocked(answer: &Answer<'_>, said: &Said) -> bool {
    let by_rights = matches!(answer.status, 400 | 401 | 403);
    said.has_code(&BLOCKED) || (by_rights && said.mentions(&BLOCKED_TEXT))
}

/// The account lacks a model: the two are not brought together for long, while every other model goes on.
pub(super) fn no_model(answer: &Answer<'_>, now: UnixMs) -> Verdict {
    if answer.model.is_empty() {
        return Verdict::RequestFault;
    }
    Verdict::Cool {
        until: Some(now.plus(NO_MODEL_REST)),
        cause: CoolCause::NoModel,
        scope: Scope::Model(answer.model.to_owned()),
    }
}

fn cool(answer: &Answer<'_>, said: &Said, cause: CoolCause, now: UnixMs) -> Verdict {
    let scope = if cause == CoolCause::WindowSpent {
        family(answer).unwrap_or_default()
    } else {
        Scope::Account
    };
    Verdict::Cool {
        until: reset::find(answer, said, now),
        cause,
        scope,
    }
}

/// Some providers report a bad key or an empty purse as a bad request.
fn bad_request(answer: &Answer<'_>, said: &Said, now: UnixMs) -> Verdict {
    if said.has_code(&["API_KEY_INVALID", "invalid_api_key"]) || said.mentions(&["api key not valid"]) {
        return Verdict::TokenRefused;
    }
    if said.has_code(&BILLING) || said.mentions(&["credit balance", "insufficient balance"]) {
        return cool(answer, said, CoolCause::Billing, now);
    }
    Verdict::RequestFault
}

/// A refusal by rights is the request's business, unless it speaks of money or of the token.
fn forbidden(answer: &Answer<'_>, said: &Said, now: UnixMs) -> Verdict {
    if said.has_code(&BILLING) || said.mentions(&BILLING_TEXT) {
        return cool(answer, said, CoolCause::Billing, now);
    }
    if said.has_code(&WINDOW) || said.mentions(&WINDOW_TEXT) {
        return cool(answer, said, CoolCause::WindowSpent, now);
    }
    if said.has_code(&BAD_TOKEN) || said.mentions(&BAD_TOKEN_TEXT) {
        return Verdict::TokenRefused;
    }
    Verdict::RequestFault
}

/// 429 is several different things, and only some are the credential's.
fn too_many(answer: &Answer<'_>, said: &Said, now: UnixMs) -> Verdict {
    let behind_an_aggregator = ["/error/metadata/provider_name", "/error/metadata/raw"]
        .iter()
        .any(|place| said.at(&[*place]).is_some_and(|named| !named.is_null()));
    if said.has_code(&OVERLOADED) || said.mentions(&OVERLOADED_TEXT) || behind_an_aggregator {
        return Verdict::ProviderTrouble;
    }
    if said.mentions(&["extra usage"]) && said.mentions(&["long context"]) {
        return Verdict::RequestFault;
    }
    if is_window(answer, said) {
        return cool(answer, said, CoolCause::WindowSpent, now);
    }
    if said.has_code(&BILLING) {
        return cool(answer, said, CoolCause::Billing, now);
    }
    // A quota text with a short time beside it is a rate limit by the minute (Google, RetryInfo).
    if said.mentions(&BILLING_TEXT) && reset::find(answer, said, now).is_none() {
        return cool(answer, said, CoolCause::Billing, now);
    }
    cool(answer, said, CoolCause::RateLimit, now)
}

fn is_window(answer: &Answer<'_>, said: &Said) -> bool {
    headers_tell_of_a_window(answer) || said.has_code(&WINDOW) || said.mentions(&WINDOW_TEXT)
}

pub(super) fn headers_tell_of_a_window(answer: &Answer<'_>) -> bool {
    let rejected = answer.header("anthropic-ratelimit-unified-status") == Some("rejected");
    rejected || reset::spent_plan_window(answer)
}

/// A plan window that covers one model family (`seven_day_<family>` in the claim header) leaves the other models usable.
pub(super) fn family(answer: &Answer<'_>) -> Option<Scope> {
    let claim = answer
        .header("anthropic-ratelimit-unified-representative-claim")
        .unwrap_or_default();
    let family = claim
        .strip_prefix("seven_day_")
        .or_else(|| claim.strip_prefix("five_hour_"));
    let family = family.filter(|family| !family.is_empty())?;
    let asked = answer.model.to_lowercase().contains(&family.to_lowercase());
    asked.then(|| Scope::Model(family.to_owned()))
}
