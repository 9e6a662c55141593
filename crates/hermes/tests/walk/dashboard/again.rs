//! A page whose session is no longer new asks for a sign-in before what cannot be undone, and then does it.

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;

use super::axe::assert_accessible;
use super::board::Board;
use super::browser::Browser;
use super::hands::Hands;
use super::screens::looks;
use crate::harness::Lab;

/// Where the page asks for a sign-in.
const ASKED: &str = "document.querySelector('#again[open]')";

/// A page that has been open for eleven minutes, with a login on it.
struct Desk {
    lab: Lab,
    board: Board,
    browser: Browser,
    hands: Hands,
}

impl Desk {
    async fn open() -> Self {
        let mut lab = Lab::with(SimOptions::default(), "+0s").await;
        let key = lab.sim.script().issue_key();
        let done = lab.add_key("openrouter", &key).await;
        assert_eq!(done.code, 0, "{done:?}");
        let board = Board::start(&lab).await;
        let browser = Browser::start().await;
        let hands = Hands::on(&browser, &board).await;
        let port = board.port();
        assert_eq!(board.up.end().await.code, 0);
        lab.set("HERMES_LAB_CLOCK", "+660s");
        let board = Board::start_on(&lab, port).await;
        hands.go("/pool/openrouter").await;
        Self {
            lab,
            board,
            browser,
            hands,
        }
    }

    /// Asks for the removal of the login, by keys.
    async fn remove(&self) {
        let label = self.lab.json(&["auth", "list", "--json"]).await["credentials"][0]["label"].clone();
        self.hands
            .choose(label.as_str().expect("a label"), "Remove")
            .await;
        self.hands.agree("Remove").await;
        self.hands.page.wait_for(ASKED).await;
    }

    async fn link(&self) -> String {
        let listen = self.board.up.base.trim_start_matches("http://");
        let link = self
            .lab
            .json(&["dashboard", "--no-browser", "--json", "--listen", listen])
            .await;
        link["url"].as_str().expect("a link").to_owned()
    }

    async fn stored(&self) -> usize {
        let list = self.lab.json(&["auth", "list", "--json"]).await;
        list["credentials"].as_array().expect("a list").len()
    }

    async fn is_gone(&self) {
        self.hands
            .kept("document.querySelectorAll('.account').length === 0")
            .await;
        assert_eq!(self.stored().await, 0);
    }
}

#[tokio::test]
async fn pasted_link_signs_in_again_and_what_was_asked_for_is_done() {
    let desk = Desk::open().await;
    desk.remove().await;
    let page = &desk.hands.page;
    looks(page, &[(390, 844), (1280, 800)], async |page, look| {
        assert_accessible(page, &format!("sign in again {look}")).await;
    })
    .await;
    desk.hands.at("textbox", "Or paste the link here").await;
    page.write("http://127.0.0.1/#c=wrong").await;
    desk.hands.press(&["Enter"]).await;
    page.wait_for_text("this link was used before").await;
    assert_eq!(desk.stored().await, 1);
    desk.hands.press(&["Control+a"]).await;
    page.write(&desk.link().await).await;
    desk.hands.press(&["Enter"]).await;
    desk.is_gone().await;
}

#[tokio::test]
async fn link_that_is_opened_in_another_tab_signs_in_again_too() {
    let desk = Desk::open().await;
    desk.remove().await;
    let other = desk.browser.page().await;
    other.open(&desk.link().await).await;
    desk.is_gone().await;
    // From now on it is not asked for again.
    desk.hands.go("/keys").await;
    desk.hands.enter("button", "Revoke *").await;
    desk.hands.agree("Revoke").await;
    desk.hands
        .kept("document.body.innerText.includes('Revoked')")
        .await;
    desk.hands.page.assert_quiet_but(&[403]);
}

#[tokio::test]
async fn who_does_not_sign_in_again_changes_nothing() {
    let desk = Desk::open().await;
    desk.remove().await;
    desk.hands.press(&["Escape"]).await;
    desk.hands.kept("!document.querySelector('dialog[open]')").await;
    assert_eq!(desk.stored().await, 1);
    let asked = desk.hands.page.exchanges().into_iter();
    let deletions = asked.filter(|one| one.method == "DELETE");
    assert_eq!(deletions.map(|one| one.status).collect::<Vec<_>>(), [403]);
}
