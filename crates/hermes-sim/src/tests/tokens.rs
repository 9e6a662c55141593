use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::{TestClock, start, world};
use crate::state::{World, challenge_of};
use crate::tokens::Refused;

fn state() -> World {
    World::new(Arc::new(TestClock::default()), Duration::from_mins(15), true)
}

#[test]
fn refresh_token_spent_once_gives_the_next_and_spent_twice_ends_all() {
    let world = state();
    let mut state = world.state();
    let first = state.issue("minimax.io", "ada", start());
    let second = state.rotate("minimax.io", &first.refresh, start()).ok().unwrap();
    assert_eq!(second.account, "ada");
    assert!(
        state.tokens.accepts(&first.access, "minimax.io", start()),
        "rotation ends no access token"
    );
    assert_eq!(
        state.rotate("minimax.io", &first.refresh, start()).err(),
        Some(Refused::Reused)
    );
    for token in [&first.refresh, &second.refresh] {
        assert_eq!(
            state.rotate("minimax.io", token, start()).err(),
            Some(Refused::Unknown)
        );
    }
    for access in [&first.access, &second.access] {
        assert!(!state.tokens.accepts(access, "minimax.io", start()));
    }
}

#[test]
fn tokens_of_one_issuer_are_nothing_to_another() {
    let world = state();
    let mut state = world.state();
    let pair = state.issue("minimax.io", "ada", start());
    assert!(!state.tokens.accepts(&pair.access, "minimaxi.com", start()));
    assert_eq!(
        state.rotate("minimaxi.com", &pair.refresh, start()).err(),
        Some(Refused::Unknown)
    );
    assert!(
        state.rotate("minimax.io", &pair.refresh, start()).is_ok(),
        "the attempt spent nothing"
    );
}

#[test]
fn access_token_lives_as_long_as_it_says() {
    let world = state();
    let mut state = world.state();
    let pair = state.issue("minimax.io", "ada", start());
    assert_eq!(
        (pair.life, pair.expires),
        (Duration::from_mins(15), start().plus(Duration::from_mins(15)))
    );
    let last = pair.expires.minus(Duration::from_millis(1));
    assert!(state.tokens.accepts(&pair.access, "minimax.io", last));
    assert!(!state.tokens.accepts(&pair.access, "minimax.io", pair.expires));
    let next = state.issue("minimax.io", "ada", start());
    state.tokens.expire_all();
    assert!(!state.tokens.accepts(&next.access, "minimax.io", start()));
    assert!(
        state.rotate("minimax.io", &next.refresh, start()).is_ok(),
        "refresh tokens stay good"
    );
}

#[test]
fn web_tokens_carry_claims_and_are_canaries_as_a_whole() {
    let world = state();
    let mut state = world.state();
    let pair = state.issue("openai.com", "ada", start());
    let parts: Vec<_> = pair.access.split('.').collect();
    assert_eq!(parts.len(), 3);
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!(claims["sub"], "ada");
    assert_eq!(claims["exp"], pair.expires.as_seconds());
    assert!(state.canaries.contains(&pair.access) && state.canaries.contains(&pair.refresh));
    assert!(!state.issue("minimax.io", "ada", start()).access.contains('.'));
}

#[test]
fn challenge_is_that_of_rfc_7636_appendix_b() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(
        challenge_of(verifier),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

/// Walks all strings of an answer.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(items) => items.values().for_each(|item| strings(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_secret_that_a_login_answers_is_a_canary() {
    let world = world().await;
    world.sim.person().approve_everything();
    let host = "auth.openai.com";
    let client = json!({"client_id": "app_EMoamEEZ73f0CkXaXp7hrann"});
    let asked = world
        .client
        .json(host, "/api/accounts/deviceauth/usercode", &[], &client)
        .await
        .json();
    let granted = world
        .client
        .json(host, "/api/accounts/deviceauth/token", &[], &asked)
        .await
        .json();
    let mut exchange = client.clone();
    exchange["grant_type"] = json!("authorization_code");
    exchange["redirect_uri"] = json!("https://auth.openai.com/deviceauth/callback");
    exchange["code"] = granted["authorization_code"].clone();
    exchange["code_verifier"] = granted["code_verifier"].clone();
    let tokens = world
        .client
        .json(host, "/oauth/token", &[], &exchange)
        .await
        .json();
    let canaries = world.sim.canaries();
    let mut found = vec![world.sim.script().issue_key()];
    for value in [
        &asked["device_auth_id"],
        &granted["authorization_code"],
        &granted["code_verifier"],
        &tokens,
    ] {
        strings(value, &mut found);
    }
    found.retain(|text| text != "Bearer");
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(
        found[1..].iter().all(|secret| canaries.contains(secret)),
        "{found:?}"
    );
    assert!(world.sim.canaries().contains(&found[0]), "a key too");
}
