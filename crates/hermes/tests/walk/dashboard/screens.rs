//! Every page of a home that was lived in, in windows of every size, and pictures of them for the documentation.

use std::path::PathBuf;

use super::board::Board;
use super::browser::{Browser, Page};
use super::dialogs;
use super::seed::Home;

/// Widths of a telephone, a laptop and a wide screen, with the height of each.
const WINDOWS: [(u32, u32); 3] = [(390, 844), (1280, 800), (2560, 1440)];

/// The pages by the name of their picture and their address; `REQUEST` stands for the id of a request.
const PAGES: [(&str, &str); 8] = [
    ("overview", "/"),
    ("providers", "/providers"),
    ("pool", "/pool/minimax-oauth"),
    ("requests", "/requests"),
    ("request", "/requests/REQUEST"),
    ("usage", "/usage"),
    ("keys", "/keys"),
    ("settings", "/settings"),
];

/// What is waited for on each page: its own part is there and nothing is being fetched.
pub(super) const LOADED: &str =
    "document.querySelector('main h1') && !document.querySelector('[aria-busy=true]')";

/// What the settings have to show comes after the page, once everything was looked at.
const EXAMINED: &str =
    "document.querySelector('.findings > li') && !document.querySelector('[role=status].faint')";

/// Whether the open dialog is wider than its window, or hides something at its sides.
const CUT: &str = "(() => {
    const dialog = document.querySelector('dialog[open]'), box = dialog.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth || dialog.scrollWidth > dialog.clientWidth;
})()";

/// Signs a tab in.
pub(super) async fn signed_in(browser: &Browser, board: &Board) -> Page {
    assert!(board.link.contains("#c="), "no link signs in: {}", board.link);
    let page = browser.page().await;
    page.open(&board.link).await;
    page.wait_for(LOADED).await;
    assert!(
        !page.url().await.contains("c="),
        "the code stays in the address: {}",
        page.url().await
    );
    page
}

/// Where the pictures go, when somebody wants them: `cargo xtask screens`.
fn gallery() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the person wants the pictures")]
    let folder = std::env::var_os("HERMES_TEST_SCREENS");
    folder.map(PathBuf::from)
}

/// Asks what is left of two plans, as a person does.
pub(super) async fn ask_plans(home: &Home, board: &Board, page: &Page) {
    page.open(&format!("{}/pool/minimax-oauth", board.up.base)).await;
    page.wait_for(LOADED).await;
    for (label, left, used) in [("work", 0, "100 % used"), ("home", 930, "38 % used")] {
        page.click("DisclosureTriangle", &format!("More for {label}"))
            .await;
        home.tell_plan(left);
        page.click("button", "Check plan").await;
        page.wait_for_text(used).await;
        page.wait_for(LOADED).await;
    }
}

/// Opens each page and tells its name.
pub(super) async fn tour(home: &Home, board: &Board, page: &Page, visit: impl AsyncFn(&Page, &str)) {
    let last = home.requests.last().expect("a request");
    for (name, path) in PAGES {
        let url = format!("{}{}", board.up.base, path.replace("REQUEST", last));
        page.open(&url).await;
        page.wait_for(LOADED).await;
        if name == "settings" {
            page.wait_for(EXAMINED).await;
        }
        visit(page, name).await;
    }
}

/// Shows what is open in windows of these sizes, light and dark, and tells how: `390-dark`.
pub(super) async fn looks(page: &Page, windows: &[(u32, u32)], look: impl AsyncFn(&Page, &str)) {
    for (width, height) in windows {
        for (scheme, dark) in [("light", false), ("dark", true)] {
            page.viewport(*width, *height).await;
            page.prefer(dark, true).await;
            look(page, &format!("{width}-{scheme}")).await;
        }
    }
}

/// Dialogs of which there are pictures too.
const DIALOGS: [&str; 5] = [
    "login-code",
    "login-browser",
    "login-key",
    "login-approved",
    "login-denied",
];

#[tokio::test]
async fn dialog_of_a_login_fits_every_window() {
    let gallery = gallery();
    dialogs::logins(async |page, name| {
        looks(page, &WINDOWS[..2], async |page, look| {
            let cut = page.evaluate(CUT).await;
            assert_eq!(cut, false, "{name}-{look} has something that is cut off");
            if let Some(folder) = gallery.as_ref().filter(|_| DIALOGS.contains(&name)) {
                page.screenshot_of_window(&folder.join(format!("{name}-{look}.png")))
                    .await;
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn every_page_fits_every_window() {
    let gallery = gallery();
    let home = Home::lived_in().await;
    let board = home.board().await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    ask_plans(&home, &board, &page).await;
    tour(&home, &board, &page, async |page, name| {
        looks(page, &WINDOWS, async |page, look| {
            if let Some(folder) = &gallery {
                page.screenshot(&folder.join(format!("{name}-{look}.png"))).await;
            }
            fits(page, &format!("{name}-{look}")).await;
        })
        .await;
    })
    .await;
    page.speak("zh-CN").await;
    tour(&home, &board, &page, async |page, name| {
        looks(page, &WINDOWS[..2], async |page, look| {
            fits(page, &format!("{name}-{look} in Chinese")).await;
        })
        .await;
    })
    .await;
    page.assert_quiet();
}

/// Nothing of the page is beside its window.
async fn fits(page: &Page, name: &str) {
    let wide = page
        .evaluate("document.documentElement.scrollWidth > innerWidth")
        .await;
    assert_eq!(wide, false, "{name} is wider than its window");
}
