use hermes_text::{Lang, common};
use maud::{Markup, html};
use url::Url;

/// A link that leaves the dashboard, in a new tab. An address that is no web address stays text, whoever wrote it.
pub fn outward(lang: Lang, class: Option<&str>, address: &str, label: Markup) -> Markup {
    html! {
        @if is_web(address) {
            a class=[class] href=(address) target="_blank" rel="noopener noreferrer" {
                (label) span class="hidden" { " (" (common::opens_new_tab(lang)) ")" }
            }
        } @else {
            code { (address) }
        }
    }
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}
