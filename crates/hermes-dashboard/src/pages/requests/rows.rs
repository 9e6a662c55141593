//! The rows of the feed, and the pattern from which the script makes new ones.

use hermes_core::UnixMs;
use hermes_text::{Count, Lang, common, pages::requests as text, time};
use maud::{Markup, html};

use super::Request;
use crate::look::{Tone, badge, encoded, moment};

/// Stands where nothing is known.
const NOTHING: &str = "–";

/// Heads, left to right, with whether the column holds numbers.
fn heads(lang: Lang) -> [(&'static str, bool); 9] {
    [
        (common::when(lang), false),
        (common::status(lang), false),
        (common::model(lang), false),
        (common::account(lang), false),
        (common::client_key(lang), false),
        (text::first_byte(lang), true),
        (text::total(lang), true),
        (text::tokens_in(lang), true),
        (text::tokens_out(lang), true),
    ]
}

pub(super) fn table(lang: Lang, rows: &[Request], now: UnixMs, is_live: bool) -> Markup {
    html! {
        div class="panel" {
            table class="table requests" role="table" {
                caption class="hidden" { (common::requests(lang)) }
                thead role="rowgroup" {
                    tr role="row" {
                        @for (name, number) in heads(lang) { th role="columnheader" scope="col" class=[number.then_some("number")] { (name) } }
                    }
                }
                tbody id="feed" role="rowgroup" data-feed[is_live] { @for one in rows { (row(lang, one, now)) } }
            }
        }
    }
}

fn row(lang: Lang, one: &Request, now: UnixMs) -> Markup {
    let failed = one.status >= 400 || one.error.is_some();
    let tone = if failed { Tone::Bad } else { Tone::Good };
    let account = one.credential_label.as_deref().unwrap_or(NOTHING);
    let values = [
        html! { span { a class="row-link" href={ "/requests/" (encoded(&one.id)) } { (moment(lang, one.at, now)) } } },
        html! { span { (badge(tone, &one.status.to_string())) @if let Some(error) = &one.error { " " span class="faint" { (error) } } } },
        html! { span { (one.model) } },
        html! { span { span { (account) } @if let Some(provider) = &one.provider_name { " " span class="faint" { (provider) } } } },
        html! { span { (one.key_name.as_deref().unwrap_or(NOTHING)) } },
        millis(lang, one.first_byte_ms),
        millis(lang, Some(one.total_ms)),
        number(one.tokens_in),
        number(one.tokens_out),
    ];
    cells(lang, values, Some(&format!("request-{}", one.id)))
}

fn cells(lang: Lang, values: [Markup; 9], id: Option<&str>) -> Markup {
    html! {
        tr role="row" id=[id] {
            @for (value, (name, number)) in values.into_iter().zip(heads(lang)) {
                td role="cell" class=[number.then_some("number")] data-label=(name) { (value) }
            }
        }
    }
}

fn millis(lang: Lang, value: Option<u32>) -> Markup {
    html! { span { @match value { Some(value) => (time::millis(lang, u64::from(value))), None => (NOTHING) } } }
}

fn number(value: Option<u64>) -> Markup {
    html! { span { @match value { Some(value) => (Count::from(value).grouped()), None => (NOTHING) } } }
}

/// A row whose parts name the fields of a request.
pub(super) fn template(lang: Lang) -> Markup {
    let values = [
        html! { span { a class="row-link" data-field="id" data-as="link" { time data-field="at" data-as="time" {} } } },
        html! { span { span class="badge" data-field="status" data-as="status" { span class="dot" aria-hidden="true" {} span {} } " " span class="faint" data-field="error" {} } },
        html! { span data-field="model" {} },
        html! { span { span data-field="credential_label" { (NOTHING) } " " span class="faint" data-field="provider_name" {} } },
        html! { span data-field="key_name" { (NOTHING) } },
        html! { span data-field="first_byte_ms" data-as="millis" { (NOTHING) } },
        html! { span data-field="total_ms" data-as="millis" { (NOTHING) } },
        html! { span data-field="tokens_in" data-as="number" { (NOTHING) } },
        html! { span data-field="tokens_out" data-as="number" { (NOTHING) } },
    ];
    html! { template id="feed-row" { (cells(lang, values, None)) } }
}
