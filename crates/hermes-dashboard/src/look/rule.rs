use hermes_catalog::{RuleCard, RuleClass};
use hermes_text::{Lang, pages::providers as text};
use maud::{Markup, html};

use super::badge::{Tone, badge};

/// What a login's provider says about use by other programs.
pub fn rule_card(lang: Lang, card: &RuleCard) -> Markup {
    let (tone, class, words) = match card.class {
        RuleClass::Allowed => (Tone::Good, "rule", text::rule_allowed(lang)),
        RuleClass::Tolerated => (Tone::Wait, "rule", text::rule_tolerated(lang)),
        RuleClass::Restricted => (Tone::Bad, "rule strict", text::rule_restricted(lang)),
    };
    html! {
        div class=(class) {
            p class="rule-head" { span { (text::rule_title(lang)) } (badge(tone, words)) }
            p { (card.text.get(lang)) }
            p class="faint" { (text::rule_source(lang, card.source.get(lang), &card.date)) }
        }
    }
}
