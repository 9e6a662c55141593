use hermes_text::Both;
use serde::{Deserialize, Serialize};

/// A rule card: what a login's provider says about use by third-party programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCard {
    /// How strict the rule is.
    pub class: RuleClass,
    /// The day the rule was read, `YYYY-MM-DD` or `YYYY-MM`.
    pub date: String,
    /// Where it stands.
    #[serde(with = "crate::said")]
    pub source: Both,
    /// The rule in plain words.
    #[serde(with = "crate::said")]
    pub text: Both,
}

/// The class of a rule card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleClass {
    /// Meant for programs like this one.
    Allowed,
    /// Works and is common; the provider says nothing either way.
    Tolerated,
    /// The provider restricts it; a login needs the person's explicit consent.
    Restricted,
}
