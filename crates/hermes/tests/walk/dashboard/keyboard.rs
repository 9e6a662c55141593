//! Everything that can be done on the pages, by the keyboard alone.

mod others;

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::board::Board;
use super::browser::Browser;
use super::hands::{Hands, account_says, in_dialog, order};
use crate::catalogue::with_revocation;
use crate::harness::Lab;

async fn lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s").await
}

/// A lab with two accounts of one provider.
async fn lab_with_two() -> Lab {
    let lab = lab().await;
    for label in ["first", "second"] {
        let key = lab.sim.script().issue_key();
        let args = [
            "auth",
            "add",
            "openrouter",
            "--method",
            "key",
            "--api-key-stdin",
            "--no-verify",
            "--label",
            label,
        ];
        let done = lab.run_with_input(&args, &key).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    lab
}

async fn hands(lab: &Lab) -> (Browser, Board, Hands) {
    let board = Board::start(lab).await;
    let browser = Browser::start().await;
    let hands = Hands::on(&browser, &board).await;
    (browser, board, hands)
}

#[tokio::test]
async fn skip_link_navigation_and_search_need_no_mouse() {
    let lab = lab().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.enter("link", "Skip to content").await;
    hands
        .kept("document.getElementById('main').contains(document.activeElement)")
        .await;
    for name in ["Providers", "Requests", "Usage", "Keys", "Settings", "Overview"] {
        hands.enter("link", name).await;
        hands.at("heading", name).await;
    }
    hands.enter("link", "Providers").await;
    hands.at("heading", "Providers").await;
    hands.press(&["/"]).await;
    hands.at("searchbox", "Search providers").await;
    hands.page.write("minimax-oauth").await;
    hands
        .page
        .wait_for("document.querySelectorAll('.provider:not([hidden])').length === 1")
        .await;
    hands.to("button", "Sign in with a code").await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn login_with_a_code_is_finished_and_cancelled_by_keys() {
    let lab = Lab::with(SimOptions::default(), "+0s,x5@").await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/providers").await;
    let begin = async || {
        hands.to("searchbox", "Search providers").await;
        hands.press(&["Control+a"]).await;
        hands.page.write("minimax-oauth").await;
        hands.enter("button", "Sign in with a code").await;
        hands.kept(&in_dialog("input")).await;
        hands.to("radio", "Global*").await;
        hands.press(&["ArrowDown"]).await;
        hands.at("radio", "China*").await;
        hands.enter("button", "Continue").await;
        hands.kept(&in_dialog("output")).await;
        let code = hands
            .page
            .evaluate("document.querySelector('#login output').textContent")
            .await;
        code.as_str().expect("a code").to_owned()
    };
    begin().await;
    hands.enter("button", "Cancel sign-in").await;
    hands
        .kept("document.getElementById('login-body')?.dataset.status === 'cancelled'")
        .await;
    hands.press(&["Escape"]).await;
    hands.kept("!document.querySelector('dialog[open]')").await;
    hands.at("button", "Sign in with a code").await;
    let code = begin().await;
    assert!(lab.sim.person().approve(&code));
    hands
        .kept("document.getElementById('login-body')?.dataset.status === 'approved'")
        .await;
    hands.enter("link", "See its accounts").await;
    hands.at("heading", "MiniMax (OAuth) accounts").await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn accounts_are_renamed_and_ordered_by_keys() {
    let lab = lab_with_two().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/pool/openrouter").await;
    hands.choose("first", "Rename").await;
    hands.at("textbox", "Label").await;
    hands.press(&["Escape"]).await;
    hands.kept("!document.querySelector('dialog[open]')").await;
    hands.at("DisclosureTriangle", "More for first").await;
    hands.choose("first", "Rename").await;
    hands.press(&["Control+a"]).await;
    hands.page.write("mine").await;
    hands.press(&["Enter"]).await;
    hands.kept(&account_says("mine", "Ready")).await;
    hands.at("DisclosureTriangle", "More for mine").await;
    hands.to("button", "1: move mine*").await;
    hands.press(&["ArrowDown"]).await;
    hands.page.wait_for_text("Moved to place 2 of 2").await;
    hands.at("button", "2: move mine*").await;
    assert_eq!(order(&hands.page).await, json!(["second", "mine"]));
    hands.choose("mine", "Move up").await;
    hands.at("DisclosureTriangle", "More for mine").await;
    hands
        .kept("document.querySelector('.account h2').textContent === 'mine'")
        .await;
    hands.to("combobox", "Strategy").await;
    hands.press(&["ArrowDown"]).await;
    hands
        .kept("document.getElementById('strategy-means').textContent === 'Accounts take turns.'")
        .await;
    hands.at("combobox", "Strategy").await;
    let status = lab.json(&["auth", "list", "--json"]).await;
    let labels = status["credentials"].as_array().expect("a list").iter();
    let labels: Vec<_> = labels.map(|one| one["label"].clone()).collect();
    assert_eq!(labels, [json!("mine"), json!("second")]);
    hands.page.assert_quiet();
}

#[tokio::test]
async fn accounts_are_switched_off_and_on_reset_and_removed_by_keys() {
    let lab = lab_with_two().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/pool/openrouter").await;
    hands.choose("first", "Disable").await;
    hands.press(&["Escape"]).await;
    hands.kept("!document.querySelector('dialog[open]')").await;
    hands.at("DisclosureTriangle", "More for first").await;
    hands.choose("first", "Disable").await;
    hands.agree("Disable").await;
    hands.kept(&account_says("first", "Disabled")).await;
    hands.at("DisclosureTriangle", "More for first").await;
    hands.enter("button", "Enable").await;
    hands.kept(&account_says("first", "Ready")).await;
    hands.choose("first", "Clear cool-downs").await;
    hands.agree("Clear cool-downs").await;
    hands.page.wait_for_text("Done").await;
    hands.kept("!document.querySelector('dialog[open]')").await;
    hands.choose("first", "Remove").await;
    hands.agree("Remove").await;
    hands
        .kept("document.querySelectorAll('.account').length === 1")
        .await;
    hands.choose("second", "Remove").await;
    hands.agree("Remove").await;
    hands
        .kept("document.querySelectorAll('.account').length === 0")
        .await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn tokens_are_renewed_and_logins_ended_by_keys() {
    let mut lab = lab().await;
    with_revocation(&mut lab);
    let done = lab
        .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", "work"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/pool/minimax-oauth").await;
    hands.choose("work", "Renew token now").await;
    hands.page.wait_for_text("Done").await;
    hands.kept("document.querySelector('[data-busy]') === null").await;
    hands.at("DisclosureTriangle", "More for work").await;
    lab.sim
        .script()
        .next("account.minimax.io", "/oauth2/revoke", Answer::status(200));
    hands.choose("work", "Revoke").await;
    hands.page.wait_for_text("Ends this login").await;
    hands.agree("Revoke").await;
    hands
        .kept("document.querySelectorAll('.account').length === 0")
        .await;
    assert_eq!(lab.sim.journal().count("account.minimax.io", "/oauth2/revoke"), 1);
    hands.page.assert_quiet();
}

#[tokio::test]
async fn client_keys_are_made_and_revoked_and_the_session_ended_by_keys() {
    let lab = lab().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.enter("link", "Keys").await;
    hands.at("heading", "Keys").await;
    hands.enter("button", "Create a key").await;
    hands.at("textbox", "Name*").await;
    hands.page.write("tablet").await;
    hands.press(&["Enter"]).await;
    hands
        .kept("document.querySelector('#key-made[open] [data-from]')?.textContent.length > 20")
        .await;
    hands.press(&["Escape"]).await;
    hands
        .kept("document.querySelectorAll('tbody tr').length === 2 && !document.querySelector('dialog[open]')")
        .await;
    hands.at("button", "Create a key").await;
    hands.enter("button", "Revoke *").await;
    hands.agree("Revoke").await;
    hands.kept("document.body.innerText.includes('Revoked')").await;
    let listed = lab.json(&["key", "list", "--json"]).await;
    let revoked = listed["keys"].as_array().expect("a list").iter();
    assert_eq!(
        revoked
            .filter(|key| !key["revoked"].is_null() || !key["revoked_at"].is_null())
            .count(),
        1
    );
    hands.enter("button", "Sign out").await;
    hands.at("heading", "Not signed in").await;
    hands.page.assert_quiet();
}
