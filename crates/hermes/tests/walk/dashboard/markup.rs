//! Names that try to be markup (B6): whoever sets them, they are text on every page and in every dialog.

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::{LOADED, signed_in};
use crate::harness::{Lab, request};

/// What would run if any of it were read as markup, as an attribute or as a script.
const HOSTILE: [&str; 4] = [
    "<img src=x onerror=window.hurt=1>",
    "\"><svg/onload=window.hurt=1>",
    "' autofocus onfocus='window.hurt=1",
    "</script></textarea><script>window.hurt=1</script>",
];

/// Nothing of it is anything but text.
const UNHURT: &str = "window.hurt === undefined && !document.querySelector('img, [onerror], [onload], [onfocus], #page script')";

/// A home in which everything that can have a name has one of these.
struct Hostile {
    lab: Lab,
    board: Board,
    request: String,
}

impl Hostile {
    async fn live() -> Self {
        let lab = Lab::with(SimOptions::default(), "+0s,x20@").await;
        for name in HOSTILE {
            let key = lab.sim.script().issue_key();
            let args = [
                "auth",
                "add",
                "anthropic",
                "--method",
                "key",
                "--api-key-stdin",
                "--no-verify",
                "--label",
                name,
            ];
            let done = lab.run_with_input(&args, &key).await;
            assert_eq!(done.code, 0, "{done:?}");
            lab.sim.script().account(name);
            let done = lab.sign_in_at_once(&["auth", "add", "openai-codex"]).await;
            assert_eq!(done.code, 0, "{done:?}");
            let made = lab.run(&["key", "create", name]).await;
            assert_eq!(made.code, 0, "{made:?}");
        }
        let board = Board::start(&lab).await;
        let refusal = json!({"type": "error", "error": {"type": HOSTILE[0], "message": HOSTILE[1]}});
        let answer = Answer::json(400, &refusal).header("request-id", "<svg/onload=window.hurt=1>");
        lab.sim.script().next("api.anthropic.com", "/v1/messages", answer);
        let mut request = String::new();
        for name in HOSTILE {
            request = ask(&board, &format!("anthropic/{name}")).await;
        }
        Self { lab, board, request }
    }
}

/// Sends a request for this model, and gives its id.
async fn ask(board: &Board, model: &str) -> String {
    let body = json!({"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]});
    let headers = [("x-api-key", board.up.key.as_str()), ("user-agent", HOSTILE[0])];
    let (_, _, headers) = request(
        &board.up.base,
        "POST",
        "/v1/messages",
        &headers,
        &body.to_string(),
    )
    .await;
    let id = headers
        .into_iter()
        .find(|(name, _)| name == "x-hermes-request-id");
    id.expect("an id").1
}

async fn assert_unhurt(page: &Page, what: &str) {
    // Whatever would run has run by the next frames.
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 50)))")
        .await;
    assert_eq!(page.evaluate(UNHURT).await, json!(true), "{what}");
}

#[tokio::test]
async fn b6_names_are_text_on_every_page() {
    let hostile = Hostile::live().await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &hostile.board).await;
    let request = format!("/requests/{}", hostile.request);
    let model = "/requests?model=%3Cimg%20src%3Dx%20onerror%3Dwindow.hurt%3D1%3E&key=%22%3E%3Csvg%2Fonload%3Dwindow.hurt%3D1%3E";
    for (path, shows) in [
        ("/", ""),
        ("/providers", ""),
        ("/pool/anthropic", HOSTILE[0]),
        ("/pool/openai-codex", HOSTILE[1]),
        ("/pool/%3Cimg%20src=x%20onerror=window.hurt=1%3E", ""),
        ("/requests", HOSTILE[3]),
        (&request, HOSTILE[3]),
        (model, ""),
        ("/requests/%3Cimg%20src=x%20onerror=window.hurt=1%3E", ""),
        ("/usage?by=model", HOSTILE[0]),
        ("/usage?by=credential", HOSTILE[0]),
        ("/usage?by=key&range=%3Cimg%20src=x%3E", ""),
        ("/keys", HOSTILE[2]),
        ("/settings", ""),
        ("/providers?login=%3Cimg%20src=x%20onerror=window.hurt=1%3E", ""),
        ("/providers#%3Cimg%20src=x%20onerror=window.hurt=1%3E", ""),
    ] {
        page.open(&format!("{}{path}", hostile.board.up.base)).await;
        page.wait_for("document.getElementById('main').ariaBusy === 'false'")
            .await;
        let text = page.evaluate("document.getElementById('main').textContent").await;
        assert!(
            text.as_str().is_some_and(|text| text.contains(shows)),
            "{path} does not show {shows}: {text}"
        );
        assert_unhurt(&page, path).await;
    }
    assert_eq!((page.console(), page.violations()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn b6_names_are_text_in_every_dialog_and_message() {
    let hostile = Hostile::live().await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &hostile.board).await;
    page.open(&format!("{}/pool/anthropic", hostile.board.up.base))
        .await;
    page.wait_for(LOADED).await;
    for action in ["Rename", "Clear cool-downs", "Disable", "Remove"] {
        page.click("DisclosureTriangle", &format!("More for {}", HOSTILE[0]))
            .await;
        page.click("button", action).await;
        page.wait_for("document.querySelector('dialog[open]')").await;
        let text = page
            .evaluate("document.querySelector('dialog[open]').textContent")
            .await;
        assert!(
            text.as_str().is_some_and(|text| text.contains(HOSTILE[0])),
            "{action}: {text}"
        );
        assert_unhurt(&page, action).await;
        page.press(&["Escape"]).await;
        page.wait_for("!document.querySelector('dialog[open]')").await;
    }
    // A label that is taken: the refusal repeats it.
    page.click("DisclosureTriangle", &format!("More for {}", HOSTILE[0]))
        .await;
    page.click("button", "Rename").await;
    page.fill("textbox", "Label", HOSTILE[1]).await;
    page.click("button", "Save").await;
    page.wait_for("document.querySelector('dialog[open] .form-error').textContent !== ''")
        .await;
    assert_unhurt(&page, "a refusal").await;
    page.open(&format!("{}/keys", hostile.board.up.base)).await;
    page.wait_for(LOADED).await;
    page.click("button", "Create a key").await;
    page.fill("textbox", "Name*", HOSTILE[3]).await;
    page.click("button", "Create a key").await;
    page.wait_for("document.querySelector('#key-made[open]')").await;
    assert_unhurt(&page, "a new key").await;
    page.press(&["Escape"]).await;
    // What the provider calls its account, in the dialog of a login.
    let started = "fetch('/api/providers/oauth/openai-codex/start', {method: 'POST', headers: {'content-type': 'application/json', \
        'x-hermes-session-token': sessionStorage.getItem('hermes-session-token')}, body: '{}'}).then(it => it.json())";
    let started = page.evaluate(started).await;
    let session = started["session_id"].as_str().expect("an id");
    page.open(&format!("{}/providers?login={session}", hostile.board.up.base))
        .await;
    page.wait_for("document.querySelector('#login[open] #login-body')")
        .await;
    assert_unhurt(&page, "a login").await;
    assert_eq!((page.console(), page.violations()), (Vec::new(), Vec::new()));
    assert!(hostile.lab.sim.journal().count_host("api.anthropic.com") > 0);
}

#[tokio::test]
async fn b6_names_are_text_in_the_live_feed() {
    let hostile = Hostile::live().await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &hostile.board).await;
    page.open(&format!("{}/requests", hostile.board.up.base)).await;
    page.wait_for(LOADED).await;
    page.wait_for("document.getElementById('connection').classList.contains('good')")
        .await;
    let id = ask(&hostile.board, &format!("anthropic/{}", HOSTILE[1])).await;
    page.wait_for(&format!("document.querySelector('[href=\"/requests/{id}\"]')"))
        .await;
    assert_unhurt(&page, "the feed").await;
    page.assert_quiet();
}
