use hermes_text::{Lang, action};
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::prose::prose;

/// Nothing is there yet, with the next step.
pub fn empty(mark: Icon, title: &str, next: &str, act: Option<Markup>) -> Markup {
    html! {
        div class="empty" {
            (icon(mark))
            p class="empty-title" { (title) }
            p { (prose(next)) }
            @if let Some(act) = act { div class="actions" { (act) } }
        }
    }
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What went wrong, one sentence.
    pub message: String,
    /// What a person can do about it.
    pub hint: Option<String>,
}

/// A problem in the place of a whole page.
pub fn problem(lang: Lang, problem: &Problem) -> Markup {
    html! {
        div class="note bad" role="alert" {
            (icon(Icon::Warning))
            div {
                h1 class="note-title" tabindex="-1" { (prose(&problem.message)) }
                @if let Some(hint) = &problem.hint { p { (prose(hint)) } }
                div class="actions" {
                    button type="button" class="button" data-reload { (action::try_again(lang)) }
                }
            }
        }
    }
}
