use hermes_core::UnixMs;
use maud::{Markup, html};

use super::prose::prose;

/// The head of a page.
#[derive(Debug)]
pub struct Head<'a> {
    /// Title, also of the window.
    pub title: &'a str,
    /// One line below it.
    pub lede: Option<&'a str>,
    /// Buttons beside it.
    pub actions: Option<Markup>,
    /// The moment the page shows.
    pub now: UnixMs,
    /// What makes the script load the content again when the event stream says it has changed, separated by spaces:
    /// `credentials`, `logins`, `keys`, `settings`, `requests`.
    pub watch: &'a str,
}

/// The content of a page: what the script puts into the frame.
pub fn page(head: &Head<'_>, content: Markup) -> Markup {
    html! {
        div id="page" class="page" data-title=(head.title) data-now=(head.now.as_millis()) data-watch=(head.watch) {
            header class="page-head" {
                div {
                    h1 tabindex="-1" { (head.title) }
                    @if let Some(lede) = head.lede { p class="lede" { (prose(lede)) } }
                }
                @if let Some(actions) = &head.actions { div class="actions" { (actions) } }
            }
            (content)
        }
    }
}
