//! Hostile text on its way to a terminal.

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{MESSAGES, on_terminal, question, signed_in};
use crate::harness::{Done, Lab};

/// Sets the clipboard, asks for the title and the cursor, moves, clears, C1, backspaces, and turns the writing direction.
const EVIL: &str = "x\u{1b}]52;c;cm0gLXJm\u{7}\u{1b}[21t\u{1b}[6n\u{1b}[2;1H\u{1b}[2J\u{9b}31m\u{8}\u{8}\u{7f}\u{202e}txt.exe\u{2066}\r\u{0}y";

/// Whether a character may not come from outside.
fn steers(one: char) -> bool {
    (one.is_control() && !matches!(one, '\n' | '\t'))
        || matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The output is a pipe here, so this program adds no colours of its own.
fn assert_clean(what: &str, done: &Done) {
    for (stream, text) in [("stdout", &done.stdout), ("stderr", &done.stderr)] {
        let found: Vec<_> = text.chars().filter(|one| steers(*one)).collect();
        assert!(found.is_empty(), "{what}: {found:?} on {stream}: {text:?}");
    }
}

/// On a terminal only this program's own colours and line clearing may stand.
fn assert_no_payload(what: &str, done: &Done) {
    for part in [
        "\u{1b}]52",
        "\u{7}",
        "\u{1b}[21t",
        "\u{1b}[6n",
        "\u{1b}[2;1H",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{8}",
        "\u{202e}",
        "\u{2066}",
    ] {
        assert!(
            !done.stdout.contains(part),
            "{what}: {part:?} in {:?}",
            done.stdout
        );
    }
}

fn evil_error() -> Answer {
    Answer::json(
        400,
        &json!({"base_resp": {"status_code": 1, "status_msg": EVIL}, "error": {"message": EVIL, "type": EVIL}}),
    )
}

#[tokio::test]
async fn g14_terminal_escapes_from_the_provider_are_shown_as_text() {
    let lab = Lab::new().await;
    let page = Answer::html(400, EVIL);
    for (what, answer) in [("error field", evil_error()), ("page", page)] {
        lab.sim
            .script()
            .always("account.minimax.io", "/oauth2/device/code", answer);
        for args in [
            &["auth", "add", "minimax-oauth"][..],
            &["auth", "add", "minimax-oauth", "--json"],
        ] {
            let done = lab.run(args).await;
            assert_eq!(done.code, 6, "{what}: {done:?}");
            assert_clean(what, &done);
            assert!(
                done.stderr.contains("52;c;cm0gLXJm"),
                "the text itself is told: {done:?}"
            );
        }
        let done = on_terminal(lab.command(&["auth", "add", "minimax-oauth"])).await;
        assert_eq!(done.code, 6, "{what}: {done:?}");
        assert_no_payload(what, &done);
    }
}

#[tokio::test]
async fn g14_terminal_escapes_in_a_user_code_refuse_the_login() {
    let lab = Lab::new().await;
    for code in [EVIL, "AB\u{1b}[31m", "ABCD EFGH", "-x", "АBCD", ""] {
        let answer = Answer::json(
            200,
            &json!({"interval": 5, "expires_in": 600, "device_code": "d", "user_code": code,
                    "verification_uri": "https://portal.nousresearch.com/device"}),
        );
        lab.sim
            .script()
            .always("portal.nousresearch.com", "/api/oauth/device/code", answer);
        let done = lab.run(&["auth", "add", "nous"]).await;
        assert_eq!(done.code, 6, "{code:?}: {done:?}");
        assert_clean("user code", &done);
    }
}

#[tokio::test]
async fn g14_terminal_escapes_in_a_welcome_are_shown_as_text() {
    for json in [false, true] {
        let lab = Lab::new().await;
        lab.sim.person().approve_everything();
        let welcome = Answer::json(
            200,
            &json!({"status": "success", "access_token": "access-token-of-a-test", "refresh_token": "refresh-token-of-a-test",
                    "expired_in": 3600, "notification_message": EVIL, "resource_url": EVIL, "scope": EVIL}),
        );
        lab.sim
            .script()
            .always("account.minimax.io", "/oauth2/token", welcome);
        let args = ["auth", "add", "minimax-oauth", "--no-browser", "--json"];
        let done = lab.run(&args[..if json { 5 } else { 4 }]).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert_clean("welcome", &done);
        for args in [
            &["auth", "list", "-v"][..],
            &["auth", "list", "--json"],
            &["auth", "status"],
            &["doctor"],
            &[],
        ] {
            assert_clean("afterwards", &lab.run(args).await);
        }
    }
}

/// An unsigned token; only its claims are read.
fn web_token(claims: &Value) -> String {
    use base64::Engine as _;
    let part = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({"alg": "RS256"})), part(claims))
}

#[tokio::test]
async fn g14_terminal_escapes_in_an_account_name_are_shown_as_text() {
    let lab = Lab::new().await;
    lab.sim.person().approve_everything();
    let claims = json!({"sub": format!("sub{EVIL}"), "email": format!("{EVIL}@example.test"),
        "https://api.openai.com/auth": {"chatgpt_account_id": EVIL, "chatgpt_plan_type": EVIL}});
    let token = web_token(&claims);
    let tokens = json!({"id_token": token, "access_token": token, "refresh_token": "refresh-token-of-a-test", "expires_in": 3600});
    lab.sim
        .script()
        .always("auth.openai.com", "/oauth/token", Answer::json(200, &tokens));
    let done = lab.run(&["auth", "add", "openai-codex", "--no-browser"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_clean("login", &done);
    let runs: [&[&str]; 6] = [
        &["auth", "list"],
        &["auth", "list", "-v"],
        &["auth", "status", "openai-codex", "--json"],
        &["auth", "refresh", "openai-codex:1"],
        &["doctor"],
        &[],
    ];
    for args in runs {
        let done = lab.run(args).await;
        assert_clean(&format!("{args:?}"), &done);
    }
    assert_no_payload("list", &on_terminal(lab.command(&["auth", "list", "-v"])).await);
    let up = lab.up().await;
    let body = json!({"model": "openai-codex/gpt-5.5", "input": "hi", "stream": true, "store": false, "instructions": "x"});
    let answer = super::raw(
        &up,
        &super::post(&up, "/v1/responses", "", body.to_string().as_bytes()),
    )
    .await;
    let text = String::from_utf8_lossy(&answer);
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    let label = head
        .lines()
        .find(|line| line.starts_with("x-hermes-credential"))
        .expect("a label");
    assert!(!label.chars().any(steers), "{label:?}");
}

#[tokio::test]
async fn g14_terminal_escapes_in_answers_and_model_names_are_shown_as_text() {
    let lab = signed_in().await;
    let delta =
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": EVIL}});
    let events = [
        format!("event: content_block_delta\ndata: {delta}\n\n"),
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".to_owned(),
    ];
    lab.sim
        .script()
        .always(MESSAGES.0, MESSAGES.1, Answer::events(events));
    for args in [&["chat", "hello"][..], &["chat", "--json", "hello"]] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert_clean("chat", &done);
    }
    assert_no_payload("chat", &on_terminal(lab.command(&["chat", "hello"])).await);

    let error = json!({"type": "error", "error": {"type": "api_error", "message": EVIL}});
    for answer in [
        Answer::events([format!("event: error\ndata: {error}\n\n")]),
        Answer::json(400, &error),
    ] {
        lab.sim.script().always(MESSAGES.0, MESSAGES.1, answer);
        let done = lab.run(&["chat", "hello"]).await;
        assert_ne!(done.code, 0, "{done:?}");
        assert_clean("chat error", &done);
    }

    let up = lab.up().await;
    let mut named = question();
    named["model"] = json!(format!("minimax-oauth/{EVIL}"));
    let host = up.base.clone();
    let (_, _, headers) = crate::harness::request(
        &host,
        "POST",
        "/v1/messages",
        &[("x-api-key", &up.key)],
        &named.to_string(),
    )
    .await;
    let id = headers
        .iter()
        .find(|(name, _)| name == "x-hermes-request-id")
        .expect("an id")
        .1
        .clone();
    let ended = up.end().await;
    assert_clean("gateway", &ended);
    for args in [&["explain", &id][..], &["explain", &id, "--json"]] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert_clean("explain", &done);
    }
}
