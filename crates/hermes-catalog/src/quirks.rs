//! What an upstream does otherwise than its protocol says.

use std::collections::BTreeMap;

use hermes_core::Protocol;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Deviations of an upstream for some of its protocols and models; nothing is said by fields that are not given. Of several rows that
/// fit, a later one wins field by field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Only for these protocols; empty means all.
    pub protocols: Vec<Protocol>,
    /// Only for models whose names fit one of these; a `*` stands for any text. Empty means all.
    pub models: Vec<String>,
    /// Family that mints the proofs of reasoning; the provider's id otherwise.
    pub proofs: Option<String>,
    /// Where instructions may stand.
    pub system: Option<SystemPlace>,
    /// Role of instructions in Chat Completions: `system` or `developer`.
    pub system_role: Option<String>,
    /// Instructions that are sent where the client gives none, for upstreams that refuse to do without.
    pub instructions: Option<String>,
    /// Field of the output limit in Chat Completions: `max_completion_tokens` or `max_tokens`.
    pub limit_field: Option<String>,
    /// The least output limit that is taken.
    pub limit_least: Option<u64>,
    /// The output limit where the protocol demands one and the client gives none.
    pub limit_default: Option<u64>,
    /// How the amount of thinking is told.
    pub thinking: Option<ThinkingStyle>,
    /// Degrees of effort that are taken, the least first; the nearest one is sent.
    pub efforts: Option<Vec<String>>,
    /// The highest temperature.
    pub temperature_most: Option<f64>,
    /// Fields of the upstream's request that it refuses, as dotted paths; they are left out and reported.
    pub refused: Option<Vec<String>>,
    /// Fields beyond the protocol that it takes, such as `top_k` in Chat Completions or `cache_control`.
    pub taken: Option<Vec<String>>,
    /// Fields that are always sent with these values.
    pub set: Option<BTreeMap<String, Value>>,
    /// The field of Chat Completions in which thoughts of earlier turns are sent back, such as `reasoning_content`; with
    /// `reasoning_details` their proofs go along, with `content` they are parts of it (Mistral). in an item of thoughts in Responses
    /// (`content`, `summary`). None means that they are not sent.
    pub thoughts_field: Option<String>,
    /// The `format` of encrypted thoughts in `reasoning_details`; that of Responses otherwise.
    pub thoughts_format: Option<String>,
    /// Whether tools may carry `strict`.
    pub strict_tools: Option<bool>,
    /// What schemas of tools may not hold.
    pub schemas: Option<Vec<SchemaRule>>,
    /// Whether images may be given by address.
    pub image_urls: Option<bool>,
    /// Whether an assistant's turn may stand last, to be continued.
    pub prefill: Option<bool>,
    /// Characters and length that ids of calls must have.
    pub call_ids: Option<CallIds>,
    /// What stands in for a proof of reasoning that a call of a tool must carry and that is missing, as after a change of model.
    pub proof_stand_in: Option<String>,
    /// Whether every answer is a stream.
    pub stream_only: Option<bool>,
    /// Whether requests in the upstream's own protocol are held to these rules as well, where it speaks a dialect that clients of the
    /// protocol do not know. Elsewhere they pass as they are.
    pub narrow: Option<bool>,
    /// A field of its events that says who the account is; clients of its own protocol get null instead of its text.
    pub withheld: Option<String>,
}

/// Where instructions may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SystemPlace {
    /// Anywhere in the conversation.
    Anywhere,
    /// At its beginning only; later ones are moved there.
    First,
}

/// How the amount of thinking is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThinkingStyle {
    /// A degree of effort: `reasoning_effort`, `reasoning.effort`, `output_config.effort` with adaptive thinking, `thinkingLevel`.
    Effort,
    /// A number of tokens: `thinking.budget_tokens`, `thinkingBudget`, `reasoning.max_tokens`.
    Budget,
    /// On or off: `thinking: {"type": "enabled"}` in the body of Chat Completions (Z.ai, Moonshot).
    Switch,
    /// Cannot be told.
    None,
}

/// What schemas of tools may not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemaRule {
    /// Nodes without a type, and types beside `anyOf` (Moonshot).
    TypedNodes,
    /// Values of `enum` with a slash (Responses of xAI).
    NoSlashInEnums,
    /// `pattern` (llama.cpp cannot read escapes in it).
    NoPatterns,
}

/// What ids of calls look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallIds {
    /// Nine letters and digits (older models of Mistral).
    NineAlphanumerics,
}

impl Quirks {
    pub(crate) fn fits(&self, protocol: Protocol, model: &str) -> bool {
        let protocol = self.protocols.is_empty() || self.protocols.contains(&protocol);
        let model = self.models.is_empty() || self.models.iter().any(|pattern| fits(pattern, model));
        protocol && model
    }
}

/// Whether a name fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = name.find(piece) else {
            return false;
        };
        name = &name[at + piece.len()..];
    }
    name.ends_with(last)
}

impl Quirks {
    /// What these say where the others say nothing, and what the others say.
    #[must_use]
    pub(crate) fn under(self, later: &Self) -> Self {
        let later = later.clone();
        Self {
            protocols: Vec::new(),
            models: Vec::new(),
            proofs: later.proofs.or(self.proofs),
            system: later.system.or(self.system),
            system_role: later.system_role.or(self.system_role),
            instructions: later.instructions.or(self.instructions),
            limit_field: later.limit_field.or(self.limit_field),
            limit_least: later.limit_least.or(self.limit_least),
            limit_default: later.limit_default.or(self.limit_default),
            thinking: later.thinking.or(self.thinking),
            efforts: later.efforts.or(self.efforts),
            temperature_most: later.temperature_most.or(self.temperature_most),
            refused: later.refused.or(self.refused),
            taken: later.taken.or(self.taken),
            set: later.set.or(self.set),
            thoughts_field: later.thoughts_field.or(self.thoughts_field),
            thoughts_format: later.thoughts_format.or(self.thoughts_format),
            strict_tools: later.strict_tools.or(self.strict_tools),
            schemas: later.schemas.or(self.schemas),
            image_urls: later.image_urls.or(self.image_urls),
            prefill: later.prefill.or(self.prefill),
            call_ids: later.call_ids.or(self.call_ids),
            proof_stand_in: later.proof_stand_in.or(self.proof_stand_in),
            stream_only: later.stream_only.or(self.stream_only),
            narrow: later.narrow.or(self.narrow),
            withheld: later.withheld.or(self.withheld),
        }
    }

    /// Whether a field of the upstream's request is refused.
    pub fn refuses(&self, field: &str) -> bool {
        self.refused.iter().flatten().any(|one| one == field)
    }

    /// Whether a field beyond the protocol is taken.
    pub fn takes(&self, field: &str) -> bool {
        self.taken.iter().flatten().any(|one| one == field)
    }
}

#[cfg(test)]
mod tests;
