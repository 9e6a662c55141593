//! What is done less often: weights, plans, blocks, other ways of signing in, filters, ranges and files.

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{hands, lab, lab_with_two};
use crate::dashboard::browser::Page;
use crate::dashboard::hands::{account_says, in_dialog};
use crate::dashboard::moment;
use crate::harness::Lab;

/// What the program says of the first account.
async fn first(lab: &Lab) -> Value {
    let listed = lab.json(&["auth", "list", "--json"]).await;
    listed["credentials"][0].clone()
}

#[tokio::test]
async fn weights_are_set_by_keys() {
    let lab = lab_with_two().await;
    let done = lab.run(&["auth", "strategy", "openrouter", "weighted"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/pool/openrouter").await;
    hands.choose("first", "Set weight").await;
    hands.at("spinbutton", "Weight").await;
    hands.press(&["Control+a"]).await;
    hands.page.write("7").await;
    hands.press(&["Enter"]).await;
    hands.kept("!document.querySelector('dialog[open]')").await;
    hands.at("DisclosureTriangle", "More for first").await;
    assert_eq!(first(&lab).await["weight"], 7);
    hands.page.assert_quiet();
}

#[tokio::test]
async fn plans_are_asked_about_and_blocks_lifted_by_keys() {
    let lab = lab().await;
    let done = lab
        .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", "work"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    let (_browser, board, hands) = hands(&lab).await;
    hands.go("/pool/minimax-oauth").await;
    let remains = json!({"base_resp": {"status_code": 0}, "model_remains": [
        {"model_name": "MiniMax-M3", "current_interval_total_count": 100, "current_interval_usage_count": 75}]});
    lab.sim.script().next(
        "api.minimax.io",
        "/v1/token_plan/remains",
        Answer::json(200, &remains),
    );
    hands.choose("work", "Check plan").await;
    hands.kept("document.body.innerText.includes('25 % used')").await;
    hands.at("DisclosureTriangle", "More for work").await;
    let closed = json!({"type": "error", "error": {"type": "account_suspended", "message": "This account is suspended"}});
    lab.sim.script().next(
        "api.minimax.io",
        "/anthropic/v1/messages",
        Answer::json(403, &closed),
    );
    let body = json!({
        "model": "minimax-oauth/MiniMax-M3", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}],
    });
    assert_eq!(board.up.post("/v1/messages", &body).await.0, 400);
    hands.go("/pool/minimax-oauth").await;
    hands.page.wait_for_text("This provider is stopped").await;
    hands.enter("button", "Use again").await;
    hands.agree("Use again").await;
    hands.kept(&account_says("work", "Ready")).await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn api_key_and_pasted_code_are_given_by_keys() {
    let lab = lab().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.go("/providers").await;
    hands.to("searchbox", "Search providers").await;
    hands.page.write("openrouter").await;
    hands.enter("button", "Add an API key").await;
    hands.kept(&in_dialog("input")).await;
    hands.to("textbox", "API key of OpenRouter").await;
    hands.page.write(&lab.sim.script().issue_key()).await;
    hands.press(&["Enter"]).await;
    let approved = "document.getElementById('login-body')?.dataset.status === 'approved'";
    hands.page.wait_for(approved).await;
    hands.go("/providers").await;
    hands.to("searchbox", "Search providers").await;
    hands.page.write("openrouter").await;
    hands.enter("button", "Sign in with the browser").await;
    hands.kept(&in_dialog(".open a")).await;
    let link = hands
        .page
        .evaluate("document.querySelector('#login .open a').href")
        .await;
    let link = link.as_str().expect("a link");
    let back = lab.sim.person().approve_browser(link).await;
    hands.to("textbox", "Code, or the address*").await;
    hands.page.write(&back.expect("a redirect")).await;
    hands.press(&["Enter"]).await;
    hands.page.wait_for(approved).await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn ranges_groups_and_files_are_chosen_by_keys() {
    let lab = lab_with_two().await;
    let (_browser, board, hands) = hands(&lab).await;
    let body = json!({"model": "openrouter/simulated-1", "messages": [{"role": "user", "content": "hello"}]});
    let (status, text) = board.up.post("/v1/chat/completions", &body).await;
    assert_eq!(status, 200, "{text}");
    hands.enter("link", "Usage").await;
    hands.at("heading", "Usage").await;
    hands.enter("link", "7 days").await;
    hands.kept("location.search.includes('range=7d')").await;
    hands.enter("link", "Model").await;
    hands.kept("location.search.includes('by=model')").await;
    hands.to("link", "Download CSV").await;
    hands
        .page
        .evaluate("window.saved = 0; document.addEventListener('click', (event) => { if (event.target.closest('[data-download]')) window.saved += 1; }, true)")
        .await;
    hands.press(&["Enter"]).await;
    hands.kept("window.saved === 1").await;
    hands.page.assert_quiet();
}

/// How many requests the list shows, and how many of them failed.
fn listed(all: usize, failed: usize) -> String {
    format!(
        "document.querySelectorAll('#feed .row-link').length === {all} && \
         document.querySelectorAll('#feed .badge.bad').length === {failed}"
    )
}

/// Waits until what is on the page is in the log too, in which filters search.
async fn logged(lab: &Lab, page: &Page) {
    let ids = "[...document.querySelectorAll('#feed .row-link')].map(one => one.pathname.split('/').pop())";
    let ids = page.evaluate(ids).await;
    for id in ids.as_array().expect("a list") {
        let id = id.as_str().expect("an id");
        let mut looks = 0;
        while lab.run(&["explain", id]).await.code != 0 {
            looks += 1;
            assert!(looks < 500, "{id} is not in the log");
            moment().await;
        }
    }
}

#[tokio::test]
async fn list_of_requests_is_narrowed_by_keys() {
    let lab = lab_with_two().await;
    let (_browser, board, hands) = hands(&lab).await;
    let body = |model: &str| json!({"model": model, "messages": [{"role": "user", "content": "hello"}]});
    let ask = async |model: &str| board.up.post("/v1/chat/completions", &body(model)).await.0;
    assert_eq!(ask("openrouter/simulated-1").await, 200);
    assert_eq!(ask("openrouter/simulated-2").await, 200);
    let fault = json!({"error": {"message": "prompt is too long", "code": 400}});
    lab.sim.script().next(
        "openrouter.ai",
        "/api/v1/chat/completions",
        Answer::json(400, &fault),
    );
    assert_eq!(ask("openrouter/simulated-1").await, 400);
    hands.enter("link", "Requests").await;
    hands.at("heading", "Requests").await;
    // What has just ended is in the list before it is in the log.
    hands.kept(&listed(3, 1)).await;
    logged(&lab, &hands.page).await;
    hands.go("/requests").await;
    hands.kept(&listed(3, 1)).await;
    hands.to("combobox", "Model").await;
    hands.press(&["ArrowDown"]).await;
    hands.kept("location.search === '?model=simulated-1'").await;
    hands.kept(&listed(2, 1)).await;
    hands.at("combobox", "Model").await;
    hands.to("checkbox", "Failed only").await;
    hands.press(&[" "]).await;
    hands.kept(&listed(1, 1)).await;
    hands.at("checkbox", "Failed only").await;
    assert!(hands.page.url().await.ends_with("?model=simulated-1&failed=true"));
    hands.enter("link", "Clear*").await;
    hands.at("heading", "Requests").await;
    hands.kept(&listed(3, 1)).await;
    hands.page.assert_quiet();
}

#[tokio::test]
async fn every_session_is_ended_by_keys() {
    let lab = lab().await;
    let (_browser, _board, hands) = hands(&lab).await;
    hands.enter("link", "Settings").await;
    hands.at("heading", "Settings").await;
    hands.enter("button", "Sign out everywhere").await;
    hands.agree("Sign out everywhere").await;
    hands.at("heading", "Not signed in").await;
}
