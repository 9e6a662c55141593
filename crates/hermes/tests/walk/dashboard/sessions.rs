//! Who may use the admin API, and for how long.

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::board::{Board, TOKEN};
use super::console::{Console, begin};
use crate::harness::{Lab, Up, request};

/// A lab whose clock stands so many seconds ahead.
fn ahead(lab: &mut Lab, seconds: u64) {
    lab.set("HERMES_LAB_CLOCK", &format!("+{seconds}s"));
}

async fn lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s").await
}

fn code_of(link: &str) -> &str {
    link.split_once("#c=").expect("a code in the link").1
}

async fn status_with(up: &Up, token: &str) -> u16 {
    let headers = [(TOKEN, token)];
    request(&up.base, "GET", "/api/credentials", &headers, "").await.0
}

#[tokio::test]
async fn link_opens_one_session_and_bearer_works_too() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let code = code_of(&console.board.link).to_owned();
    let (status, body) = begin(&console.board.up.base, &code).await;
    assert_eq!((status, &body["error"]["kind"]), (401, &json!("code_unknown")));
    assert_eq!(console.get("/api/credentials").await.0, 200);
    let bearer = format!("Bearer {}", console.token);
    let headers = [("authorization", bearer.as_str())];
    let (status, ..) = request(&console.board.up.base, "GET", "/api/providers", &headers, "").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn link_is_good_for_a_minute() {
    let mut lab = lab().await;
    let board = Board::start(&lab).await;
    for (late, expected) in [(55, 200), (61, 401)] {
        let link = lab
            .json(&["dashboard", "--no-browser", "--json", "--listen", address(&board)])
            .await;
        let code = code_of(link["url"].as_str().expect("a link")).to_owned();
        ahead(&mut lab, late);
        let later = Board::start(&lab).await;
        assert_eq!(begin(&later.up.base, &code).await.0, expected);
        ahead(&mut lab, 0);
    }
}

fn address(board: &Board) -> &str {
    board.up.base.trim_start_matches("http://")
}

#[tokio::test]
async fn session_ends_after_half_an_hour_without_use_and_after_twelve_hours_with_it() {
    let mut lab = lab().await;
    let console = Console::start(&lab).await;
    let token = console.token.clone();
    // A use every 25 minutes keeps it until its end.
    for minute in (25..=725).step_by(25) {
        ahead(&mut lab, minute * 60);
        let later = Board::start(&lab).await;
        let expected = if minute < 720 { 200 } else { 401 };
        assert_eq!(status_with(&later.up, &token).await, expected, "{minute} min");
    }
    let console = Console::start(&lab).await;
    ahead(&mut lab, 725 * 60 + 1801);
    let later = Board::start(&lab).await;
    assert_eq!(status_with(&later.up, &console.token).await, 401);
}

#[tokio::test]
async fn signing_out_ends_this_session_or_all_of_them_at_once() {
    let lab = lab().await;
    let first = Console::start(&lab).await;
    let second = Console::on(Board::start(&lab).await).await;
    let third = Console::on(Board::start(&lab).await).await;
    assert_eq!(first.delete("/api/session").await, (200, json!({"ended": 1})));
    assert_eq!(first.get("/api/credentials").await.0, 401);
    assert_eq!(second.get("/api/credentials").await.0, 200);
    assert_eq!(second.delete("/api/sessions").await, (200, json!({"ended": 2})));
    assert_eq!(second.get("/api/credentials").await.0, 401);
    assert_eq!(third.get("/api/credentials").await.0, 401);
}

#[tokio::test]
async fn logout_in_the_terminal_ends_every_session_and_link() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let listen = address(&console.board).to_owned();
    let link = lab
        .json(&["dashboard", "--no-browser", "--json", "--listen", &listen])
        .await;
    let done = lab.run(&["dashboard", "--logout"]).await;
    assert_eq!(
        (done.code, done.stderr.contains("Ended 1 dashboard session")),
        (0, true),
        "{done:?}"
    );
    assert_eq!(console.get("/api/credentials").await.0, 401);
    let code = code_of(link["url"].as_str().expect("a link"));
    assert_eq!(begin(&console.board.up.base, code).await.0, 401);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    for _ in 0..20 {
        assert_eq!(begin(base, "wrong").await.0, 401);
    }
    assert_eq!(begin(base, "wrong").await.0, 429);
    assert_eq!(status_with(&console.board.up, "wrong").await, 429);
    // Whoever has a token is not held up by those who guess.
    assert_eq!(console.get("/api/credentials").await.0, 200);
}

#[tokio::test]
async fn nothing_of_a_session_lies_in_the_home_or_in_what_is_printed() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let code = code_of(&console.board.link).to_owned();
    let token = console.token.clone();
    console.get("/api/credentials").await;
    let done = console.board.up.end().await;
    assert!(
        !done.stderr.contains(&token) && !done.stderr.contains(&code),
        "{done:?}"
    );
    for (path, bytes) in lab.files() {
        for secret in [&code, &token] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "a secret of a session lies in {}", path.display());
        }
    }
}

#[tokio::test]
async fn dashboard_command_without_a_running_program_says_so() {
    let lab = lab().await;
    let done = lab
        .run(&["dashboard", "--no-browser", "--listen", "127.0.0.1:9"])
        .await;
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.stderr.contains("hermes up"), "{done:?}");
}

#[tokio::test]
async fn what_cannot_be_undone_needs_a_session_that_has_just_begun() {
    let mut lab = lab().await;
    let done = lab.sign_in_at_once(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let console = Console::start(&lab).await;
    let id = console.credentials().await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let (_, keys) = console.get("/api/keys").await;
    let key = keys["keys"][0]["id"].as_str().expect("an id").to_owned();
    let dangerous = [
        ("DELETE", format!("/api/keys/{key}"), ""),
        ("POST", "/api/keys".to_owned(), "{\"name\": \"thief\"}"),
        ("POST", format!("/api/credentials/{id}/revoke"), "{}"),
        ("DELETE", format!("/api/credentials/{id}"), ""),
        ("DELETE", "/api/providers/oauth/minimax-oauth".to_owned(), ""),
    ];
    ahead(&mut lab, 601);
    let board = Board::start(&lab).await;
    let headers = [(TOKEN, console.token.as_str())];
    for (method, path, body) in &dangerous {
        let (status, text, _) = request(&board.up.base, method, path, &headers, body).await;
        let refusal: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (status, &refusal["error"]["kind"]),
            (403, &json!("sign_in_again")),
            "{path}"
        );
        let hint = refusal["error"]["hint"].as_str().expect("a hint");
        assert!(
            hint.contains("hermes dashboard") && !hint.contains("password"),
            "{hint}"
        );
    }
    // What can be undone goes on.
    let path = format!("/api/credentials/{id}/disable");
    let (status, ..) = request(&board.up.base, "POST", &path, &headers, "{}").await;
    assert_eq!(status, 200);
    let fresh = Console::on(board).await;
    assert_eq!(fresh.credentials().await.len(), 1);
    for (method, path, body) in &dangerous[..3] {
        let body = serde_json::from_str(body).ok();
        let (status, answer) = fresh.call(method, path, body.as_ref()).await;
        assert!((200..300).contains(&status), "{path}: {answer}");
    }
    assert!(fresh.credentials().await.is_empty());
}
