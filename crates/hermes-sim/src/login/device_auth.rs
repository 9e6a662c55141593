//! The vendor's device authorization: JSON, an interval in quotes, 403 for "not yet", an authorization code at the end.

use std::time::Duration;

use serde_json::json;

use super::{field, oauth_error};
use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::{AuthCode, Decision, State, World, challenge_of};
use crate::tokens::{Pair, Refused};

const CLIENT: &str = "app_EMoamEEZ73f0CkXaXp7hrann";
const CODE_LIFE: Duration = Duration::from_mins(15);
const REDIRECT: &str = "https://auth.openai.com/deviceauth/callback";

pub(crate) fn answer(world: &World, entry: &Entry, issuer: &'static str) -> Option<Answer> {
    if entry.host != "auth.openai.com" {
        return None;
    }
    match entry.path.as_str() {
        "/api/accounts/deviceauth/usercode" => Some(user_code(world, entry, issuer)),
        "/api/accounts/deviceauth/token" => Some(poll(world, entry, issuer)),
        "/oauth/token" => Some(token(world, entry, issuer)),
        _ => None,
    }
}

fn user_code(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    if entry.json()["client_id"] != CLIENT {
        return oauth_error(400, "invalid_client");
    }
    let mut state = world.state();
    let (device, verifier) = (state.secret("device"), state.secret("verifier"));
    let expires = world.clock.now().plus(CODE_LIFE);
    let user_code = state.open_code(issuer, &device, None, &verifier, expires);
    Answer::json(
        200,
        &json!({"user_code": user_code, "device_auth_id": device, "interval": "5"}),
    )
}

fn poll(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let body = entry.json();
    let now = world.clock.now();
    let mut state = world.state();
    let known = body["user_code"]
        .as_str()
        .and_then(|code| state.codes.get_mut(code));
    let live =
        known.filter(|code| code.issuer == issuer && code.decision != Decision::Used && code.expires > now);
    let Some(code) = live else {
        return Answer::json(404, &json!({"error": {"message": "not found"}}));
    };
    if body["device_auth_id"] != code.device.as_str() || code.decision == Decision::Denied {
        return Answer::json(
            400,
            &json!({"error": {"code": "access_denied", "message": "denied"}}),
        );
    }
    if code.decision == Decision::Open {
        return Answer::json(403, &json!({"error": {"message": "pending"}}));
    }
    code.decision = Decision::Used;
    let (verifier, account) = (code.verifier.clone(), code.account.clone());
    let granted = state.secret("code");
    let challenge = challenge_of(&verifier);
    let grant = AuthCode {
        issuer,
        state: String::new(),
        challenge: challenge.clone(),
        redirect: REDIRECT.to_owned(),
        account,
        used: false,
    };
    state.grants.insert(granted.clone(), grant);
    Answer::json(
        200,
        &json!({"authorization_code": granted, "code_verifier": verifier, "code_challenge": challenge}),
    )
}

fn token(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let mut form = entry.form();
    if let Some(object) = entry.json().as_object() {
        form = object
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
    }
    let get = |name: &str| field(&form, name);
    if get("client_id") != CLIENT {
        return oauth_error(401, "invalid_client");
    }
    let mut state = world.state();
    let now = world.clock.now();
    match get("grant_type").as_str() {
        "refresh_token" => match state.rotate(issuer, &get("refresh_token"), now) {
            Ok(pair) => success(&mut state, &pair),
            Err(Refused::Reused) => refresh_refused("refresh_token_reused"),
            Err(Refused::Unknown) => refresh_refused("refresh_token_invalidated"),
        },
        "authorization_code" => {
            let account = state.redeem(issuer, &get("code"), &get("code_verifier"), &get("redirect_uri"));
            let Some(account) = account else {
                return oauth_error(400, "invalid_grant");
            };
            let pair = state.issue(issuer, &account, now);
            success(&mut state, &pair)
        }
        _ => oauth_error(400, "unsupported_grant_type"),
    }
}

fn refresh_refused(code: &str) -> Answer {
    Answer::json(400, &json!({"error": {"code": code, "message": "sign in again"}}))
}

fn success(state: &mut State, pair: &Pair) -> Answer {
    let claims = json!({
        "sub": pair.account,
        "email": format!("{}@example.test", pair.account),
        "https://api.openai.com/auth": {"chatgpt_account_id": format!("acct-{}", pair.account), "chatgpt_plan_type": "plus"},
    });
    let id_token = state.sign(&claims);
    let body = json!({"id_token": id_token, "access_token": pair.access, "refresh_token": pair.refresh, "token_type": "Bearer"});
    Answer::json(200, &body)
}
