//! Signing in to MiniMax, and what is kept of it.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::harness::Lab;

#[tokio::test]
async fn sign_in_leaves_one_ready_credential() {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");

    let list = lab.json(&["auth", "list", "--json"]).await;
    let credentials = list["credentials"].as_array().expect("credentials");
    assert_eq!(credentials.len(), 1, "{list}");
    assert_eq!(credentials[0]["provider"], json!("minimax-oauth"));
    assert_eq!(credentials[0]["region"], json!("global"));
    assert_eq!(credentials[0]["has_refresh"], json!(true));
    assert!(credentials[0]["expires"].is_i64(), "{list}");

    let status = lab.run(&["auth", "status", "minimax-oauth"]).await;
    assert_eq!(status.code, 0, "{status:?}");
    assert!(status.stdout.contains("Ready"), "{status:?}");
}

#[tokio::test]
async fn sign_in_sends_the_six_form_fields_once() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let journal = lab.sim.journal();
    let codes = journal.find("account.minimax.io", "/oauth2/device/code");
    assert_eq!(codes.len(), 1);
    let mut names: Vec<_> = codes[0].form().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "response_type",
            "scope",
            "state"
        ]
    );
    assert_eq!(
        journal.count("api.minimax.io", "/oauth/code"),
        0,
        "the old host is not asked when the new one answers"
    );
}

#[tokio::test]
async fn sign_in_again_with_the_same_account_replaces() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    let before = lab.json(&["auth", "list", "--json"]).await;
    let renewed = lab.run(&["auth", "refresh", "minimax-oauth"]).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let after = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(after["credentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(before["credentials"][0]["id"], after["credentials"][0]["id"]);
    assert_eq!(after["credentials"][0]["generation"], json!(2));
}

#[tokio::test]
async fn region_cn_uses_the_cn_hosts_everywhere() {
    let lab = Lab::new().await;
    let done = lab
        .sign_in(&["auth", "add", "minimax-oauth", "--region", "cn"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    let renewed = lab.run(&["auth", "refresh", "minimax-oauth"]).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let up = lab.up().await;
    let body =
        json!({"model": "MiniMax-M2.7", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]});
    let (status, text) = up.post("/v1/messages", &body).await;
    assert_eq!(status, 200, "{text}");
    let hosts: std::collections::BTreeSet<_> = lab
        .sim
        .journal()
        .entries()
        .into_iter()
        .map(|entry| entry.host)
        .collect();
    assert_eq!(
        hosts.into_iter().collect::<Vec<_>>(),
        ["account.minimaxi.com", "api.minimaxi.com"]
    );
}

#[tokio::test]
async fn foreign_settings_do_not_move_the_request() {
    let lab = Lab::new().await;
    lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    lab.config("[providers.minimax-oauth]\napi_mode = \"chat_completions\"\nbase_url = \"https://api.openai.com/v1\"\n");
    let up = lab.up().await;
    let body =
        json!({"model": "MiniMax-M2.7", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]});
    let (status, text) = up.post("/v1/messages", &body).await;
    assert_eq!(status, 200, "{text}");
    let sent = lab.sim.journal().find("api.minimax.io", "/anthropic/v1/messages");
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0]
            .header("authorization")
            .is_some_and(|value| value.starts_with("Bearer "))
    );
    assert_eq!(sent[0].header("anthropic-version").as_deref(), Some("2023-06-01"));
    assert_eq!(sent[0].header("x-api-key"), None);
    assert_eq!(lab.sim.journal().count_host("api.openai.com"), 0);

    let status = lab.run(&["auth", "status", "minimax-oauth"]).await;
    assert_eq!(status.code, 0, "{status:?}");
    assert!(
        status.stdout.contains("api_mode") && status.stdout.contains("ignored"),
        "{status:?}"
    );
    assert!(status.stdout.contains("base_url"), "{status:?}");
}

#[tokio::test]
async fn no_secret_leaves_the_sealed_store() {
    let lab = Lab::new().await;
    let mut seen = Vec::new();
    for args in [
        &["auth", "add", "minimax-oauth"][..],
        &["auth", "add", "nous"][..],
    ] {
        let done = lab.sign_in(args).await;
        seen.push(done.stdout + &done.stderr);
    }
    for args in [
        &["auth", "refresh", "minimax-oauth"][..],
        &["auth", "list", "--json"],
        &["auth", "status", "-v"],
        &["doctor"],
        &["providers", "show", "minimax-oauth"],
        &["config", "show", "--origin"],
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"],
        &["auth", "remove", "nous"],
    ] {
        let done = lab.run(args).await;
        seen.push(done.stdout + &done.stderr);
    }
    let canaries = lab.sim.canaries();
    assert!(
        canaries.len() > 6,
        "the sweep has something to look for: {}",
        canaries.len()
    );
    for canary in canaries {
        for text in &seen {
            assert!(!text.contains(&canary), "{canary} was printed: {text}");
        }
        for (path, bytes) in lab.files() {
            let found = bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} lies in {}", path.display());
        }
    }
}
