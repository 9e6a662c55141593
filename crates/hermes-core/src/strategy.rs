use std::str::FromStr;

use hermes_text::Both;
use hermes_text::errors::comma;
use hermes_text::state::no_strategy;
use serde::{Deserialize, Serialize};

/// How a pool chooses among the credentials that can serve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The first by priority, until it is spent.
    #[default]
    FillFirst,
    /// Each in turn.
    RoundRobin,
    /// The one that has served least.
    LeastUsed,
    /// Any, with equal chances.
    Random,
    /// Each in proportion to its weight.
    Weighted,
}

impl Strategy {
    /// Every strategy, in the order that people are shown.
    pub const ALL: [Self; 5] = [
        Self::FillFirst,
        Self::RoundRobin,
        Self::LeastUsed,
        Self::Random,
        Self::Weighted,
    ];

    /// The word for commands, JSON and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FillFirst => "fill-first",
            Self::RoundRobin => "round-robin",
            Self::LeastUsed => "least-used",
            Self::Random => "random",
            Self::Weighted => "weighted",
        }
    }
}

impl FromStr for Strategy {
    type Err = Both;

    /// Reads the word; `fill_first` and the like are understood too.
    fn from_str(text: &str) -> Result<Self, Both> {
        let word = text.trim().to_ascii_lowercase().replace('_', "-");
        let found = Self::ALL.into_iter().find(|one| one.as_str() == word);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str);
            Both::of(|lang| no_strategy(lang, text, &known.join(comma(lang))))
        })
    }
}
