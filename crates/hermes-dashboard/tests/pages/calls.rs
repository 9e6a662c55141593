//! Whatever a page lets a person do is a call that the admin API has.

use std::collections::BTreeSet;

use hermes_dashboard::look::{Shell, Spot, shell};
use hermes_text::Lang;

use crate::samples::all::drawn;

/// The routes that pages may call. A part in braces stands for any one segment.
const ROUTES: [&str; 21] = [
    "POST /api/providers/oauth/{provider}/start",
    "POST /api/providers/oauth/{provider}/submit",
    "DELETE /api/providers/oauth/sessions/{session}",
    "POST /api/credentials/{id}/enable",
    "POST /api/credentials/{id}/disable",
    "POST /api/credentials/{id}/refresh",
    "POST /api/credentials/{id}/quota",
    "POST /api/credentials/{id}/reset",
    "POST /api/credentials/{id}/revoke",
    "POST /api/credentials/{id}/rename",
    "POST /api/credentials/{id}/priority",
    "POST /api/credentials/{id}/weight",
    "DELETE /api/credentials/{id}",
    "PUT /api/pools/{provider}/strategy",
    "POST /api/keys",
    "DELETE /api/keys/{id}",
    "POST /api/session",
    "DELETE /api/session",
    "DELETE /api/sessions",
    "GET /api/usage.csv",
    "GET /api/events",
];

fn fits(call: &str, route: &str) -> bool {
    let (call, route): (Vec<_>, Vec<_>) = (call.split('/').collect(), route.split('/').collect());
    call.len() == route.len()
        && call
            .iter()
            .zip(&route)
            .all(|(one, part)| part.starts_with('{') || one == part)
}

/// Values of an attribute in a markup.
fn values<'a>(markup: &'a str, attribute: &str) -> Vec<&'a str> {
    let begins = format!("{attribute}=\"");
    markup
        .split(begins.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn everything() -> String {
    let frame = shell(Shell {
        far: false,
        lang: Lang::En,
        spot: Some(Spot::Overview),
        version: "0.1.0",
    });
    let pages = drawn(Lang::En)
        .into_iter()
        .map(|(_, _, content)| content.into_string());
    pages.chain([frame.into_string()]).collect()
}

#[test]
fn every_call_of_a_page_names_a_route() {
    let all = everything();
    let calls: BTreeSet<_> = values(&all, "data-call").into_iter().collect();
    for call in &calls {
        assert!(
            ROUTES.iter().any(|route| fits(call, route)),
            "`{call}` is no route"
        );
    }
    let unused: Vec<_> = ROUTES
        .iter()
        .filter(|route| !route.starts_with("GET") && !calls.iter().any(|call| fits(call, route)))
        .collect();
    assert!(unused.is_empty(), "no page calls {unused:?}");
}

#[test]
fn downloads_and_links_lead_to_addresses_that_exist() {
    let all = everything();
    for link in values(&all, "href")
        .into_iter()
        .filter(|link| link.starts_with('/'))
    {
        let path = link.split(['?', '#']).next().unwrap_or_default();
        let known = [
            "/",
            "/providers",
            "/requests",
            "/usage",
            "/keys",
            "/settings",
            "/api/usage.csv",
        ];
        let below = ["/pool/", "/requests/", "/assets/"];
        assert!(
            known.contains(&path) || below.iter().any(|one| path.starts_with(one)),
            "`{link}` leads nowhere"
        );
    }
}

#[test]
fn what_opens_a_dialog_or_a_panel_finds_it() {
    for (_, name, content) in drawn(Lang::En) {
        let markup = content.into_string();
        for attribute in ["data-open", "aria-controls", "data-reveal", "data-search"] {
            for id in values(&markup, attribute) {
                assert!(
                    markup.contains(&format!("id=\"{id}\"")),
                    "{name}: `{id}` of {attribute} is missing"
                );
            }
        }
    }
}
