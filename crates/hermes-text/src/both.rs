use std::fmt;
use std::sync::Arc;

use crate::Lang;

/// A text in every language, for whoever says something before it is known to whom. `Display` is the English one, for logs and scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Both(Arc<Texts>);

/// Apart, so that an error which holds several of them stays small.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct Texts {
    en: String,
    zh: String,
}

impl Both {
    /// A text that stands written in each language, such as one of a file.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self(Arc::new(Texts {
            en: en.into(),
            zh: zh.into(),
        }))
    }

    /// Says a message in every language.
    pub fn of<S: Into<String>>(words: impl Fn(Lang) -> S) -> Self {
        Self::new(words(Lang::En), words(Lang::Zh))
    }

    /// A text that reads the same everywhere, such as one that another program wrote.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }

    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.0.en,
            Lang::Zh => &self.0.zh,
        }
    }
}

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get(Lang::En))
    }
}
