//! What is left of a plan: asked for by a person, and told by the headers of answers.

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::console::Console;
use crate::harness::{Lab, request};

const REMAINS: (&str, &str) = ("api.minimax.io", "/v1/token_plan/remains");

async fn quota_of(console: &Console, place: usize) -> (u16, Value) {
    let list = console.credentials().await;
    let id = list[place]["id"].as_str().expect("an id");
    console
        .post(&format!("/api/credentials/{id}/quota"), &json!({}))
        .await
}

/// A fragment of the pages.
async fn page(console: &Console, path: &str) -> String {
    let headers = [(super::board::TOKEN, console.token.as_str())];
    let (status, text, _) = request(&console.board.up.base, "GET", path, &headers, "").await;
    assert_eq!(status, 200, "{text}");
    text
}

#[tokio::test]
async fn a_plan_is_asked_about_once_a_minute_and_shown() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    assert_eq!(
        lab.sign_in_at_once(&["auth", "add", "minimax-oauth"]).await.code,
        0
    );
    let console = Console::start(&lab).await;
    let untold = page(&console, "/ui/pool/minimax-oauth").await;
    assert!(
        untold.contains("Check plan") && !untold.contains("Plan windows"),
        "{untold}"
    );
    assert_eq!(lab.sim.journal().count(REMAINS.0, REMAINS.1), 0);
    let resets = lab.sim.now().as_millis() + 3_600_000;
    lab.sim.script().next(
        REMAINS.0,
        REMAINS.1,
        Answer::json(200, &json!({"base_resp": {"status_code": 0}, "model_remains": [{
            "model_name": "MiniMax-M3", "current_interval_total_count": 1000, "current_interval_usage_count": 620,
            "end_time": resets}]})),
    );
    let (status, told) = quota_of(&console, 0).await;
    assert_eq!(status, 200, "{told}");
    let window = &told["windows"][0];
    assert_eq!(
        (&window["of"], &window["used_percent"]),
        (&json!("MiniMax-M3"), &json!(38.0))
    );
    assert!(
        window["resets_at"].is_string() && told["quota_at"].is_string(),
        "{told}"
    );
    // A second ask within the minute is answered from here.
    assert_eq!(quota_of(&console, 0).await.1["windows"], told["windows"]);
    let calls = lab.sim.journal().find(REMAINS.0, REMAINS.1);
    assert_eq!(calls.len(), 1);
    assert!(
        calls[0]
            .header("authorization")
            .is_some_and(|value| value.starts_with("Bearer "))
    );
    let shown = page(&console, "/ui/pool/minimax-oauth").await;
    assert!(
        shown.contains("MiniMax-M3") && shown.contains("38 % used"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_plan_that_cannot_be_asked_about_says_why_and_renews_nothing() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    assert_eq!(
        lab.sign_in_at_once(&["auth", "add", "minimax-oauth"]).await.code,
        0
    );
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("openai-api", &key).await.code, 0);
    let console = Console::start(&lab).await;
    let list = console.credentials().await;
    let place = |provider: &str| list.iter().position(|one| one["provider"] == provider).unwrap();
    let (status, body) = quota_of(&console, place("openai-api")).await;
    assert_eq!(
        (status, &body["error"]["kind"]),
        (400, &json!("quota_unknown")),
        "{body}"
    );
    for (answer, expected) in [
        (
            Answer::json(200, &json!({"base_resp": {"status_code": 1004}})),
            409,
        ),
        (Answer::json(500, &json!({"error": "no"})), 409),
        (Answer::dropped(), 502),
    ] {
        lab.sim.script().next(REMAINS.0, REMAINS.1, answer);
        let (status, body) = quota_of(&console, place("minimax-oauth")).await;
        assert_eq!(
            (status, &body["error"]["kind"]),
            (expected, &json!("quota_failed")),
            "{body}"
        );
    }
    assert_eq!(lab.sim.refresh_posts().len(), 0);
    let (status, _) = quota_of(&console, place("minimax-oauth")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn windows_in_the_headers_of_an_answer_reach_the_page() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    assert_eq!(
        lab.sign_in_at_once(&["auth", "add", "openai-codex"]).await.code,
        0
    );
    let console = Console::start(&lab).await;
    let resets = lab.sim.now().as_millis() / 1000 + 7200;
    let event = "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"object\":\"response\",\"status\":\"completed\",\"output\":[]}}\n\n";
    let answer = Answer::events([event.to_owned()])
        .header("x-codex-primary-used-percent", "81.6")
        .header("x-codex-primary-window-minutes", "300")
        .header("x-codex-primary-reset-at", &resets.to_string());
    lab.sim
        .script()
        .next("chatgpt.com", "/backend-api/codex/responses", answer);
    let body = json!({"model": "openai-codex/gpt-5.5", "input": "hello", "stream": true, "store": false});
    let (status, text) = console.board.up.post("/v1/responses", &body).await;
    assert_eq!(status, 200, "{text}");
    let told = &console.credentials().await[0];
    assert_eq!(told["windows"][0]["minutes"], 300, "{told}");
    assert_eq!(told["windows"][0]["used_percent"], 81.6_f32, "{told}");
    let shown = page(&console, "/ui/pool/openai-codex").await;
    assert!(
        shown.contains("5 hours") && shown.contains("82 % used"),
        "{shown}"
    );
    assert_eq!(
        lab.sim.journal().count("chatgpt.com", "/backend-api/wham/usage"),
        0
    );
}
