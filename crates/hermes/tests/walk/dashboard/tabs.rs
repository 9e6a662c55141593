//! A tab that was opened from a link in another one has that one's session; pages of another port or host get nothing.

use hermes_sim::SimOptions;
use serde_json::json;

use super::board::Board;
use super::browser::Browser;
use super::screens::{LOADED, signed_in};
use super::server::{Reply, Server};
use crate::harness::Lab;

/// Takes down whatever comes over the channel, and asks for a session again and again.
const LISTENER: &str = "<script>
    window.heard = [];
    const channel = new BroadcastChannel('hermes-session');
    channel.onmessage = ({ data }) => heard.push(data);
    setInterval(() => channel.postMessage({ asked: true }), 20);
    addEventListener('storage', ({ key }) => heard.push(key));
</script>";

async fn lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s").await
}

#[tokio::test]
async fn link_that_is_opened_in_a_new_tab_needs_no_sign_in() {
    let lab = lab().await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let page = signed_in(&browser, &board).await;
    page.click_with_wheel("link", "Keys").await;
    let other = browser.opened("/keys").await;
    other.wait_for(LOADED).await;
    other.whole().see("heading", "Keys").await;
    other.whole().see("button", "Create a key").await;
    assert_eq!(browser.cookies().await.len(), 0);
    // One who signs out in one tab has signed out in both.
    page.click("button", "Sign out").await;
    other.wait_for_text("Not signed in").await;
    other.assert_quiet_but(&[401]);
}

#[tokio::test]
async fn tab_without_a_session_comes_to_life_when_another_one_signs_in() {
    let lab = lab().await;
    let board = Board::start(&lab).await;
    let browser = Browser::start().await;
    let waiting = browser.page().await;
    waiting.open(&format!("{}/keys", board.up.base)).await;
    waiting.wait_for_text("Not signed in").await;
    let _page = signed_in(&browser, &board).await;
    waiting.whole().see("button", "Create a key").await;
}

#[tokio::test]
async fn b3_pages_of_another_port_or_host_hear_nothing_of_a_session() {
    let lab = lab().await;
    let board = Board::start(&lab).await;
    let neighbour = Server::start(|_| Reply::html(LISTENER)).await;
    let browser = Browser::start().await;
    let mut listeners = Vec::new();
    for host in ["127.0.0.1", "localhost"] {
        let page = browser.page().await;
        page.open(&format!("http://{host}:{}/", neighbour.port)).await;
        listeners.push(page);
    }
    let page = signed_in(&browser, &board).await;
    page.click_with_wheel("link", "Keys").await;
    let other = browser.opened("/keys").await;
    // The session did go over the channel, to a page of ours.
    other.whole().see("button", "Create a key").await;
    for listener in &listeners {
        // They heard each other's questions neither, since their hosts differ.
        assert_eq!(listener.evaluate("heard").await, json!([]));
    }
    // A page of another port that the person's own page opened, or that opens one of ours, is as far away.
    let opener = &listeners[0];
    opener
        .evaluate(&format!("void open('{}/keys')", board.up.base))
        .await;
    super::moments(50).await;
    assert_eq!(opener.evaluate("heard").await, json!([]));
}
