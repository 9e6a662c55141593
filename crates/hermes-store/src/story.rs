//! How a request went, beyond what its row says.

use hermes_core::UnixMs;
use hermes_text::Both;
use serde::{Deserialize, Serialize};

/// Most entries of each list.
const MOST: usize = 16;
/// Longest text, characters.
const LONGEST: usize = 200;

/// How a request went, where there is more to tell than its row holds: a route, credentials that were passed over, calls that
/// failed. No text of prompts or answers. What is stored is bounded: 16 entries a list, 200 characters a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Story {
    /// The model as the client named it, where that is an alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The protocol spoken upstream, where it is not the client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// Credentials that could not serve, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<PassedOver>,
    /// Every call made upstream, if one of them failed or a credential was passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallMade>,
    /// Fields of the request that the protocol spoken upstream has no place for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// A credential that could not serve.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PassedOver {
    /// Its label.
    pub label: String,
    /// Its state, such as `cooling-down`.
    pub state: String,
    /// Why, in words.
    #[serde(with = "hermes_core::both")]
    pub words: Both,
    /// When that ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMs>,
}

/// One call made upstream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallMade {
    /// The credential's label.
    pub label: String,
    /// The answer's status, or the one that an error in its stream stands for; none when no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong, as a short stable name, where the status does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Milliseconds until it was clear how it went.
    pub ms: u32,
    /// What the pool decided: `deliver`, `same-again` or `another`.
    pub then: String,
    /// The credential's state after it.
    pub state: String,
    /// That state in words.
    #[serde(with = "hermes_core::both")]
    pub words: Both,
    /// When that state ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMs>,
}

impl Story {
    /// As the text of a column; none where there is nothing to tell.
    pub(crate) fn to_text(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let story = self.clone().bounded();
        Some(serde_json::to_string(&story).expect("plain data with text keys is valid JSON"))
    }

    fn bounded(mut self) -> Self {
        self.passed.truncate(MOST);
        self.calls.truncate(MOST);
        self.dropped.truncate(MOST);
        let texts = self.asked.iter_mut().chain(&mut self.upstream);
        let texts = texts.chain(&mut self.dropped);
        let passed = self.passed.iter_mut();
        let passed = passed.flat_map(|one| {
            one.words = shortened(&one.words);
            [&mut one.label, &mut one.state]
        });
        let calls = self.calls.iter_mut().flat_map(|one| {
            one.words = shortened(&one.words);
            let texts = [&mut one.label, &mut one.then, &mut one.state];
            texts.into_iter().chain(&mut one.problem)
        });
        for text in texts.chain(passed).chain(calls) {
            if let Some((end, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(end);
            }
        }
        self
    }
}

fn shortened(words: &Both) -> Both {
    Both::of(|lang| words.get(lang).chars().take(LONGEST).collect::<String>())
}
