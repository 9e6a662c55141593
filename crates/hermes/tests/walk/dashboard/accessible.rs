//! axe-core on every page, and on every dialog and menu while it is open.

use hermes_sim::SimOptions;

use super::axe::assert_accessible;
use super::board::Board;
use super::browser::{Browser, Page};
use super::dialogs;
use super::screens::{LOADED, ask_plans, looks, signed_in, tour};
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
    ask_plans(&home, &board, &page).await;
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

#[tokio::test]
async fn axe_finds_nothing_in_any_dialog_or_menu_of_an_account() {
    dialogs::accounts(assert_all_looks).await;
}

#[tokio::test]
async fn axe_finds_nothing_in_any_dialog_of_keys_sessions_and_rules() {
    dialogs::keys_and_rules(assert_all_looks).await;
}

#[tokio::test]
async fn axe_finds_nothing_in_the_dialog_of_any_login_and_any_end_of_it() {
    dialogs::logins(assert_all_looks).await;
}
