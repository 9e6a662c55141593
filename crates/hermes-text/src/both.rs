use crate::Lang;

/// A text in every language, for whoever says something before it is known to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Both {
    en: String,
    zh: String,
}

impl Both {
    /// Says a message in every language.
    pub fn of<S: Into<String>>(words: impl Fn(Lang) -> S) -> Self {
        Self {
            en: words(Lang::En).into(),
            zh: words(Lang::Zh).into(),
        }
    }

    /// A text that reads the same everywhere, such as one that another program wrote.
    pub fn same(text: &str) -> Self {
        Self::of(|_| text)
    }

    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}
