//! Where tools connect, and what to give them.

use hermes_text::{Lang, common, pages::overview as text};
use maud::{Markup, html};

use super::{Gateway, snippets};
use crate::look::{copy_field, prose, snippet};

pub(super) fn render(lang: Lang, gateway: &Gateway) -> Markup {
    let tools = snippets::of(gateway);
    html! {
        section class="group" aria-labelledby="gateway-title" {
            h2 id="gateway-title" { (text::gateway(lang)) }
            div class="panel pad gateway" {
                dl class="facts" {
                    div { dt { (text::address(lang)) } dd { (copy_field(lang, text::address(lang), &gateway.url)) } }
                    @if let Some((_, model)) = gateway.models.first() { div { dt { (common::model(lang)) } dd { (copy_field(lang, common::model(lang), model)) } } }
                }
                p class="faint" { (prose(text::key_hint(lang))) " " a href="/keys" { (text::make_key(lang)) } }
                h3 { (text::connect(lang)) }
                div class="tabs" data-tabs {
                    div role="tablist" aria-label=(text::connect(lang)) {
                        @for (number, tool) in tools.iter().enumerate() {
                            button type="button" role="tab" id={ "tab-" (tool.id) } aria-controls={ "for-" (tool.id) }
                                aria-selected=(if number == 0 { "true" } else { "false" }) tabindex=(if number == 0 { "0" } else { "-1" }) { (tool.name) }
                        }
                    }
                    @for (number, tool) in tools.iter().enumerate() {
                        div role="tabpanel" id={ "for-" (tool.id) } aria-labelledby={ "tab-" (tool.id) } hidden[number > 0] { (snippet(lang, tool.name, &tool.text)) }
                    }
                }
            }
        }
    }
}
