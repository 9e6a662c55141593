use std::error::Error;
use std::fmt;

use hermes_text::cli::refusal as words;
use hermes_text::{Both, Lang};

/// A number that is none, or out of its range. It is told in the person's language by whoever finds it as a cause.
#[derive(Debug)]
pub(crate) struct NotBetween(Both);

impl NotBetween {
    /// What it must be.
    pub(crate) fn told(&self, lang: Lang) -> &str {
        self.0.get(lang)
    }
}

impl fmt::Display for NotBetween {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.told(Lang::En))
    }
}

impl Error for NotBetween {}

/// A whole number in a range, both ends included.
pub(crate) fn between(text: &str, low: u32, high: u32) -> Result<u32, NotBetween> {
    let number = text.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| {
        NotBetween(Both::of(|lang| match high {
            u32::MAX => words::not_from(lang, low.into()),
            _ => words::not_between(lang, low.into(), high.into()),
        }))
    })
}
