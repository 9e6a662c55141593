//! Gemini's request into the common form.

mod config;
mod join;
mod parts;
mod tools;
mod turns;

use hermes_core::Protocol;
use serde_json::Value;

use super::json::{others, text};
use crate::prompt::{Prompt, Tier};
use crate::read;
use crate::unsupported::Unsupported;

/// Fields of the body that have a place in the common form.
const KNOWN: [&str; 10] = [
    "model",
    "stream",
    "contents",
    "systemInstruction",
    "generationConfig",
    "tools",
    "toolConfig",
    "serviceTier",
    "cachedContent",
    "continuationToken",
];

/// Fields of the body that hold a part of the conversation at the provider.
const NEEDED: [&str; 2] = ["cachedContent", "continuationToken"];

pub(crate) fn read_request(body: &Value) -> Result<Prompt, Unsupported> {
    if !body.is_object() {
        return Err(Unsupported::invalid(
            "contents",
            "is missing: the body is no object",
        ));
    }
    let mut prompt = Prompt {
        client: Some(Protocol::Gemini),
        model: text(body, "model").unwrap_or_default().to_owned(),
        stream: read::flag(body, "stream").unwrap_or_default(),
        // Every stream of Gemini tells of its tokens.
        wants_usage: true,
        tier: text(body, "serviceTier").map(tier),
        others: others(body, &KNOWN, ""),
        ..Prompt::default()
    };
    let besides: Vec<&str> = KNOWN.into_iter().filter(|name| !NEEDED.contains(name)).collect();
    let all = others(body, &besides, "");
    prompt.needs = all
        .into_iter()
        .filter(|one| !prompt.others.contains(one))
        .collect();
    turns::read(body, &mut prompt)?;
    config::read(body, &mut prompt);
    tools::read(body, &mut prompt);
    Ok(prompt)
}

fn tier(word: &str) -> Tier {
    let word = word.to_ascii_lowercase();
    match word.strip_prefix("service_tier_").unwrap_or(&word) {
        "" | "unspecified" => Tier::Auto,
        "standard" => Tier::Standard,
        "priority" => Tier::Priority,
        "flex" => Tier::Flex,
        _ => Tier::Named(word),
    }
}

#[cfg(test)]
mod tests;
