//! axe-core on a page: what would keep people with a screen reader, a keyboard or weak eyes from using it.

use serde_json::{Value, json};

use super::browser::{Browser, Page};
use super::server::{Reply, Server};
use crate::sdk::tool;

/// Every rule of WCAG 2.2 A and AA, and what axe-core holds for good practice.
const RUN: &str = "axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(({violations}) => violations.map(
    ({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => ({html, failureSummary}))})))";

/// A violation per rule: `id`, `impact`, `help`, and `nodes` with `html` and `failureSummary`.
pub(crate) async fn axe(page: &Page) -> Vec<Value> {
    if page.evaluate("typeof axe").await == "undefined" {
        let script = fs_err::read_to_string(tool("HERMES_TEST_AXE")).expect("the script");
        page.evaluate(&format!("{script}\n;true")).await;
    }
    let found = page.evaluate(RUN).await;
    found.as_array().expect("a list").clone()
}

/// Fails if axe-core finds anything; `what` is being looked at.
pub(crate) async fn assert_accessible(page: &Page, what: &str) {
    let found = axe(page).await;
    assert!(found.is_empty(), "{what}: {:#}", Value::Array(found));
}

/// A policy as strict as the dashboard's: the check has to work under it.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; require-trusted-types-for 'script'";

const GOOD: &str =
    "<link rel=stylesheet href=/look.css><header><nav aria-label=Pages><a href=/>Start</a></nav></header>
<main><h1>Pool</h1><p>Everything is ready.</p><button>Refresh</button><label>Name <input></label></main>";

const BAD: &str = "<link rel=stylesheet href=/look.css><main><h1>Pool</h1><p class=faint>Hardly there</p><button></button><input>
<img src='data:,'></main>";

#[tokio::test]
async fn axe_finds_what_is_wrong_with_a_page_and_nothing_on_a_good_one() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/good" => Reply::html(GOOD).with("content-security-policy", POLICY),
        "/bad" => Reply::html(BAD).with("content-security-policy", POLICY),
        _ => Reply::new(
            200,
            "text/css",
            "body { background: white; color: black } .faint { color: #ddd }",
        ),
    })
    .await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&format!("{}/good", server.base())).await;
    assert_accessible(&page, "a good page").await;
    page.assert_quiet();
    page.open(&format!("{}/bad", server.base())).await;
    let found = axe(&page).await;
    for rule in ["button-name", "color-contrast", "image-alt", "label"] {
        assert!(
            found.iter().any(|one| one["id"] == json!(rule)),
            "{rule}: {found:#?}"
        );
    }
}
