use maud::{Markup, html};

/// A sentence in which commands and values stand between backticks.
pub fn prose(text: &str) -> Markup {
    // A backtick without its partner is one of the sentence.
    if !text.matches('`').count().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place.is_multiple_of(2) { (part) } @else { code { (part) } }
        }
    }
}
