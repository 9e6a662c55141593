//! What is left of a plan, as its provider tells it.

use serde::{Deserialize, Serialize};

use crate::model::Call;

/// Where a provider tells how much of a plan is used. Paths are dotted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The call that tells, made when a person asks.
    pub call: Option<Call>,
    /// Windows in its answer.
    #[serde(default)]
    pub windows: Vec<WindowRule>,
    /// Money in its answer.
    pub balance: Option<BalanceRule>,
    /// Windows in the headers of every answer; their paths are header names in lower case.
    #[serde(default)]
    pub headers: Vec<WindowRule>,
}

/// One window of a plan, or one for each element of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowRule {
    /// How long the window is.
    pub minutes: Option<u32>,
    /// Where the answer says how long it is, in minutes.
    pub minutes_at: Option<String>,
    /// The same in seconds.
    pub seconds_at: Option<String>,
    /// What it counts, where a plan has several windows of a length: a model or kind as its provider writes it.
    pub of: Option<String>,
    /// Where the answer says what it counts.
    pub of_at: Option<String>,
    /// A list; the other paths are then those inside an element of it.
    pub list: Option<String>,
    /// How much of it is used.
    pub share: Share,
    /// When it starts anew: a time in any common form, or seconds from now.
    pub resets: Option<String>,
}

/// How an answer tells the used part of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Share {
    /// Percent used, 0 to 100.
    UsedPercent(String),
    /// Percent left.
    LeftPercent(String),
    /// The used part, 0 to 1.
    UsedFraction(String),
    /// The part left.
    LeftFraction(String),
    /// What is used, of how much.
    Used(String, String),
    /// What is left, of how much.
    Left(String, String),
}

impl Share {
    fn paths(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::UsedPercent(path)
            | Self::LeftPercent(path)
            | Self::UsedFraction(path)
            | Self::LeftFraction(path) => (path, None),
            Self::Used(part, whole) | Self::Left(part, whole) => (part, Some(whole)),
        };
        std::iter::once(first).chain(second).map(String::as_str)
    }
}

/// Money that is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceRule {
    /// A list; the other paths are then those inside its first element.
    pub list: Option<String>,
    /// The amount.
    pub amount: String,
    /// What of it is spent already.
    pub less: Option<String>,
    /// The currency, such as `USD`.
    pub currency: Option<String>,
    /// Where the answer names the currency.
    pub currency_at: Option<String>,
}

impl WindowRule {
    /// The paths it reads with the names of their fields, besides the list's.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let others = [
            ("minutes_at", &self.minutes_at),
            ("seconds_at", &self.seconds_at),
            ("of_at", &self.of_at),
            ("resets", &self.resets),
        ];
        let others = others
            .into_iter()
            .filter_map(|(name, path)| Some((name, path.as_deref()?)));
        self.share.paths().map(|path| ("share", path)).chain(others)
    }
}
