use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use super::client::{Client, Reply, World, world};
use crate::state::challenge_of;

const CLIENT: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const PASTE: &str = "https://platform.claude.com/oauth/code/callback";
const LOOPBACK: &str = "http://localhost:43210/callback";
const TOKEN: (&str, &str) = ("platform.claude.com", "/v1/oauth/token");
const VERIFIER: &str = "a-verifier-of-no-less-than-forty-three-characters";

/// A good authorize link with one parameter changed.
fn link_with(base: &str, redirect: &str, name: &str, value: &str) -> String {
    let challenge = challenge_of(VERIFIER);
    let mut query = vec![
        ("code", "true"),
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", redirect),
        ("scope", "user:profile user:inference"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("state", "state-1"),
    ];
    query.retain(|(one, _)| *one != name);
    query.push((name, value));
    Url::parse_with_params(base, query).unwrap().into()
}

fn link(redirect: &str) -> String {
    link_with(
        "https://claude.com/cai/oauth/authorize",
        redirect,
        "state",
        "state-1",
    )
}

/// The exchange of a code with one field changed.
async fn exchange_with(client: &Client, code: &str, redirect: &str, name: &str, value: &str) -> Reply {
    let mut body = json!({
        "grant_type": "authorization_code", "client_id": CLIENT, "code": code, "state": "state-1",
        "redirect_uri": redirect, "code_verifier": VERIFIER,
    });
    body[name] = json!(value);
    client.json(TOKEN.0, TOKEN.1, &[], &body).await
}

async fn refresh(client: &Client, token: &Value) -> Reply {
    let body = json!({"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token});
    client.json(TOKEN.0, TOKEN.1, &[], &body).await
}

/// The code that a person pastes, without its state.
async fn pasted(world: &World) -> String {
    let shown = world.sim.person().approve_browser(&link(PASTE)).await.unwrap();
    let (code, state) = shown.split_once('#').expect("code#state");
    assert_eq!(state, "state-1");
    code.to_owned()
}

async fn login(world: &World) -> Value {
    let code = pasted(world).await;
    let reply = exchange_with(&world.client, &code, PASTE, "state", "state-1").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn browser_login_over_loopback_gives_tokens() {
    for base in [
        "https://claude.com/cai/oauth/authorize",
        "https://claude.ai/oauth/authorize",
        "https://console.anthropic.com/oauth/authorize",
    ] {
        let world = world().await;
        let there = link_with(base, LOOPBACK, "state", "state-1");
        let back = world.sim.person().approve_browser(&there).await.unwrap();
        let back = Url::parse(&back).unwrap();
        assert!(
            back.as_str().starts_with("http://localhost:43210/callback?"),
            "{back}"
        );
        let query: std::collections::HashMap<_, _> = back.query_pairs().into_owned().collect();
        assert_eq!(query["state"], "state-1");
        let reply = exchange_with(&world.client, &query["code"], LOOPBACK, "state", "state-1").await;
        let tokens = reply.json();
        assert_eq!(tokens["expires_in"], 900);
        assert_eq!(tokens["account"]["uuid"], "account-person");
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(
            world
                .client
                .infer("api.anthropic.com", "/v1/messages", access)
                .await,
            200
        );
    }
}

#[tokio::test]
async fn browser_login_by_paste_gives_a_code_that_is_single_use() {
    let world = world().await;
    let code = pasted(&world).await;
    let first = exchange_with(&world.client, &code, PASTE, "state", "state-1").await;
    assert_eq!(first.status, 200);
    let again = exchange_with(&world.client, &code, PASTE, "state", "state-1").await;
    assert_eq!(
        (again.status, &again.json()["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[tokio::test]
async fn browser_link_with_a_wrong_parameter_shows_an_error_and_grants_nothing() {
    let world = world().await;
    let challenge = challenge_of(VERIFIER);
    for (name, value) in [
        ("client_id", "other"),
        ("response_type", "token"),
        ("code", "false"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("state", ""),
        ("state", challenge.as_str()),
        ("redirect_uri", "https://evil.example/callback"),
        ("redirect_uri", "http://localhost:1@evil.example/callback"),
        ("redirect_uri", "http://127.0.0.1:43210/callback"),
        ("redirect_uri", "http://localhost:43210/other"),
    ] {
        let link = link_with("https://claude.com/cai/oauth/authorize", LOOPBACK, name, value);
        let error = world.sim.person().approve_browser(&link).await.unwrap_err();
        assert!(error.starts_with("400: "), "{name}={value}: {error}");
    }
    assert_eq!(world.sim.canaries(), [""; 0], "no code came about");
}

#[tokio::test]
async fn browser_exchange_with_a_wrong_field_is_refused_and_spends_the_code() {
    for (name, value, status, error) in [
        ("client_id", "other", 401, "invalid_client"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("state", "", 400, "invalid_request"),
        ("state", "state-2", 400, "invalid_grant"),
        ("code", "canary-code-0-x", 400, "invalid_grant"),
        ("code_verifier", "other", 400, "invalid_grant"),
        ("redirect_uri", LOOPBACK, 400, "invalid_grant"),
    ] {
        let world = world().await;
        let code = pasted(&world).await;
        let reply = exchange_with(&world.client, &code, PASTE, name, value).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (status, &json!(error)),
            "{name}"
        );
        let spent = matches!(name, "code_verifier" | "redirect_uri") || value == "state-2";
        let after = exchange_with(&world.client, &code, PASTE, "state", "state-1").await;
        assert_eq!(after.status, if spent { 400 } else { 200 }, "{name} afterwards");
    }
}

#[tokio::test]
async fn browser_refresh_replayed_ends_the_family() {
    let world = world().await;
    let first = login(&world).await;
    let second = refresh(&world.client, &first["refresh_token"]).await.json();
    let access = second["access_token"].as_str().unwrap();
    assert_eq!(
        world
            .client
            .infer("api.anthropic.com", "/v1/messages", access)
            .await,
        200
    );
    for token in [&first["refresh_token"], &second["refresh_token"]] {
        let reply = refresh(&world.client, token).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (400, &json!("invalid_grant"))
        );
    }
    assert_eq!(
        world
            .client
            .infer("api.anthropic.com", "/v1/messages", access)
            .await,
        401
    );
}

#[tokio::test]
async fn console_login_mints_a_key_that_works_as_x_api_key() {
    let world = world().await;
    let tokens = login(&world).await;
    let mint = "/api/oauth/claude_cli/create_api_key";
    let bare = tokens["access_token"].as_str().unwrap();
    for (header, status) in [(bare.to_owned(), 401), (format!("Bearer {bare}"), 200)] {
        let headers = [("authorization", header.as_str())];
        let reply = world
            .client
            .json("api.anthropic.com", mint, &headers, &json!(null))
            .await;
        assert_eq!(reply.status, status);
        if status == 200 {
            let key = reply.json()["raw_key"].as_str().unwrap().to_owned();
            assert!(world.sim.canaries().contains(&key));
            let headers = [("x-api-key", key.as_str()), ("anthropic-version", "2023-06-01")];
            let reply = world
                .client
                .get("api.anthropic.com", "/v1/models", &headers)
                .await;
            assert_eq!(reply.status, 200);
        }
    }
}

#[tokio::test]
async fn openrouter_login_gives_a_key_once() {
    let world = world().await;
    let challenge = challenge_of(VERIFIER);
    let callback = "http://127.0.0.1:43210/callback/r4nd0m";
    let query = [
        ("callback_url", callback),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let link = Url::parse_with_params("https://openrouter.ai/auth", query).unwrap();
    let exchange = async |verifier: &str, method: &str| {
        let back = world.sim.person().approve_browser(link.as_str()).await.unwrap();
        let code = back
            .strip_prefix(&format!("{callback}?code="))
            .unwrap()
            .to_owned();
        let body = json!({"code": code, "code_verifier": verifier, "code_challenge_method": method});
        let place = ("openrouter.ai", "/api/v1/auth/keys");
        let first = world.client.json(place.0, place.1, &[], &body).await;
        let second = world.client.json(place.0, place.1, &[], &body).await;
        (first, second.status)
    };
    assert_eq!(exchange("other", "S256").await.0.status, 403);
    assert_eq!(exchange(VERIFIER, "plain").await.0.status, 403);
    let (reply, again) = exchange(VERIFIER, "S256").await;
    assert_eq!((reply.status, again), (200, 403));
    let bearer = format!("Bearer {}", reply.json()["key"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(
        world
            .client
            .get("openrouter.ai", "/api/v1/key", &headers)
            .await
            .status,
        200
    );
    assert_eq!(
        world.client.get("openrouter.ai", "/api/v1/key", &[]).await.status,
        401
    );
    let bad = "https://openrouter.ai/auth?callback_url=https://evil.example/&code_challenge=x&code_challenge_method=S256";
    assert!(world.sim.person().approve_browser(bad).await.is_err());
}

#[tokio::test]
async fn person_follows_a_redirect_to_whoever_listens() {
    let world = world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 1024];
        let size = stream.read(&mut bytes).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .await
            .unwrap();
        String::from_utf8_lossy(&bytes[..size]).into_owned()
    });
    let back = format!("http://localhost:{port}/callback?code=c&state=s");
    assert_eq!(world.sim.person().follow(&back).await, Some(204));
    let heard = heard.await.unwrap();
    assert!(
        heard.starts_with("GET /callback?code=c&state=s HTTP/1.1\r\n"),
        "{heard}"
    );
    assert_eq!(world.sim.person().follow(&back).await, None, "it has gone");
}
