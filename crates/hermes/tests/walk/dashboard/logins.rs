//! Logins through the admin API end as those in the terminal do.

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::board::Board;
use super::console::Console;
use crate::catalogue::with_strange;
use crate::harness::Lab;

const PROVIDER: &str = "minimax-oauth";

/// A lab whose time passes so fast that polls come soon, and so slowly that a link of a minute can still be used.
async fn lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s,x20@").await
}

/// A login as `auth list` tells it, without what differs from one login to the next.
pub(super) fn shape(login: &Value) -> Value {
    let mut login = login.clone();
    let fields = login.as_object_mut().expect("an object");
    for name in [
        "id",
        "created",
        "created_at",
        "expires",
        "expires_at",
        "until",
        "until_at",
    ] {
        fields.remove(name);
    }
    // A token without a subject is told by its fingerprint.
    let subject = &mut fields["identity"]["subject"];
    if subject
        .as_str()
        .is_some_and(|subject| subject.starts_with("sha256:"))
    {
        *subject = json!("a fingerprint");
    }
    login
}

async fn stored(lab: &Lab) -> Vec<Value> {
    let list = lab.json(&["auth", "list", "--json"]).await;
    list["credentials"].as_array().expect("a list").clone()
}

#[rstest]
#[case::default(json!({}), &[])]
#[case::china(json!({"region": "cn"}), &["--region", "cn"])]
#[case::named(json!({"label": "work"}), &["--label", "work"])]
#[tokio::test]
async fn device_login_stores_what_the_terminal_stores(#[case] body: Value, #[case] options: &[&str]) {
    let terminal = Lab::new().await;
    let args = [&["auth", "add", PROVIDER], options].concat();
    let done = terminal.sign_in_at_once(&args).await;
    assert_eq!(done.code, 0, "{done:?}");

    let lab = lab().await;
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &body).await;
    assert_eq!(started["flow"], "device_code", "{started}");
    let code = started["user_code"].as_str().expect("a code");
    assert!(lab.sim.person().approve(code));
    let session = started["session_id"].as_str().expect("an id");
    let ended = console.ended(PROVIDER, session).await;
    assert_eq!(ended["status"], "approved", "{ended}");
    assert_eq!(console.credentials().await[0]["state"], "ready");
    let (ours, theirs) = (stored(&lab).await, stored(&terminal).await);
    assert_eq!(shape(&ours[0]), shape(&theirs[0]));
    assert_eq!((ours.len(), theirs.len()), (1, 1));
}

#[tokio::test]
async fn denied_login_says_so_and_stores_nothing() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &json!({})).await;
    assert!(
        lab.sim
            .person()
            .deny(started["user_code"].as_str().expect("a code"))
    );
    let session = started["session_id"].as_str().expect("an id");
    let ended = console.ended(PROVIDER, session).await;
    assert_eq!(ended["status"], "denied", "{ended}");
    assert!(ended["hint"].is_string(), "{ended}");
    assert!(stored(&lab).await.is_empty());
}

#[tokio::test]
async fn login_that_nobody_approves_expires() {
    let lab = lab().await;
    lab.sim.script().code_expiry(json!(60));
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &json!({})).await;
    let session = started["session_id"].as_str().expect("an id");
    let ended = console.ended(PROVIDER, session).await;
    assert_eq!(ended["status"], "expired", "{ended}");
    assert!(stored(&lab).await.is_empty());
}

#[tokio::test]
async fn cancelled_login_makes_no_further_call_and_stores_nothing_even_when_it_is_approved_later() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &json!({})).await;
    let session = started["session_id"].as_str().expect("an id");
    let path = format!("/api/providers/oauth/sessions/{session}");
    assert_eq!(
        console.delete(&path).await,
        (200, json!({"ok": true, "session_id": session}))
    );
    let polls = lab.sim.journal().count("account.minimax.io", "/oauth2/token");
    assert!(
        lab.sim
            .person()
            .approve(started["user_code"].as_str().expect("a code"))
    );
    // As long as several polls would take by the lab's fast clock.
    super::moments(10).await;
    let ended = console.ended(PROVIDER, session).await;
    assert_eq!(ended["status"], "cancelled", "{ended}");
    let again = console.delete(&path).await;
    assert_eq!(again.1["ok"], false);
    assert_eq!(
        lab.sim.journal().count("account.minimax.io", "/oauth2/token"),
        polls
    );
    assert!(stored(&lab).await.is_empty());
}

#[tokio::test]
async fn waiting_login_survives_a_restart_of_the_program() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &json!({})).await;
    let session = started["session_id"].as_str().expect("an id").to_owned();
    let done = console.board.up.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    let console = Console::start(&lab).await;
    assert!(
        lab.sim
            .person()
            .approve(started["user_code"].as_str().expect("a code"))
    );
    let ended = console.ended(PROVIDER, &session).await;
    assert_eq!(ended["status"], "approved", "{ended}");
    assert_eq!(stored(&lab).await.len(), 1);
}

#[tokio::test]
async fn two_logins_have_codes_of_their_own() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let first = console.start_login(PROVIDER, &json!({"label": "first"})).await;
    let second = console.start_login(PROVIDER, &json!({"label": "second"})).await;
    assert_ne!(first["user_code"], second["user_code"]);
    assert!(
        lab.sim
            .person()
            .approve(second["user_code"].as_str().expect("a code"))
    );
    let session = |one: &Value| one["session_id"].as_str().expect("an id").to_owned();
    let ended = console.ended(PROVIDER, &session(&second)).await;
    assert_eq!(ended["label"], "second", "{ended}");
    let path = format!("/api/providers/oauth/{PROVIDER}/poll/{}", session(&first));
    assert_eq!(console.get(&path).await.1["status"], "pending");
}

#[tokio::test]
async fn key_is_checked_and_stored_once() {
    let lab = lab().await;
    let key = lab.sim.script().issue_key();
    let console = Console::start(&lab).await;
    let started = console.start_login("openrouter", &json!({"method": "key"})).await;
    assert_eq!(started["flow"], "api_key", "{started}");
    let path = "/api/providers/oauth/openrouter/submit";
    let submit = async |key: &str| {
        let body = json!({"session_id": started["session_id"], "key": key});
        console.post(path, &body).await.1
    };
    let wrong = submit("sk-or-v1-wrong").await;
    assert_eq!(
        (&wrong["ok"], &wrong["status"]),
        (&json!(false), &json!("pending")),
        "{wrong}"
    );
    assert!(wrong["message"].is_string() && !wrong.to_string().contains("sk-or-v1-wrong"));
    let right = submit(&key).await;
    assert_eq!(
        (&right["ok"], &right["status"]),
        (&json!(true), &json!("approved")),
        "{right}"
    );
    let again = submit(&key).await;
    assert_eq!(
        (&again["ok"], &again["status"]),
        (&json!(false), &json!("approved")),
        "{again}"
    );
    assert_eq!(stored(&lab).await.len(), 1);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_and_reach_nobody() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let started = console.start_login(PROVIDER, &json!({})).await;
    let session = started["session_id"].as_str().expect("an id");
    let poll = |provider: &str, session: &str| format!("/api/providers/oauth/{provider}/poll/{session}");
    let start = |provider: &str| format!("/api/providers/oauth/{provider}/start");
    let other = "0199e0b2-0000-7000-8000-000000000000";
    let cases = [
        (
            "GET",
            poll(PROVIDER, other),
            json!(null),
            404,
            "Session not found or expired",
        ),
        (
            "GET",
            poll(PROVIDER, "nonsense"),
            json!(null),
            404,
            "Session not found or expired",
        ),
        (
            "GET",
            poll("openrouter", session),
            json!(null),
            400,
            "Provider mismatch for session",
        ),
        ("POST", start("nobody"), json!({}), 400, "Unknown provider nobody"),
        ("POST", start(PROVIDER), json!({"region": "moon"}), 400, ""),
        ("POST", start(PROVIDER), json!({"method": "telepathy"}), 400, ""),
        ("POST", start(PROVIDER), json!([1]), 422, ""),
        (
            "POST",
            format!("/api/providers/oauth/{PROVIDER}/submit"),
            json!({"session_id": session, "code": "abc"}),
            400,
            "submit not supported for minimax-oauth",
        ),
    ];
    for (method, path, body, status, detail) in cases {
        let body = (!body.is_null()).then_some(body);
        let answer = console.call(method, &path, body.as_ref()).await;
        assert_eq!(answer.0, status, "{path}: {answer:?}");
        let told = answer.1["detail"].as_str().unwrap_or_default();
        assert!(told.contains(detail) && !told.is_empty(), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn restricted_login_needs_consent_first() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let path = "/api/providers/oauth/anthropic/start";
    let refused = console.post(path, &json!({"method": "plan"})).await;
    assert_eq!(
        (refused.0, &refused.1["error"]["kind"]),
        (400, &json!("consent_missing"))
    );
    let agreed = json!({"method": "plan", "accept_terms": true});
    let (status, started) = console.post(path, &agreed).await;
    assert_eq!((status, &started["flow"]), (200, &json!("pkce")), "{started}");
}

#[tokio::test]
async fn only_five_logins_of_a_provider_wait_at_once() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    for _ in 0..5 {
        console.start_login(PROVIDER, &json!({})).await;
    }
    let path = format!("/api/providers/oauth/{PROVIDER}/start");
    let refused = console.post(&path, &json!({})).await;
    assert_eq!(
        (refused.0, &refused.1["error"]["kind"]),
        (429, &json!("too_many_logins"))
    );
}

#[tokio::test]
async fn method_without_an_engine_is_an_unsupported_flow_and_nobody_is_asked() {
    let mut lab = lab().await;
    with_strange(&mut lab);
    let board = Board::start(&lab).await;
    let console = Console::on(board).await;
    let answer = console
        .post("/api/providers/oauth/strange/start", &json!({}))
        .await;
    assert_eq!(
        (answer.0, &answer.1["detail"]),
        (400, &json!("Unsupported flow")),
        "{answer:?}"
    );
    let (_, providers) = console.get("/api/providers").await;
    let row = providers["providers"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["id"] == "strange"))
        .expect("the row");
    let method = &row["methods"][0];
    assert_eq!(method["flow"], "unsupported", "{method}");
    assert!(
        method["problem"]
            .as_str()
            .is_some_and(|why| why.contains("telepathy"))
    );
    assert_eq!(lab.sim.journal().entries().len(), 0);
}

/// Starts a login that ends with a pasted code; gives its session and what the page of the provider shows.
async fn pasted(lab: &Lab, console: &Console) -> (Value, String) {
    let body = json!({"method": "plan", "accept_terms": true});
    let started = console.start_login("anthropic", &body).await;
    let link = started["manual_url"]
        .as_str()
        .expect("a link for another machine");
    let shown = lab.sim.person().approve_browser(link).await.expect("a page");
    (started["session_id"].clone(), shown)
}

#[tokio::test]
async fn code_of_another_login_is_refused_and_the_right_one_still_works() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let (session, shown) = pasted(&lab, &console).await;
    let submit = async |code: String| {
        let body = json!({"session_id": session, "code": code});
        console
            .post("/api/providers/oauth/anthropic/submit", &body)
            .await
            .1
    };
    let (code, _) = shown.split_once('#').expect("a code and a state");
    for wrong in [format!("{code}#evil-state"), code.to_owned(), String::new()] {
        let refused = submit(wrong).await;
        assert_eq!(
            (&refused["ok"], &refused["status"]),
            (&json!(false), &json!("pending")),
            "{refused}"
        );
    }
    assert_eq!(
        lab.sim.journal().count("platform.claude.com", "/v1/oauth/token"),
        0
    );
    assert!(stored(&lab).await.is_empty());
    let right = submit(shown).await;
    assert_eq!(right["ok"], true, "{right}");
    assert_eq!(stored(&lab).await.len(), 1);
}

#[tokio::test]
async fn code_that_is_handed_in_twice_at_once_is_spent_once() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let (session, shown) = pasted(&lab, &console).await;
    let body = json!({"session_id": session, "code": shown});
    let submit = || console.post("/api/providers/oauth/anthropic/submit", &body);
    let (one, other) = tokio::join!(submit(), submit());
    let ok = [&one.1, &other.1].map(|answer| answer["ok"] == true);
    assert!(ok.contains(&true), "{one:?} {other:?}");
    let ended = console.ended("anthropic", session.as_str().expect("an id")).await;
    assert_eq!(ended["status"], "approved", "{ended}");
    assert_eq!(
        lab.sim.journal().count("platform.claude.com", "/v1/oauth/token"),
        1
    );
    assert_eq!(stored(&lab).await.len(), 1);
}

#[tokio::test]
async fn new_code_takes_the_place_of_the_old_one() {
    let lab = lab().await;
    let console = Console::start(&lab).await;
    let old = console.start_login(PROVIDER, &json!({})).await;
    let new = console
        .start_login(PROVIDER, &json!({"replaces": old["session_id"]}))
        .await;
    let session = |one: &Value| one["session_id"].as_str().expect("an id").to_owned();
    assert_eq!(
        console.ended(PROVIDER, &session(&old)).await["status"],
        "cancelled"
    );
    assert!(
        lab.sim
            .person()
            .approve(new["user_code"].as_str().expect("a code"))
    );
    assert_eq!(
        console.ended(PROVIDER, &session(&new)).await["status"],
        "approved"
    );
    assert_eq!(stored(&lab).await.len(), 1);
}
