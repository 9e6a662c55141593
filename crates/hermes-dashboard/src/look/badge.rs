use maud::{Markup, html};

/// How good a state is. It colours a badge, which always says the state in words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Works.
    Good,
    /// Mends itself.
    Wait,
    /// Needs a person.
    Bad,
    /// Neither good nor bad.
    Quiet,
}

impl Tone {
    /// The class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }
}

/// A dot and a word.
pub fn badge(tone: Tone, words: &str) -> Markup {
    html! {
        span class={ "badge " (tone.class()) } { span class="dot" aria-hidden="true" {} (words) }
    }
}
