use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::{Client, Reply, World, world};

const HOST: &str = "portal.nousresearch.com";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const TOKEN: &str = "/api/oauth/token";

async fn ask(client: &Client) -> Value {
    let fields = [("client_id", "hermes-cli"), ("scope", "inference:invoke")];
    let reply = client.form(HOST, "/api/oauth/device/code", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

async fn poll(client: &Client, device: &Value) -> Reply {
    let fields = [
        ("grant_type", GRANT),
        ("client_id", "hermes-cli"),
        ("device_code", device.as_str().unwrap()),
    ];
    client.form(HOST, TOKEN, &fields).await
}

async fn refresh(client: &Client, token: &Value) -> Reply {
    let header = [("x-nous-refresh-token", token.as_str().unwrap())];
    let fields = [("grant_type", "refresh_token"), ("client_id", "hermes-cli")];
    client.form_with(HOST, TOKEN, &header, &fields).await
}

async fn login(world: &World) -> Value {
    let code = ask(&world.client).await;
    assert!(world.sim.person().approve(code["user_code"].as_str().unwrap()));
    poll(&world.client, &code["device_code"]).await.json()
}

fn outcome(reply: &Reply) -> (u16, String) {
    let error = reply.json()["error"].as_str().unwrap_or_default().to_owned();
    (reply.status, error)
}

#[tokio::test]
async fn device_code_login_approved_gives_a_token_for_inference() {
    let world = world().await;
    let code = ask(&world.client).await;
    for name in [
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
    ] {
        assert!(code[name].is_string(), "{name}");
    }
    assert_eq!(
        (&code["expires_in"], &code["interval"]),
        (&json!(7200), &json!(5))
    );
    let pending = poll(&world.client, &code["device_code"]).await;
    assert_eq!(outcome(&pending), (400, "authorization_pending".to_owned()));
    world.sim.person().approve(code["user_code"].as_str().unwrap());
    let tokens = poll(&world.client, &code["device_code"]).await.json();
    assert_eq!(tokens["expires_in"], 900);
    assert_eq!(tokens["scope"], "inference:invoke");
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(access.split('.').count(), 3, "a JSON web token");
    let host = "inference-api.nousresearch.com";
    assert_eq!(
        world.client.infer(host, "/v1/chat/completions", access).await,
        200
    );
    assert_eq!(
        world
            .client
            .infer("api.openai.com", "/v1/responses", access)
            .await,
        401
    );

    let again = poll(&world.client, &code["device_code"]).await;
    assert_eq!(outcome(&again), (400, "invalid_grant".to_owned()), "single use");
}

#[tokio::test]
async fn device_code_requests_with_wrong_fields_are_refused() {
    let world = world().await;
    let code = ask(&world.client).await;
    let device = code["device_code"].as_str().unwrap();
    let path = "/api/oauth/device/code";
    for (path, fields, expected) in [
        (
            path,
            vec![("client_id", "other"), ("scope", "inference:invoke")],
            (401, "invalid_client"),
        ),
        (
            path,
            vec![("client_id", "hermes-cli"), ("scope", "inference")],
            (400, "invalid_scope"),
        ),
        (
            TOKEN,
            vec![
                ("client_id", "other"),
                ("grant_type", GRANT),
                ("device_code", device),
            ],
            (401, "invalid_client"),
        ),
        (
            TOKEN,
            vec![("client_id", "hermes-cli"), ("grant_type", "password")],
            (400, "unsupported_grant_type"),
        ),
        (
            TOKEN,
            vec![
                ("client_id", "hermes-cli"),
                ("grant_type", GRANT),
                ("device_code", ""),
            ],
            (400, "invalid_grant"),
        ),
    ] {
        let reply = world.client.form(HOST, path, &fields).await;
        assert_eq!(outcome(&reply), (expected.0, expected.1.to_owned()), "{fields:?}");
    }
}

#[tokio::test]
async fn device_code_denied_or_too_old_gives_no_tokens() {
    let world = world().await;
    let denied = ask(&world.client).await;
    world.sim.person().deny(denied["user_code"].as_str().unwrap());
    let reply = poll(&world.client, &denied["device_code"]).await;
    assert_eq!(outcome(&reply), (400, "access_denied".to_owned()));
    let (open, approved) = (ask(&world.client).await, ask(&world.client).await);
    world
        .sim
        .person()
        .approve(approved["user_code"].as_str().unwrap());
    world.clock.advance(Duration::from_hours(2));
    for code in [open, approved] {
        let reply = poll(&world.client, &code["device_code"]).await;
        assert_eq!(outcome(&reply), (400, "expired_token".to_owned()));
    }
}

#[tokio::test]
async fn device_code_refresh_takes_the_header_and_a_replay_ends_the_family() {
    let world = world().await;
    let first = login(&world).await;
    let in_body = [
        ("grant_type", "refresh_token"),
        ("client_id", "hermes-cli"),
        ("refresh_token", first["refresh_token"].as_str().unwrap()),
    ];
    let reply = world.client.form(HOST, TOKEN, &in_body).await;
    assert_eq!(outcome(&reply), (400, "invalid_request".to_owned()));
    let second = refresh(&world.client, &first["refresh_token"]).await.json();
    assert!(second["access_token"].is_string(), "{second}");
    let replay = refresh(&world.client, &first["refresh_token"]).await;
    assert_eq!(outcome(&replay), (400, "invalid_grant".to_owned()));
    let after = refresh(&world.client, &second["refresh_token"]).await;
    assert_eq!(outcome(&after), (400, "invalid_grant".to_owned()));
}
