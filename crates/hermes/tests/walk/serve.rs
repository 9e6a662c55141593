//! The gateway under load and under a renewal.

use std::sync::Arc;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::harness::Lab;

#[tokio::test]
async fn token_that_ends_in_the_middle_of_a_run_costs_one_refresh_and_no_failure() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let up = Arc::new(lab.up().await);
    let refreshes = || {
        let calls = lab.sim.journal().find("account.minimax.io", "/oauth2/token");
        calls
            .iter()
            .filter(|one| one.form().iter().any(|(_, value)| value == "refresh_token"))
            .count()
    };
    assert_eq!(refreshes(), 0);
    let mut statuses = Vec::new();
    for round in 0..20 {
        if round == 10 {
            lab.sim.expire_access_tokens();
        }
        let ten = (0..10).map(|_| {
            let up = Arc::clone(&up);
            tokio::spawn(async move {
                let body = json!({"model": "MiniMax-M2.7", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]});
                up.post("/v1/messages", &body).await
            })
        });
        for one in ten.collect::<Vec<_>>() {
            statuses.push(one.await.expect("a request").0);
        }
    }
    assert_eq!(statuses, vec![200; 200]);
    assert_eq!(refreshes(), 1);
}

#[tokio::test]
async fn second_gateway_on_the_same_port_is_a_clear_error() {
    let lab = Lab::new().await;
    let up = lab.up().await;
    let address = up.base.trim_start_matches("http://").to_owned();
    let done = lab.run(&["up", "--listen", &address]).await;
    assert_eq!(done.code, 1, "{done:?}");
    assert!(
        done.stderr.contains(&address) && done.stderr.contains("--listen"),
        "{done:?}"
    );
    let ended = up.end().await;
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[tokio::test]
async fn chat_streams_an_answer_to_the_terminal() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let done = lab
        .run(&["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!done.stdout.trim().is_empty(), "{done:?}");
}

#[tokio::test]
async fn token_prints_a_fresh_access_token() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let done = lab.run(&["token", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        lab.sim
            .canaries()
            .iter()
            .any(|canary| done.stdout.contains(canary.as_str())),
        "{done:?}"
    );
    assert_eq!(lab.run(&["token", "nous"]).await.code, 4);
}

#[tokio::test]
async fn drill_login_plays_the_whole_walk() {
    let lab = Lab::new().await;
    let mut command = lab.command(&["drill", "login"]);
    command
        .env_remove("HERMES_LAB_HOSTS")
        .env_remove("HERMES_LAB_CLOCK");
    let output = command.output().await.expect("hermes starts");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(!lab.home().exists(), "a drill leaves the person's home alone");
}
