use hermes_text::{Lang, action};
use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A value of one line with a button that copies it. `what` names the value for screen readers.
pub fn copy_field(lang: Lang, what: &str, value: &str) -> Markup {
    html! {
        span class="copy-field" {
            code { (value) }
            (copy_button(lang, what, value))
        }
    }
}

/// Lines of code with a button that copies them.
pub fn snippet(lang: Lang, what: &str, text: &str) -> Markup {
    html! {
        div class="snippet" {
            pre tabindex="0" role="region" aria-label=(what) { code { (text) } }
            (copy_button(lang, what, text))
        }
    }
}

pub(crate) fn copy_button(lang: Lang, what: &str, value: &str) -> Markup {
    html! {
        button type="button" class="button bare icon-only" data-copy=(value) aria-label=(action::copy_this(lang, what))
            title=(action::copy(lang)) { (icon(Icon::Copy)) }
    }
}
