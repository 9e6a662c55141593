//! RFC 8628, with the refresh token in a header.

use std::time::Duration;

use hermes_core::UnixMs;
use serde_json::json;

use super::{field, oauth_error, scripted_or};
use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::{Decision, State, World};
use crate::tokens::Pair;

const CLIENT: &str = "hermes-cli";
const CODE_LIFE: Duration = Duration::from_hours(2);

pub(crate) fn answer(world: &World, entry: &Entry, issuer: &'static str) -> Option<Answer> {
    if entry.host != "portal.nousresearch.com" {
        return None;
    }
    match entry.path.as_str() {
        "/api/oauth/device/code" => Some(device(world, entry, issuer)),
        "/api/oauth/token" => Some(token(world, entry, issuer)),
        _ => None,
    }
}

fn device(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let form = entry.form();
    if field(&form, "client_id") != CLIENT {
        return oauth_error(401, "invalid_client");
    }
    if !field(&form, "scope")
        .split(' ')
        .any(|scope| scope == "inference:invoke")
    {
        return oauth_error(400, "invalid_scope");
    }
    let mut state = world.state();
    let device_code = state.secret("device");
    let user_code = state.open_code(issuer, &device_code, None, "", world.clock.now().plus(CODE_LIFE));
    let mut body = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": "https://portal.nousresearch.com/device",
        "verification_uri_complete": format!("https://portal.nousresearch.com/device?user_code={user_code}"),
        "interval": 5,
    });
    body["expires_in"] = scripted_or(state.code_expiry.as_ref(), json!(CODE_LIFE.as_secs()));
    Answer::json(200, &body)
}

fn token(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let form = entry.form();
    if field(&form, "client_id") != CLIENT {
        return oauth_error(401, "invalid_client");
    }
    let now = world.clock.now();
    let mut state = world.state();
    match field(&form, "grant_type").as_str() {
        // A refresh token in the body would reach the logs of every hop that keeps bodies.
        "refresh_token" if !field(&form, "refresh_token").is_empty() => oauth_error(400, "invalid_request"),
        "refresh_token" => {
            let token = entry.header("x-nous-refresh-token").unwrap_or_default();
            match state.rotate(issuer, &token, now) {
                Ok(pair) => success(&state, &pair),
                Err(_) => oauth_error(400, "invalid_grant"),
            }
        }
        "urn:ietf:params:oauth:grant-type:device_code" => {
            poll(&mut state, &field(&form, "device_code"), issuer, now)
        }
        _ => oauth_error(400, "unsupported_grant_type"),
    }
}

fn poll(state: &mut State, device: &str, issuer: &'static str, now: UnixMs) -> Answer {
    let Some(code) = state
        .codes
        .values_mut()
        .find(|code| code.issuer == issuer && code.device == device)
    else {
        return oauth_error(400, "invalid_grant");
    };
    match code.decision {
        Decision::Open | Decision::Approved if code.expires <= now => oauth_error(400, "expired_token"),
        Decision::Open => oauth_error(400, "authorization_pending"),
        Decision::Denied => oauth_error(400, "access_denied"),
        Decision::Used => oauth_error(400, "invalid_grant"),
        Decision::Approved => {
            code.decision = Decision::Used;
            let account = code.account.clone();
            let pair = state.issue(issuer, &account, now);
            success(state, &pair)
        }
    }
}

fn success(state: &State, pair: &Pair) -> Answer {
    let mut body = json!({
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "Bearer",
        "scope": "inference:invoke",
        "inference_base_url": "https://inference-api.nousresearch.com/v1",
    });
    body["expires_in"] = scripted_or(state.token_expiry.as_ref(), json!(pair.life.as_secs()));
    Answer::json(200, &body)
}
