//! `hermes explain` and `hermes usage` after requests that went well and ones that did not.

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::harness::{Lab, Up, request};

/// Asks for a message; the status and the request's id.
async fn ask(up: &Up, model: &str) -> (u16, String) {
    let body = json!({"model": model, "max_tokens": 8, "messages": [{"role": "user", "content": "hello"}]});
    let key = [("x-api-key", up.key.as_str())];
    let (status, _, headers) = request(&up.base, "POST", "/v1/messages", &key, &body.to_string()).await;
    let id = headers.iter().find(|(name, _)| name == "x-hermes-request-id");
    (status, id.expect("an id").1.clone())
}

#[tokio::test]
async fn explain_tells_what_failed_and_who_was_passed_over() {
    let lab = Lab::new().await;
    let login = ["auth", "add", "minimax-oauth", "--label", "work"];
    assert_eq!(lab.sign_in(&login).await.code, 0);
    let up = lab.up().await;
    let limited = json!({"type": "error", "error": {"type": "rate_limit_error", "message": "slow down"}});
    lab.sim.script().next(
        "api.minimax.io",
        "/anthropic/v1/messages",
        Answer::json(429, &limited).header("retry-after", "3000"),
    );
    let (status, failed) = ask(&up, "minimax-oauth/MiniMax-M3").await;
    assert_eq!(status, 429);
    let (status, passed) = ask(&up, "minimax-oauth/MiniMax-M3").await;
    assert_eq!(status, 429);
    assert_eq!(up.end().await.code, 0);

    let told = lab.run(&["explain", &failed]).await.stdout;
    for words in [
        "Anthropic Messages",
        "minimax-oauth/MiniMax-M3",
        "1. work: 429 after",
        " until 20",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let told = lab.run(&["explain", &passed]).await.stdout;
    assert!(told.contains("passed over  work: "), "{told}");
    let value = lab.json(&["explain", &passed, "--json"]).await;
    let story = &value["story"];
    assert_eq!(story["passed"][0]["state"], "cooling-down");
    assert!(story["calls"].is_null(), "{value}");
}

#[tokio::test]
async fn usage_adds_up_what_was_asked() {
    let lab = Lab::new().await;
    let empty = lab.run(&["usage"]).await;
    assert_eq!((empty.code, empty.stdout.as_str()), (0, ""), "{empty:?}");
    let login = ["auth", "add", "minimax-oauth", "--label", "work"];
    assert_eq!(lab.sign_in(&login).await.code, 0);
    let up = lab.up().await;
    for _ in 0..3 {
        assert_eq!(ask(&up, "minimax-oauth/MiniMax-M3").await.0, 200);
    }
    assert_eq!(ask(&up, "minimax-oauth/MiniMax-M2.7").await.0, 200);
    assert_eq!(up.end().await.code, 0);
    for range in ["24h", "7d", "30d"] {
        let value = lab.json(&["usage", "--range", range, "--json"]).await;
        let row = &value["usage"][0];
        assert_eq!(
            (&row["name"], &row["requests"], &row["billing"]),
            (&"minimax-oauth:work".into(), &4.into(), &"subscription".into()),
            "{value}"
        );
        assert!(row["total_ms"]["p95"].is_u64(), "{value}");
    }
    let shown = lab.run(&["usage", "--by", "model"]).await.stdout;
    let lines: Vec<Vec<_>> = shown
        .lines()
        .map(|line| line.split_whitespace().take(2).collect())
        .collect();
    assert_eq!(lines[0], ["MODEL", "REQUESTS"]);
    assert_eq!(
        lines[1..],
        [["MiniMax-M3", "3"], ["MiniMax-M2.7", "1"], ["all", "4"]]
    );
    let value = lab.json(&["usage", "--by", "key", "--json"]).await;
    assert_eq!(value["usage"][0]["name"], "test");
}
