use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::{Client, Reply, World, world};
use crate::state::challenge_of;

const HOST: &str = "auth.openai.com";
const CLIENT: &str = "app_EMoamEEZ73f0CkXaXp7hrann";
const REDIRECT: &str = "https://auth.openai.com/deviceauth/callback";
const POLL: &str = "/api/accounts/deviceauth/token";

async fn ask(client: &Client) -> Value {
    let body = json!({"client_id": CLIENT});
    let reply = client
        .json(HOST, "/api/accounts/deviceauth/usercode", &[], &body)
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

async fn poll(client: &Client, code: &Value) -> Reply {
    let body = json!({"device_auth_id": code["device_auth_id"], "user_code": code["user_code"]});
    client.json(HOST, POLL, &[], &body).await
}

/// The exchange of a granted code with one field changed.
async fn exchange_with(client: &Client, granted: &Value, name: &str, value: &str) -> Reply {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", granted["authorization_code"].as_str().unwrap()),
        ("redirect_uri", REDIRECT),
        ("client_id", CLIENT),
        ("code_verifier", granted["code_verifier"].as_str().unwrap()),
    ];
    fields.retain(|(one, _)| *one != name);
    fields.push((name, value));
    client.form(HOST, "/oauth/token", &fields).await
}

async fn exchange(client: &Client, granted: &Value) -> Reply {
    exchange_with(client, granted, "client_id", CLIENT).await
}

async fn granted(world: &World) -> Value {
    let code = ask(&world.client).await;
    assert!(world.sim.person().approve(code["user_code"].as_str().unwrap()));
    poll(&world.client, &code).await.json()
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn device_auth_login_approved_gives_web_tokens_with_the_account() {
    let world = world().await;
    world.sim.script().account("ada");
    let code = ask(&world.client).await;
    assert_eq!(code["interval"], "5", "a number in quotes");
    assert_eq!(poll(&world.client, &code).await.status, 403, "pending");
    world.sim.person().approve(code["user_code"].as_str().unwrap());
    let granted = poll(&world.client, &code).await.json();
    let verifier = granted["code_verifier"].as_str().unwrap();
    assert_eq!(granted["code_challenge"], challenge_of(verifier));
    assert_eq!(poll(&world.client, &code).await.status, 404, "the code is gone");

    let tokens = exchange(&world.client, &granted).await.json();
    assert_eq!(tokens["expires_in"], Value::Null, "the end stands in the token");
    for name in ["access_token", "id_token"] {
        let claims = claims(&tokens[name]);
        assert_eq!(claims["sub"], "ada");
        assert_eq!(
            claims["https://api.openai.com/auth"]["chatgpt_account_id"],
            "acct-ada"
        );
    }
    let end = world.sim.now().plus(Duration::from_mins(15)).as_seconds();
    assert_eq!(claims(&tokens["access_token"])["exp"], end);
    let access = tokens["access_token"].as_str().unwrap();
    let status = world
        .client
        .infer("chatgpt.com", "/backend-api/codex/responses", access)
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn device_auth_request_or_poll_with_wrong_fields_is_refused() {
    let world = world().await;
    let wrong = json!({"client_id": "other"});
    let reply = world
        .client
        .json(HOST, "/api/accounts/deviceauth/usercode", &[], &wrong)
        .await;
    assert_eq!(reply.status, 400);
    let code = ask(&world.client).await;
    let device = json!({"device_auth_id": "other", "user_code": code["user_code"]});
    assert_eq!(poll(&world.client, &device).await.status, 400);
    let unknown = json!({"device_auth_id": code["device_auth_id"], "user_code": "AAAA-AAAA"});
    assert_eq!(poll(&world.client, &unknown).await.status, 404);
}

#[tokio::test]
async fn device_auth_denied_or_too_old_gives_no_code() {
    let world = world().await;
    let denied = ask(&world.client).await;
    world.sim.person().deny(denied["user_code"].as_str().unwrap());
    let reply = poll(&world.client, &denied).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (400, &json!("access_denied"))
    );
    let approved = ask(&world.client).await;
    world
        .sim
        .person()
        .approve(approved["user_code"].as_str().unwrap());
    world.clock.advance(Duration::from_mins(15));
    assert_eq!(poll(&world.client, &approved).await.status, 404);
}

#[tokio::test]
async fn device_auth_exchange_with_a_wrong_field_is_refused() {
    for (name, value, status, error) in [
        ("client_id", "other", 401, "invalid_client"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("code", "canary-code-0-x", 400, "invalid_grant"),
        ("code_verifier", "other", 400, "invalid_grant"),
        (
            "redirect_uri",
            "http://localhost:1455/auth/callback",
            400,
            "invalid_grant",
        ),
    ] {
        let world = world().await;
        let granted = granted(&world).await;
        let reply = exchange_with(&world.client, &granted, name, value).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (status, &json!(error)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn device_auth_code_is_single_use() {
    let world = world().await;
    let granted = granted(&world).await;
    assert_eq!(exchange(&world.client, &granted).await.status, 200);
    let again = exchange(&world.client, &granted).await;
    assert_eq!(
        (again.status, &again.json()["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[tokio::test]
async fn device_auth_refresh_takes_form_or_json_and_a_replay_ends_the_family() {
    let world = world().await;
    let granted = granted(&world).await;
    let first = exchange(&world.client, &granted).await.json();
    let fields =
        |token: &Value| json!({"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token});
    let body = fields(&first["refresh_token"]);
    let second = world.client.json(HOST, "/oauth/token", &[], &body).await.json();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("refresh_token", second["refresh_token"].as_str().unwrap()),
    ];
    let third = world.client.form(HOST, "/oauth/token", &form).await.json();
    assert!(third["access_token"].is_string(), "{third}");
    for (token, expected) in [
        (&first["refresh_token"], "refresh_token_reused"),
        (&third["refresh_token"], "refresh_token_invalidated"),
    ] {
        let reply = world.client.json(HOST, "/oauth/token", &[], &fields(token)).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!(expected))
        );
    }
    let other = json!({"grant_type": "refresh_token", "client_id": "other", "refresh_token": "x"});
    assert_eq!(
        world.client.json(HOST, "/oauth/token", &[], &other).await.status,
        401
    );
}
