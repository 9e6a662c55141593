//! Every menu and dialog of the pages, opened one after another for whoever looks.

use hermes_sim::{Answer, SimOptions};
use serde_json::json;

use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::{LOADED, signed_in};
use crate::catalogue::with_revocation;
use crate::harness::Lab;

/// A tab in which things are opened, looked at and closed again.
struct Desk<Look> {
    lab: Lab,
    board: Board,
    page: Page,
    _browser: Browser,
    look: Look,
}

impl<Look: AsyncFn(&Page, &str)> Desk<Look> {
    async fn new(lab: Lab, look: Look) -> Self {
        let board = Board::start(&lab).await;
        let browser = Browser::start().await;
        let page = signed_in(&browser, &board).await;
        Self {
            lab,
            board,
            page,
            _browser: browser,
            look,
        }
    }

    async fn go(&self, path: &str) {
        self.page.viewport(1280, 800).await;
        self.page.open(&format!("{}{path}", self.board.up.base)).await;
        self.page.wait_for(LOADED).await;
    }

    /// Looks at what a press has opened.
    async fn look(&self, name: &str) {
        self.page
            .wait_for("document.querySelector('dialog[open], details.menu[open]')")
            .await;
        (self.look)(&self.page, name).await;
        self.page.viewport(1280, 800).await;
    }

    async fn close(&self) {
        self.page.press(&["Escape"]).await;
        self.page
            .wait_for("!document.querySelector('dialog[open]')")
            .await;
    }

    /// Opens an account's menu and presses something in it.
    async fn choose(&self, label: &str, action: &str, name: &str) {
        self.page
            .click("DisclosureTriangle", &format!("More for {label}"))
            .await;
        self.page.click("button", action).await;
        self.look(name).await;
        self.close().await;
    }

    /// Presses these buttons in the row of a provider, until this part of the login's dialog is there.
    async fn start(&self, provider: &str, buttons: &[&str], part: &str) {
        self.go("/providers").await;
        self.page.fill("searchbox", "Search providers", provider).await;
        for button in buttons {
            self.page.click("button", button).await;
        }
        self.page
            .wait_for(&format!("document.querySelector('#login {part}')"))
            .await;
    }

    /// Starts a login with a code; gives the code.
    async fn code(&self) -> String {
        let buttons = ["Sign in with a code", "Continue"];
        self.start("minimax-oauth", &buttons, "output").await;
        let code = self
            .page
            .evaluate("document.querySelector('#login output').textContent")
            .await;
        code.as_str().expect("a code").to_owned()
    }

    /// Ends the login that is open.
    async fn cancel(&self) {
        self.page.click("button", "Cancel sign-in").await;
        self.page.whole().see("button", "Try again").await;
    }

    /// Waits for the end of the login and looks at it.
    async fn ends(&self, status: &str) {
        self.page
            .wait_for(&format!(
                "document.getElementById('login-body')?.dataset.status === '{status}'"
            ))
            .await;
        self.look(&format!("login-{status}")).await;
    }
}

/// What can be opened on the page of a provider's accounts.
pub(super) async fn accounts(look: impl AsyncFn(&Page, &str)) {
    let mut lab = Lab::with(SimOptions::default(), "+0s").await;
    with_revocation(&mut lab);
    for (label, account) in [("work", "mia.lindqvist@example.com"), ("home", "mia@example.net")] {
        lab.sim.script().account(account);
        let done = lab
            .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", label])
            .await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    let done = lab.run(&["auth", "strategy", "minimax-oauth", "weighted"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let desk = Desk::new(lab, look).await;
    desk.go("/pool/minimax-oauth").await;
    desk.page.click("DisclosureTriangle", "More for work").await;
    desk.look("account-menu").await;
    desk.go("/pool/minimax-oauth").await;
    for (action, name) in [
        ("Rename", "account-rename"),
        ("Set weight", "account-weight"),
        ("Clear cool-downs", "account-reset"),
        ("Disable", "account-disable"),
        ("Remove", "account-remove"),
        ("Revoke", "account-revoke"),
    ] {
        desk.choose("work", action, name).await;
    }
    lift(&desk).await;
}

/// The question before an account is used again that the provider objected to.
async fn lift(desk: &Desk<impl AsyncFn(&Page, &str)>) {
    let closed = json!({"type": "error", "error": {"type": "account_suspended", "message": "This account is suspended"}});
    let answer = Answer::json(403, &closed);
    desk.lab
        .sim
        .script()
        .next("api.minimax.io", "/anthropic/v1/messages", answer);
    let body = json!({
        "model": "minimax-oauth/MiniMax-M3", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}],
    });
    let (status, text) = desk.board.up.post("/v1/messages", &body).await;
    assert_eq!(status, 400, "{text}");
    desk.go("/pool/minimax-oauth").await;
    desk.page.wait_for_text("This provider is stopped").await;
    desk.page.click("button", "Use again").await;
    desk.look("account-lift").await;
    desk.close().await;
}

/// What can be opened on the page of client keys, and what is said before a login that its provider restricts.
pub(super) async fn keys_and_rules(look: impl AsyncFn(&Page, &str)) {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let desk = Desk::new(lab, look).await;
    desk.go("/keys").await;
    desk.page.click("button", "Create a key").await;
    desk.look("key-new").await;
    desk.page.fill("textbox", "Name*", "tablet").await;
    desk.page.click("button", "Create a key").await;
    desk.page
        .wait_for("document.querySelector('#key-made[open]')")
        .await;
    desk.look("key-made").await;
    desk.close().await;
    desk.page.click("button", "Revoke tablet").await;
    desk.look("key-revoke").await;
    desk.go("/settings").await;
    desk.page.click("button", "Sign out everywhere").await;
    desk.look("sessions-end").await;
    desk.go("/providers").await;
    desk.page.fill("searchbox", "Search providers", "claude").await;
    desk.page.click("button", "claude.ai plan*").await;
    desk.look("login-rule").await;
}

/// The dialog of a login, for every kind of challenge and every end.
pub(super) async fn logins(look: impl AsyncFn(&Page, &str)) {
    let lab = Lab::with(SimOptions::default(), "+0s,x5@").await;
    lab.sim.script().code_expiry(json!(900));
    let desk = Desk::new(lab, look).await;
    codes(&desk).await;
    desk.start("openrouter", &["Sign in with the browser"], "input")
        .await;
    desk.look("login-browser").await;
    desk.cancel().await;
    desk.start("openrouter", &["Add an API key"], "input").await;
    desk.look("login-key").await;
    let field = ("textbox", "API key of OpenRouter");
    desk.page.fill(field.0, field.1, "sk-or-v1-wrong").await;
    desk.page.click("button", "Check and save").await;
    desk.page.wait_for_text("refused the key").await;
    desk.look("login-key-refused").await;
    let key = desk.lab.sim.script().issue_key();
    desk.page.fill(field.0, field.1, &key).await;
    desk.page.click("button", "Check and save").await;
    desk.ends("approved").await;
}

async fn codes(desk: &Desk<impl AsyncFn(&Page, &str)>) {
    let (script, person) = (desk.lab.sim.script(), desk.lab.sim.person());
    desk.code().await;
    desk.look("login-code").await;
    desk.page.click("button", "Cancel sign-in").await;
    desk.ends("cancelled").await;
    let code = desk.code().await;
    assert!(person.deny(&code));
    desk.ends("denied").await;
    desk.code().await;
    let broken = json!({"error": "server_error", "error_description": "something is wrong with this client"});
    script.next("account.minimax.io", "/oauth2/token", Answer::json(400, &broken));
    desk.ends("error").await;
    script.code_expiry(json!(20));
    desk.code().await;
    desk.ends("expired").await;
    script.code_expiry(json!(900));
    let code = desk.code().await;
    assert!(person.approve(&code));
    desk.ends("approved").await;
    desk.code().await;
    desk.page.wait_for_text("Signed in already").await;
    desk.look("login-second").await;
    desk.cancel().await;
}
