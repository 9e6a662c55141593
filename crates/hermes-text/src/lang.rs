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

    /// The tag of BCP 47, for `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }
}
