//! What is asked before a login starts: the region, and consent where the provider restricts it.

use hermes_catalog::RuleClass;
use hermes_text::{Lang, action, common, login, pages::providers as text};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Method, MethodKind, Row};
use crate::look::{Call, Dialog, Then, dialog as draw, encoded, rule_card};

/// Whether there is something to ask; otherwise the button starts the login at once. A key tells its region itself.
pub(super) fn asks(row: &Row, method: &Method) -> bool {
    method.card.class == RuleClass::Restricted || (row.regions.len() > 1 && method.kind != MethodKind::Key)
}

pub(super) fn id(row: &Row, method: &Method) -> String {
    format!("start-{}-{}", row.id, method.id)
}

/// Starts the login.
pub(super) fn call(row: &Row, method: &Method) -> Call {
    call_with(row, json!({ "method": method.id }))
}

pub(super) fn call_with(row: &Row, body: Value) -> Call {
    let path = format!("/api/providers/oauth/{}/start", encoded(row.id.as_str()));
    Call::new("POST", path).body(body).then(Then::Login)
}

pub(super) fn dialog(lang: Lang, row: &Row, method: &Method, id: &str) -> Markup {
    let fields = html! {
        p class="faint" { (method.name) }
        @if row.regions.len() > 1 && method.kind != MethodKind::Key { (regions(lang, row, id)) }
        label class="field" {
            span { (common::label(lang)) }
            input type="text" name="label" maxlength="128" spellcheck="false" aria-describedby={ (id) "-hint" };
            span class="faint" id={ (id) "-hint" } { (text::label_hint(lang)) }
        }
        (rule_card(lang, &method.card))
        @if method.card.class == RuleClass::Restricted {
            label class="check" {
                input type="checkbox" name="accept_terms" required;
                span { (text::rule_consent(lang)) }
            }
        }
    };
    draw(
        lang,
        &Dialog {
            id,
            title: &login::title(lang, &row.name),
            fields,
            action: action::go_on(lang),
            call: call(row, method),
            danger: false,
        },
    )
}

fn regions(lang: Lang, row: &Row, id: &str) -> Markup {
    html! {
        fieldset class="choices" {
            legend { (text::choose_region(lang)) }
            @for (number, region) in row.regions.iter().enumerate() {
                label class="choice" {
                    input type="radio" name="region" value=(region.id) id={ (id) "-" (region.id) } checked[number == 0];
                    span { (region.name) }
                }
            }
        }
    }
}
