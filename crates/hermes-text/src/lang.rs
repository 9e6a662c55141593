/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The first language of an `Accept-Language` header that is spoken here; the default without one. Weights are not looked at: browsers
    /// list languages by them.
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .find_map(|range| {
                let tag = range.split(';').next()?.trim().to_ascii_lowercase();
                match tag.split('-').next()? {
                    "en" => Some(Self::En),
                    "zh" => Some(Self::Zh),
                    _ => None,
                }
            })
            .unwrap_or_default()
    }

    /// The language of a tag or of a POSIX locale: `zh`, `zh-CN`, `zh_CN.UTF-8`, `C`. One that is not spoken here becomes the default.
    pub fn of_locale(locale: &str) -> Self {
        let end = locale.find(|one: char| !one.is_ascii_alphabetic());
        let language = &locale[..end.unwrap_or(locale.len())];
        if language.eq_ignore_ascii_case("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The language that the environment of a program asks for: `HERMES_LANG`, else what POSIX looks at for messages. `get` gives a
    /// variable's value, and nothing for one that is empty.
    pub fn of_environment<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        ["HERMES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(get)
            .map_or_else(Self::default, Self::of_locale)
    }

    /// The tag of BCP 47, for `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }
}
