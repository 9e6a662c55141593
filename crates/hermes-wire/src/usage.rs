use hermes_core::Protocol;
use serde_json::Value;

use crate::json::number;

/// Tokens of one answer, counted the same way for every protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input that no cache served and that was not written to one.
    pub input: u64,
    /// Input read from a cache.
    pub cache_read: u64,
    /// Input written to a cache.
    pub cache_write: u64,
    /// Output, reasoning included.
    pub output: u64,
    /// The part of the output that was reasoning.
    pub reasoning: u64,
}

impl Usage {
    /// All tokens.
    pub fn total(&self) -> u64 {
        [self.input, self.cache_read, self.cache_write, self.output]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// Takes the larger of each count; for answers whose later counts include the earlier ones.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            cache_read: self.cache_read.max(other.cache_read),
            cache_write: self.cache_write.max(other.cache_write),
            output: self.output.max(other.output),
            reasoning: self.reasoning.max(other.reasoning),
        }
    }
}

/// Reads a protocol's `usage` object; none when it holds no count at all.
pub fn usage_of(protocol: Protocol, usage: &Value) -> Option<Usage> {
    match protocol {
        Protocol::AnthropicMessages => messages(usage),
        Protocol::ChatCompletions => inclusive(usage, &CHAT),
        Protocol::Responses => inclusive(usage, &RESPONSES),
        Protocol::Gemini => gemini(usage),
    }
}

fn messages(usage: &Value) -> Option<Usage> {
    let input = number(usage, &["input_tokens"]);
    let output = number(usage, &["output_tokens"]);
    if input.is_none() && output.is_none() {
        return None;
    }
    let count = |path: &[&str]| number(usage, path).unwrap_or(0);
    Some(Usage {
        input: input.unwrap_or(0),
        cache_read: count(&["cache_read_input_tokens"]),
        cache_write: count(&["cache_creation_input_tokens"]),
        output: output.unwrap_or(0),
        reasoning: count(&["output_tokens_details", "thinking_tokens"]),
    })
}

/// The prompt count includes what a cache served, the count of candidates leaves thoughts out.
fn gemini(usage: &Value) -> Option<Usage> {
    let prompt = number(usage, &["promptTokenCount"]);
    let written = number(usage, &["candidatesTokenCount"]);
    let reasoning = number(usage, &["thoughtsTokenCount"]);
    if prompt.is_none() && written.is_none() && reasoning.is_none() {
        return None;
    }
    let prompt = prompt
        .unwrap_or(0)
        .saturating_add(number(usage, &["toolUsePromptTokenCount"]).unwrap_or(0));
    let cache_read = number(usage, &["cachedContentTokenCount"]).unwrap_or(0);
    let reasoning = reasoning.unwrap_or(0);
    Some(Usage {
        input: prompt.checked_sub(cache_read).unwrap_or(prompt),
        cache_read,
        cache_write: 0,
        output: written.unwrap_or(0).saturating_add(reasoning),
        reasoning,
    })
}

/// Where a protocol whose input count includes the cached part keeps its counts.
struct Names {
    input: &'static str,
    output: &'static str,
    input_details: &'static str,
    output_details: &'static str,
}

const CHAT: Names = Names {
    input: "prompt_tokens",
    output: "completion_tokens",
    input_details: "prompt_tokens_details",
    output_details: "completion_tokens_details",
};

const RESPONSES: Names = Names {
    input: "input_tokens",
    output: "output_tokens",
    input_details: "input_tokens_details",
    output_details: "output_tokens_details",
};

fn inclusive(usage: &Value, names: &Names) -> Option<Usage> {
    let all_input = number(usage, &[names.input]);
    let all_output = number(usage, &[names.output]);
    if all_input.is_none() && all_output.is_none() {
        return None;
    }
    let (all_input, mut output) = (all_input.unwrap_or(0), all_output.unwrap_or(0));
    let cache_read = number(usage, &[names.input_details, "cached_tokens"])
        .or_else(|| number(usage, &["cached_tokens"]))
        .or_else(|| number(usage, &["prompt_cache_hit_tokens"]))
        .unwrap_or(0);
    let cache_write = number(usage, &[names.input_details, "cache_write_tokens"]).unwrap_or(0);
    let reasoning = number(usage, &[names.output_details, "reasoning_tokens"]).unwrap_or(0);
    // Some upstreams leave reasoning out of the output count; their total gives it away.
    let total = number(usage, &["total_tokens"]);
    let beside = all_input.saturating_add(output).saturating_add(reasoning);
    if reasoning > 0 && total == Some(beside) {
        output = output.saturating_add(reasoning);
    }
    // Counts that do not fit into the input were counted beside it.
    let cached = cache_read.saturating_add(cache_write);
    Some(Usage {
        input: all_input.checked_sub(cached).unwrap_or(all_input),
        cache_read,
        cache_write,
        output,
        reasoning,
    })
}

#[cfg(test)]
mod tests;
