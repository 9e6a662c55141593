//! What is answered when something breaks inside (B6): the store's tables are gone under the running program.

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::process::Command;

use super::axe::assert_accessible;
use super::board::Board;
use super::board::TOKEN;
use super::browser::Browser;
use super::console::Console;
use super::headers::{Headers, assert_headers};
use super::screens::signed_in;
use crate::harness::{Lab, Up, request};
use crate::sdk::tool;

/// Takes tables out of the store, as no program that keeps to the rules does.
async fn drop_tables(lab: &Lab, names: &[&str]) {
    let script = "import sqlite3, sys\n\
        store = sqlite3.connect(sys.argv[1], timeout=30)\n\
        store.execute('PRAGMA foreign_keys = OFF')\n\
        [store.execute(f'DROP TABLE {name}') for name in sys.argv[2:]]\n\
        store.commit()";
    let done = Command::new(tool("HERMES_TEST_PYTHON"))
        .args(["-c", script])
        .arg(lab.home().join("hermes.db"))
        .args(names)
        .output()
        .await
        .expect("Python");
    assert!(done.status.success(), "{done:?}");
}

/// Fails if an answer tells more than that something is wrong, or lacks a header.
fn assert_plain(path: &str, answer: &str, headers: &Headers) {
    for inner in [
        "no such table",
        "client_key",
        "credential_lease",
        "admin_session",
        "/tmp",
        "hermes.db",
    ] {
        assert!(!answer.contains(inner), "{path}: {answer}");
    }
    assert_headers(path, path, headers);
}

#[tokio::test]
async fn b6_store_that_breaks_is_a_500_that_tells_nothing_from_inside() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    let ask = async |method: &str, path: &str| {
        let token = (TOKEN, console.token.as_str());
        let (status, answer, headers) = request(base, method, path, &[token], "{\"name\": \"one\"}").await;
        let what = format!("{method} {path}");
        assert_eq!(status, 500, "{what}: {answer}");
        let error: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(error["error"]["kind"], "store_failed", "{what}: {answer}");
        assert_eq!(error["error"]["message"], "the store failed", "{what}: {answer}");
        assert!(
            error["error"]["hint"]
                .as_str()
                .is_some_and(|hint| hint.contains("hermes doctor"))
        );
        assert_plain(path, &answer, &headers);
    };
    drop_tables(&lab, &["client_key"]).await;
    for (method, path) in [
        ("GET", "/api/keys"),
        ("POST", "/api/keys"),
        ("GET", "/ui/keys"),
        ("GET", "/ui/"),
    ] {
        ask(method, path).await;
    }
    // Now nobody's session can be looked up, and none can begin.
    drop_tables(&lab, &["admin_session", "admin_code"]).await;
    for path in ["/api/credentials", "/ui/settings", "/api/events"] {
        ask("GET", path).await;
    }
    let body = json!({"code": "a-code-of-somebody"}).to_string();
    let (status, answer, headers) = request(base, "POST", "/api/session", &[], &body).await;
    assert_eq!(status, 500, "{answer}");
    assert_plain("/api/session", &answer, &headers);
    // What needs no store is as before.
    let (status, _, headers) = request(base, "GET", "/", &[], "").await;
    assert_eq!(status, 200);
    assert_headers("GET /", "/", &headers);
    // The log tells those who may read it.
    let done = console.board.up.end().await;
    assert!(done.stderr.contains("no such table: client_key"), "{done:?}");
    assert!(!done.stderr.contains(&console.token), "{done:?}");
}

#[tokio::test]
async fn b6_page_says_that_the_store_failed_and_what_to_do() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    drop_tables(&lab, &["client_key"]).await;
    page.click("link", "Keys").await;
    page.wait_for_text("the store failed").await;
    page.wait_for_text("hermes doctor").await;
    assert_accessible(&page, "the store failed").await;
}

/// A path of the gateway with a model.
type Call = (&'static str, &'static str);

const CHAT: Call = ("/v1/chat/completions", "deepseek/deepseek-chat");
const MESSAGES: Call = ("/v1/messages", "minimax-oauth/MiniMax-M3");

async fn ask(up: &Up, (path, model): Call) -> (u16, String, Headers) {
    let body = json!({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]});
    let headers = [("x-api-key", up.key.as_str())];
    request(&up.base, "POST", path, &headers, &body.to_string()).await
}

#[tokio::test]
async fn b6_gateway_tells_no_more_than_the_dashboard() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    lab.sim.script().token_expiry(json!(4));
    let done = lab.sign_in_at_once(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("deepseek", &key).await.code, 0);
    let limit = json!({"error": {"type": "rate_limit_error", "message": "too many requests"}});
    let rest = Answer::json(429, &limit).header("retry-after", "8");
    lab.sim
        .script()
        .next("api.deepseek.com", "/v1/chat/completions", rest);
    let up = lab.up().await;
    assert_eq!(ask(&up, CHAT).await.0, 429);
    assert_eq!(up.end().await.code, 0);
    // A login that rests is not opened before it is needed; the other one is in use.
    let up = lab.up().await;
    assert_eq!(ask(&up, MESSAGES).await.0, 200);
    drop_tables(&lab, &["credential_secret"]).await;
    // Until the rest is over, and the other login's token has ended and would have to be renewed.
    super::moments(850).await;
    for (status, call) in [(500, CHAT), (503, MESSAGES)] {
        let (told, answer, headers) = ask(&up, call).await;
        assert_eq!(told, status, "{answer}");
        let error: Value = serde_json::from_str(&answer).expect("JSON");
        assert!(error["error"]["message"].is_string(), "{answer}");
        assert!(!answer.contains(&key), "{answer}");
        assert_plain(call.0, &answer, &headers);
    }
}
