use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::{Client, Reply, World, start, world};
use crate::state::challenge_of;

const CLIENT: &str = "78257093-7e40-4613-99e0-527b14b39113";
const VERIFIER: &str = "a-verifier-of-no-less-than-forty-three-characters";
const NEW: (&str, &str, &str) = ("account.minimax.io", "/oauth2/device/code", "/oauth2/token");
const OLD: (&str, &str, &str) = ("api.minimax.io", "/oauth/code", "/oauth/token");
const MESSAGES: &str = "/anthropic/v1/messages";

/// A good code request with one field changed; a field without a value is left out.
async fn ask_with(client: &Client, place: (&str, &str, &str), name: &str, value: Option<&str>) -> Reply {
    let challenge = challenge_of(VERIFIER);
    let mut fields = vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("scope", "group_id profile model.completion"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("state", "state-1"),
    ];
    fields.retain(|(one, _)| *one != name);
    fields.extend(value.map(|value| (name, value)));
    client.form(place.0, place.1, &fields).await
}

async fn ask(client: &Client, place: (&str, &str, &str)) -> Value {
    let reply = ask_with(client, place, "state", Some("state-1")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

async fn poll(client: &Client, place: (&str, &str, &str), user_code: &Value, verifier: &str) -> Reply {
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:user_code"),
        ("client_id", CLIENT),
        ("user_code", user_code.as_str().unwrap()),
        ("code_verifier", verifier),
    ];
    client.form(place.0, place.2, &fields).await
}

async fn refresh(client: &Client, token: &Value) -> Reply {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("refresh_token", token.as_str().unwrap()),
    ];
    client.form(NEW.0, NEW.2, &fields).await
}

async fn login(world: &World) -> Value {
    let code = ask(&world.client, NEW).await["user_code"].clone();
    assert!(world.sim.person().approve(code.as_str().unwrap()));
    poll(&world.client, NEW, &code, VERIFIER).await.json()
}

fn message(reply: &Reply) -> String {
    reply.json()["base_resp"]["status_msg"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn user_code_login_approved_gives_tokens_on_every_host_pair() {
    for (place, domain) in [
        (NEW, "minimax.io"),
        (OLD, "minimax.io"),
        (("account.minimaxi.com", NEW.1, NEW.2), "minimaxi.com"),
        (("api.minimaxi.com", OLD.1, OLD.2), "minimaxi.com"),
    ] {
        let world = world().await;
        let code = ask(&world.client, place).await;
        let user_code = &code["user_code"];
        let link = format!("https://www.{domain}/oauth-authorize?user_code=");
        assert!(code["verification_uri"].as_str().unwrap().starts_with(&link));
        assert_eq!(
            (&code["state"], &code["interval"]),
            (&json!("state-1"), &json!(2000))
        );
        let two_hours = start().plus(Duration::from_hours(2));
        assert_eq!(code["expired_in"], two_hours.as_millis());

        let pending = poll(&world.client, place, user_code, VERIFIER).await;
        assert_eq!(
            (pending.status, &pending.json()["status"]),
            (200, &json!("pending"))
        );
        assert!(world.sim.person().approve(user_code.as_str().unwrap()));
        let tokens = poll(&world.client, place, user_code, VERIFIER).await.json();
        assert_eq!(tokens["status"], "success");
        assert_eq!(tokens["resource_url"], format!("https://api.{domain}/anthropic"));
        assert_eq!(
            tokens["expired_in"],
            start().plus(Duration::from_mins(15)).as_millis()
        );
        let access = tokens["access_token"].as_str().unwrap();
        let host = format!("api.{domain}");
        assert_eq!(world.client.infer(&host, MESSAGES, access).await, 200);
    }
}

#[tokio::test]
async fn user_code_request_with_wrong_fields_is_refused() {
    let world = world().await;
    for (name, value) in [
        ("client_id", Some("another-client")),
        ("response_type", Some("token")),
        ("code_challenge_method", Some("plain")),
        ("scope", Some("group_id")),
        ("code_challenge", Some("")),
        ("code_challenge", None),
        ("state", None),
        ("audience", Some("more")),
    ] {
        let reply = ask_with(&world.client, NEW, name, value).await;
        assert_eq!(reply.status, 400, "{name}: {value:?}");
        assert_eq!(reply.json()["base_resp"]["status_code"], 1004);
    }
}

#[tokio::test]
async fn user_code_paths_belong_to_their_hosts() {
    let world = world().await;
    let crossed = [
        (OLD.0, NEW.1, NEW.2),
        (NEW.0, OLD.1, OLD.2),
        ("platform.minimax.io", NEW.1, NEW.2),
    ];
    for place in crossed {
        let reply = ask_with(&world.client, place, "state", Some("state-1")).await;
        assert_eq!(reply.status, 404, "{place:?}");
    }
}

#[tokio::test]
async fn user_code_poll_with_a_wrong_verifier_client_or_code_is_refused() {
    let world = world().await;
    let code = ask(&world.client, NEW).await["user_code"].clone();
    world.sim.person().approve(code.as_str().unwrap());
    let wrong = poll(&world.client, NEW, &code, "another-verifier").await;
    assert_eq!(
        (wrong.status, message(&wrong).as_str()),
        (400, "code_verifier is wrong")
    );
    let unknown = poll(&world.client, NEW, &json!("AAAA-AAAA"), VERIFIER).await;
    assert_eq!(
        (unknown.status, message(&unknown).as_str()),
        (400, "user_code is not known")
    );
    let elsewhere = poll(
        &world.client,
        ("account.minimaxi.com", NEW.1, NEW.2),
        &code,
        VERIFIER,
    )
    .await;
    assert_eq!(
        elsewhere.status, 400,
        "a code of one region is nothing in the other"
    );
    for (client, grant) in [
        ("another", "urn:ietf:params:oauth:grant-type:user_code"),
        (CLIENT, "urn:ietf:params:oauth:grant-type:device_code"),
    ] {
        let fields = [
            ("client_id", client),
            ("grant_type", grant),
            ("user_code", code.as_str().unwrap()),
            ("code_verifier", VERIFIER),
        ];
        assert_eq!(world.client.form(NEW.0, NEW.2, &fields).await.status, 400);
    }
    let right = poll(&world.client, NEW, &code, VERIFIER).await;
    assert_eq!(right.json()["status"], "success", "no refusal spent the code");
}

#[tokio::test]
async fn user_code_once_used_is_refused() {
    let world = world().await;
    let code = ask(&world.client, NEW).await["user_code"].clone();
    world.sim.person().approve(code.as_str().unwrap());
    assert_eq!(poll(&world.client, NEW, &code, VERIFIER).await.status, 200);
    let again = poll(&world.client, NEW, &code, VERIFIER).await;
    assert_eq!(
        (again.status, message(&again).as_str()),
        (400, "user_code was used")
    );
}

#[tokio::test]
async fn user_code_denied_or_too_old_gives_no_tokens() {
    let world = world().await;
    let denied = ask(&world.client, NEW).await["user_code"].clone();
    assert!(world.sim.person().deny(denied.as_str().unwrap()));
    assert!(
        !world.sim.person().approve(denied.as_str().unwrap()),
        "it is decided"
    );
    let reply = poll(&world.client, NEW, &denied, VERIFIER).await;
    assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("error")));

    let open = ask(&world.client, NEW).await["user_code"].clone();
    let approved = ask(&world.client, NEW).await["user_code"].clone();
    world.sim.person().approve(approved.as_str().unwrap());
    world.clock.advance(Duration::from_hours(2));
    for code in [open, approved] {
        let reply = poll(&world.client, NEW, &code, VERIFIER).await;
        assert_eq!(
            (reply.status, message(&reply).as_str()),
            (400, "user_code has ended")
        );
    }
}

#[tokio::test]
async fn user_code_refresh_rotates_and_a_replay_ends_the_family() {
    let world = world().await;
    let first = login(&world).await;
    let second = refresh(&world.client, &first["refresh_token"]).await.json();
    assert_eq!(second["status"], "success");
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let access = second["access_token"].as_str().unwrap();
    assert_eq!(world.client.infer("api.minimax.io", MESSAGES, access).await, 200);

    let replay = refresh(&world.client, &first["refresh_token"]).await;
    assert_eq!(
        (replay.status, message(&replay).as_str()),
        (400, "refresh_token_reused")
    );
    let after = refresh(&world.client, &second["refresh_token"]).await;
    assert_eq!((after.status, message(&after).as_str()), (400, "invalid_grant"));
    assert_eq!(world.client.infer("api.minimax.io", MESSAGES, access).await, 401);
    let other = login(&world).await;
    assert_eq!(
        refresh(&world.client, &other["refresh_token"]).await.status,
        200,
        "another family lives on"
    );
}

#[tokio::test]
async fn user_code_expiries_answer_what_is_scripted() {
    let world = world().await;
    world.sim.script().code_expiry(json!("7200"));
    world.sim.script().token_expiry(json!(900.5));
    assert_eq!(ask(&world.client, NEW).await["expired_in"], "7200");
    let tokens = login(&world).await;
    assert_eq!(tokens["expired_in"], 900.5);
    let next = refresh(&world.client, &tokens["refresh_token"]).await.json();
    assert_eq!(next["expired_in"], 900.5);
}

#[tokio::test]
async fn user_code_of_a_person_who_approves_everything_needs_no_one() {
    let world = world().await;
    world.sim.person().approve_everything();
    let code = ask(&world.client, NEW).await["user_code"].clone();
    assert_eq!(
        poll(&world.client, NEW, &code, VERIFIER).await.json()["status"],
        "success"
    );
}

#[tokio::test]
async fn old_host_that_redirects_leads_to_the_new_one() {
    let world = world().await;
    // The old host as it is since it moved, in one line.
    world
        .sim
        .script()
        .redirect(OLD.0, OLD.1, 307, "https://account.minimax.io/oauth2/device/code");
    let reply = ask_with(&world.client, OLD, "state", Some("state-1")).await;
    assert_eq!(reply.status, 307);
    assert_eq!(
        reply.header("location"),
        Some("https://account.minimax.io/oauth2/device/code")
    );
    assert_eq!(ask(&world.client, NEW).await["state"], "state-1");
    assert_eq!(
        ask_with(&world.client, OLD, "state", Some("s")).await.status,
        307,
        "it stays"
    );
}
