use maud::{Markup, html};

/// Words from below, which begin small since the terminal puts something before them, as a sentence of its own.
pub(crate) fn sentence(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(char::to_uppercase);
    let end = if words.ends_with(['.', '?', '!', '…', '。']) {
        ""
    } else {
        "."
    };
    first
        .into_iter()
        .flatten()
        .chain(rest)
        .chain(end.chars())
        .collect()
}

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
