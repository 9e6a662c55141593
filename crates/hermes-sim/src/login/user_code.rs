//! The user-code grant with PKCE: on the account hosts, and on the API hosts where it was before.

use std::time::Duration;

use serde_json::json;

use super::{field, scripted_or};
use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::{Decision, State, World, challenge_of};
use crate::tokens::{Pair, Refused};

const CLIENT: &str = "78257093-7e40-4613-99e0-527b14b39113";
const SCOPE: &str = "group_id profile model.completion";
const CODE_LIFE: Duration = Duration::from_hours(2);

pub(crate) fn answer(world: &World, entry: &Entry, domain: &'static str) -> Option<Answer> {
    match (entry.host.as_str(), entry.path.as_str()) {
        ("account.minimax.io" | "account.minimaxi.com", "/oauth2/device/code")
        | ("api.minimax.io" | "api.minimaxi.com", "/oauth/code") => Some(code(world, entry, domain)),
        ("account.minimax.io" | "account.minimaxi.com", "/oauth2/token")
        | ("api.minimax.io" | "api.minimaxi.com", "/oauth/token") => Some(token(world, entry, domain)),
        _ => None,
    }
}

fn refused(message: &str) -> Answer {
    Answer::json(
        400,
        &json!({"base_resp": {"status_code": 1004, "status_msg": message}}),
    )
}

fn code(world: &World, entry: &Entry, domain: &'static str) -> Answer {
    let form = entry.form();
    let get = |name: &str| field(&form, name);
    let mut names: Vec<_> = form.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names
        != [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "response_type",
            "scope",
            "state",
        ]
    {
        return refused("wrong set of fields");
    }
    if get("client_id") != CLIENT || get("response_type") != "code" || get("code_challenge_method") != "S256"
    {
        return refused("client_id, response_type or code_challenge_method is wrong");
    }
    if get("scope") != SCOPE || get("code_challenge").is_empty() {
        return refused("scope or code_challenge is wrong");
    }
    let expires = world.clock.now().plus(CODE_LIFE);
    let mut state = world.state();
    let user_code = state.open_code(domain, "", Some(get("code_challenge")), "", expires);
    let expired_in = scripted_or(state.code_expiry.as_ref(), json!(expires.as_millis()));
    let mut body = json!({
        "user_code": user_code,
        "verification_uri": format!("https://www.{domain}/oauth-authorize?user_code={user_code}&client=hermes"),
        "interval": 2000,
        "state": get("state"),
        "base_resp": {"status_code": 0, "status_msg": ""},
    });
    body["expired_in"] = expired_in;
    Answer::json(200, &body)
}

fn token(world: &World, entry: &Entry, domain: &'static str) -> Answer {
    let form = entry.form();
    if field(&form, "client_id") != CLIENT {
        return refused("client_id is required");
    }
    let mut state = world.state();
    let now = world.clock.now();
    if field(&form, "grant_type") == "refresh_token" {
        return match state.rotate(domain, &field(&form, "refresh_token"), now) {
            Ok(pair) => success(&state, &pair, domain),
            Err(Refused::Reused) => refused("refresh_token_reused"),
            Err(Refused::Unknown) => refused("invalid_grant"),
        };
    }
    if field(&form, "grant_type") != "urn:ietf:params:oauth:grant-type:user_code" {
        return refused("grant_type is wrong");
    }
    let known = state.codes.get_mut(&field(&form, "user_code"));
    let Some(code) = known.filter(|code| code.issuer == domain) else {
        return refused("user_code is not known");
    };
    if code.challenge.as_deref() != Some(challenge_of(&field(&form, "code_verifier")).as_str()) {
        return refused("code_verifier is wrong");
    }
    let account = code.account.clone();
    match code.decision {
        Decision::Open | Decision::Approved if code.expires <= now => refused("user_code has ended"),
        Decision::Open => Answer::json(200, &json!({"status": "pending"})),
        Decision::Denied => Answer::json(
            200,
            &json!({"status": "error", "base_resp": {"status_code": 1, "status_msg": "denied"}}),
        ),
        Decision::Used => refused("user_code was used"),
        Decision::Approved => {
            code.decision = Decision::Used;
            let pair = state.issue(domain, &account, now);
            success(&state, &pair, domain)
        }
    }
}

fn success(state: &State, pair: &Pair, domain: &str) -> Answer {
    let mut body = json!({
        "status": "success",
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "Bearer",
        "resource_url": format!("https://api.{domain}/anthropic"),
        "notification_message": "Welcome to the simulation",
        "base_resp": {"status_code": 0, "status_msg": ""},
    });
    body["expired_in"] = scripted_or(state.token_expiry.as_ref(), json!(pair.expires.as_millis()));
    Answer::json(200, &body)
}
