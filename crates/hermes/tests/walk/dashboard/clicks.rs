//! Signing in with the mouse, from the first click to "ready".

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::Value;

use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::LOADED;
use crate::harness::Lab;

/// A lab whose time passes so fast that polls come soon, and so slowly that a link of a minute can still be used.
async fn lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s,x8@").await
}

/// A browser that is signed in to a running program.
struct Desk {
    lab: Lab,
    board: Board,
    browser: Browser,
    page: Page,
}

impl Desk {
    async fn open() -> Self {
        let lab = lab().await;
        let board = Board::start(&lab).await;
        let browser = Browser::start().await;
        let page = browser.page().await;
        assert_eq!(page.open(&board.link).await, 200);
        page.wait_for("document.querySelector('#page h1') !== null").await;
        Self {
            lab,
            board,
            browser,
            page,
        }
    }

    async fn stored(&self) -> Vec<Value> {
        let list = self.lab.json(&["auth", "list", "--json"]).await;
        list["credentials"].as_array().expect("a list").clone()
    }

    /// Finds a provider's row by searching for it.
    async fn find(&self, provider: &str) {
        let page = &self.page;
        page.click("link", "Providers").await;
        page.wait_for(LOADED).await;
        page.fill("searchbox", "Search providers", provider).await;
        page.wait_for(&format!(
            "document.querySelectorAll('.provider:not([hidden])').length === 1 && \
             !document.getElementById('provider-{provider}').hidden"
        ))
        .await;
    }

    /// The text of the dialog's code.
    async fn code(&self) -> String {
        self.page
            .wait_for("document.querySelector('#login output') !== null")
            .await;
        let code = self
            .page
            .evaluate("document.querySelector('#login output').textContent")
            .await;
        code.as_str().expect("a code").to_owned()
    }

    /// The address that the dialog leads to.
    async fn link(&self) -> String {
        self.page
            .wait_for("document.querySelector('#login .open a') !== null")
            .await;
        let link = self
            .page
            .evaluate("document.querySelector('#login .open a').href")
            .await;
        link.as_str().expect("a link").to_owned()
    }

    /// Waits until the dialog tells this end.
    async fn ends(&self, status: &str) {
        self.page
            .wait_for(&format!(
                "document.getElementById('login-body')?.dataset.status === '{status}'"
            ))
            .await;
    }

    /// How many calls an issuer had.
    fn calls(&self, host: &str) -> usize {
        self.lab.sim.journal().count_host(host)
    }
}

/// A login without what differs from one login to the next.
fn shape(login: &Value) -> Value {
    super::logins::shape(login)
}

#[tokio::test]
async fn device_login_goes_from_click_to_ready() {
    let desk = Desk::open().await;
    let page = &desk.page;
    assert!(!page.url().await.contains("#c="), "the code stays in the address");
    desk.find("minimax-oauth").await;
    page.click("button", "Sign in with a code").await;
    page.click("radio", "China*").await;
    page.click("button", "Continue").await;
    let code = desk.code().await;
    assert!(desk.lab.sim.person().approve(&code));
    desk.ends("approved").await;
    page.click("link", "See its accounts").await;
    page.wait_for_text("Ready").await;
    let stored = desk.stored().await;
    assert_eq!(
        (stored.len(), &stored[0]["region"]),
        (1, &serde_json::json!("cn"))
    );
    let terminal = lab().await;
    let done = terminal
        .sign_in_at_once(&["auth", "add", "minimax-oauth", "--region", "cn"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    let list = terminal.json(&["auth", "list", "--json"]).await;
    assert_eq!(shape(&stored[0]), shape(&list["credentials"][0]));
    page.assert_quiet();
}

#[tokio::test]
async fn browser_login_ends_by_pasting_the_address() {
    let desk = Desk::open().await;
    let page = &desk.page;
    desk.find("openrouter").await;
    page.click("button", "Sign in with the browser").await;
    let back = desk.lab.sim.person().approve_browser(&desk.link().await).await;
    page.fill("textbox", "Code, or the address*", &back.expect("a redirect"))
        .await;
    page.click("button", "Finish").await;
    desk.ends("approved").await;
    assert_eq!(desk.stored().await.len(), 1);
    page.assert_quiet();
}

#[tokio::test]
async fn browser_login_ends_when_the_browser_comes_back() {
    let desk = Desk::open().await;
    desk.find("openrouter").await;
    desk.page.click("button", "Sign in with the browser").await;
    let person = desk.lab.sim.person();
    let back = person
        .approve_browser(&desk.link().await)
        .await
        .expect("a redirect");
    person.follow(&back).await;
    desk.ends("approved").await;
    assert_eq!(desk.stored().await.len(), 1);
    desk.page.assert_quiet();
}

#[tokio::test]
async fn key_is_tried_and_stored_and_never_shown() {
    let desk = Desk::open().await;
    let page = &desk.page;
    let key = desk.lab.sim.script().issue_key();
    desk.find("openrouter").await;
    page.click("button", "Add an API key").await;
    page.fill("textbox", "API key of OpenRouter", "sk-or-v1-wrong")
        .await;
    page.click("button", "Check and save").await;
    page.wait_for_text("refused the key").await;
    page.fill("textbox", "API key of OpenRouter", &key).await;
    page.click("button", "Check and save").await;
    desk.ends("approved").await;
    let seen = page.evaluate("document.documentElement.outerHTML").await;
    assert!(
        !seen.as_str().expect("text").contains(&key),
        "the key is in the page"
    );
    assert_eq!(desk.stored().await.len(), 1);
    page.assert_quiet();
}

#[tokio::test]
async fn restricted_login_starts_only_with_consent() {
    let desk = Desk::open().await;
    let page = &desk.page;
    desk.find("anthropic").await;
    page.click("button", "claude.ai plan*").await;
    page.click("button", "Continue").await;
    // The box is not ticked, so the browser does not let the form go.
    super::moments(30).await;
    assert_eq!(desk.calls("platform.claude.com"), 0);
    assert_eq!(
        page.evaluate("document.querySelector('#login').open").await,
        false
    );
    page.click("checkbox", "*").await;
    page.click("button", "Continue").await;
    assert!(desk.link().await.contains("claude"));
}

#[tokio::test]
async fn cancel_and_denial_and_end_store_nothing() {
    let desk = Desk::open().await;
    let page = &desk.page;
    desk.lab.sim.script().code_expiry(serde_json::json!(600));
    let begin = async || {
        desk.find("minimax-oauth").await;
        page.click("button", "Sign in with a code").await;
        page.click("button", "Continue").await;
        desk.code().await
    };
    let code = begin().await;
    page.click("button", "Cancel sign-in").await;
    desk.ends("cancelled").await;
    assert!(desk.lab.sim.person().approve(&code));
    let calls = desk.calls("account.minimax.io");
    super::moments(50).await;
    assert_eq!(
        desk.calls("account.minimax.io"),
        calls,
        "a cancelled login still asks"
    );
    page.press(&["Escape"]).await;
    let code = begin().await;
    assert!(desk.lab.sim.person().deny(&code));
    desk.ends("denied").await;
    page.press(&["Escape"]).await;
    desk.lab.sim.script().code_expiry(serde_json::json!(40));
    begin().await;
    desk.ends("expired").await;
    assert!(desk.stored().await.is_empty());
    page.assert_quiet();
}

#[tokio::test]
async fn login_is_there_again_after_a_reload_and_in_no_other_tab() {
    let desk = Desk::open().await;
    let page = &desk.page;
    desk.find("minimax-oauth").await;
    page.click("button", "Sign in with a code").await;
    page.click("button", "Continue").await;
    let code = desk.code().await;
    page.reload().await;
    assert_eq!(desk.code().await, code);
    let other = desk.browser.page().await;
    let link = desk
        .lab
        .json(&[
            "dashboard",
            "--no-browser",
            "--json",
            "--listen",
            desk.board.up.base.trim_start_matches("http://"),
        ])
        .await;
    other.open(link["url"].as_str().expect("a link")).await;
    other
        .wait_for("document.querySelector('#page h1') !== null")
        .await;
    assert_eq!(
        other.evaluate("document.querySelector('#login').open").await,
        false
    );
    assert!(desk.lab.sim.person().approve(&code));
    desk.ends("approved").await;
    assert_eq!(desk.stored().await.len(), 1);
}

#[tokio::test]
async fn browser_that_comes_back_after_a_pasted_code_is_told_that_all_is_done() {
    let desk = Desk::open().await;
    let page = &desk.page;
    desk.find("openrouter").await;
    page.click("button", "Sign in with the browser").await;
    let back = desk.lab.sim.person().approve_browser(&desk.link().await).await;
    let back = back.expect("a redirect");
    page.fill("textbox", "Code, or the address*", &back).await;
    page.click("button", "Finish").await;
    desk.ends("approved").await;
    let late = desk.browser.page().await;
    assert_eq!(late.open(&back).await, 200);
    late.wait_for_text("Signed in").await;
    assert_eq!(desk.stored().await.len(), 1);
}
