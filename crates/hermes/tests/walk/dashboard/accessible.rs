//! axe-core on every page, and on every dialog and menu while it is open.

use hermes_sim::SimOptions;

use super::axe::assert_accessible;
use super::board::Board;
use super::browser::{Browser, Page};
use super::screens::{LOADED, looks, signed_in, tour};
use super::seed::Home;
use crate::harness::Lab;

/// A telephone and a laptop.
const WINDOWS: [(u32, u32); 2] = [(390, 844), (1280, 800)];

/// Looks at what is open in both windows, light and dark.
async fn assert_all_looks(page: &Page, what: &str) {
    looks(page, &WINDOWS, async |page, look| {
        assert_accessible(page, &format!("{what}-{look}")).await;
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page() {
    let home = Home::lived_in().await;
    let board = home.board().await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&format!("{}/", board.up.base)).await;
    page.wait_for("document.querySelector('main h1')").await;
    assert_all_looks(&page, "signed out").await;
    page.open(&format!("{}/nothing/is/here", board.up.base)).await;
    page.wait_for("document.querySelector('main .empty-title')").await;
    assert_all_looks(&page, "no page").await;
    let page = signed_in(&browser, &board).await;
    tour(&home, &board, &page, async |page, name| {
        assert_all_looks(page, name).await;
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_on_pages_of_an_empty_home() {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    for path in [
        "/",
        "/providers",
        "/pool/minimax-oauth",
        "/requests",
        "/usage",
        "/keys",
        "/settings",
    ] {
        page.open(&format!("{}{path}", board.up.base)).await;
        page.wait_for(LOADED).await;
        assert_all_looks(&page, &format!("empty {path}")).await;
    }
}

/// A tab in which something can be opened; what is open is looked at and closed again.
struct Desk {
    board: Board,
    page: Page,
}

impl Desk {
    async fn go(&self, path: &str) {
        self.page.viewport(1280, 800).await;
        self.page.open(&format!("{}{path}", self.board.up.base)).await;
        self.page.wait_for(LOADED).await;
    }

    /// Looks at what a press opens.
    async fn look(&self, what: &str) {
        self.page
            .wait_for("document.querySelector('dialog[open], details.menu[open]')")
            .await;
        assert_all_looks(&self.page, what).await;
    }

    async fn close(&self) {
        self.page.press(&["Escape"]).await;
        self.page
            .wait_for("!document.querySelector('dialog[open]')")
            .await;
        self.page.viewport(1280, 800).await;
    }

    /// Opens an account's menu and presses something in it.
    async fn choose(&self, label: &str, action: &str) {
        self.page
            .click("DisclosureTriangle", &format!("More for {label}"))
            .await;
        self.page.click("button", action).await;
        self.look(action).await;
        self.close().await;
    }

    /// Starts a login and looks at its dialog.
    async fn login(&self, provider: &str, buttons: &[&str], ready: &str) {
        self.go("/providers").await;
        self.page.fill("searchbox", "Search providers", provider).await;
        for button in buttons {
            self.page.click("button", button).await;
        }
        self.page
            .wait_for(&format!("document.querySelector('#login {ready}')"))
            .await;
        self.look(&format!("login {provider}")).await;
    }
}

#[tokio::test]
async fn axe_finds_nothing_in_any_dialog_or_menu() {
    let home = Home::lived_in().await;
    let board = home.board().await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    let desk = Desk { board, page };
    let page = &desk.page;
    desk.go("/pool/minimax-oauth").await;
    page.click("DisclosureTriangle", "More for home").await;
    desk.look("menu").await;
    desk.go("/pool/minimax-oauth").await;
    for action in ["Rename", "Clear cool-downs", "Disable", "Remove"] {
        desk.choose("home", action).await;
    }
    desk.go("/keys").await;
    page.click("button", "Create a key").await;
    desk.look("new key").await;
    page.fill("textbox", "Name*", "tablet").await;
    page.click("button", "Create a key").await;
    page.wait_for("document.querySelector('#key-made[open]')").await;
    desk.look("made key").await;
    desk.close().await;
    desk.go("/providers").await;
    page.fill("searchbox", "Search providers", "claude").await;
    page.click("button", "claude.ai plan*").await;
    desk.look("rule card").await;
}

#[tokio::test]
async fn axe_finds_nothing_in_the_dialog_of_any_login() {
    let lab = Lab::with(SimOptions::default(), "+0s,x20@").await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    let desk = Desk { board, page };
    let code = ["Sign in with a code", "Continue"];
    desk.login("minimax-oauth", &code, "output").await;
    desk.page.click("button", "Cancel sign-in").await;
    desk.page
        .wait_for("document.getElementById('login-body')?.dataset.status === 'cancelled'")
        .await;
    desk.look("cancelled login").await;
    desk.login("openrouter", &["Sign in with the browser"], "input")
        .await;
    desk.login("openrouter", &["Add an API key"], "input").await;
    let key = lab.sim.script().issue_key();
    desk.page.fill("textbox", "API key of OpenRouter", &key).await;
    desk.page.click("button", "Check and save").await;
    desk.page
        .wait_for("document.getElementById('login-body')?.dataset.status === 'approved'")
        .await;
    desk.look("approved login").await;
}
