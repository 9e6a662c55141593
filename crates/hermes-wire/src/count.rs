use hermes_core::Protocol;
use serde_json::{Value, json};

/// Characters of a token, about, in English and code.
const CHARACTERS: usize = 4;
/// Tokens of an image, about: what Anthropic counts for one of 1000 by 1000 pixels.
const IMAGE: u64 = 1_334;
/// A text without spaces that is longer than this is the bytes of a medium rather than words.
const MEDIUM: usize = 2_048;

/// About how many tokens a request has, for upstreams that do not count: four characters of its texts and tools make a token.
///
/// A body that cannot be read counts by its length.
pub fn estimate(body: &[u8]) -> u64 {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return tokens(body.len());
    };
    let mut sum = Sum::default();
    sum.add(&value);
    tokens(sum.characters).saturating_add(sum.media * IMAGE)
}

/// The answer of a token count in a protocol's shape.
pub fn counted(protocol: Protocol, tokens: u64) -> Vec<u8> {
    let body = match protocol {
        Protocol::AnthropicMessages => json!({ "input_tokens": tokens }),
        Protocol::Responses | Protocol::ChatCompletions => {
            json!({ "object": "response.input_tokens", "input_tokens": tokens })
        }
        Protocol::Gemini => json!({ "totalTokens": tokens }),
    };
    body.to_string().into_bytes()
}

#[derive(Default)]
struct Sum {
    characters: usize,
    media: u64,
}

impl Sum {
    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) if is_medium(text) => self.media += 1,
            Value::String(text) => self.characters += text.chars().count(),
            Value::Array(list) => list.iter().for_each(|one| self.add(one)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.characters += name.len();
                    self.add(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => self.characters += CHARACTERS,
        }
    }
}

fn is_medium(text: &str) -> bool {
    text.starts_with("data:")
        || (text.len() > MEDIUM && !text.bytes().take(MEDIUM).any(|byte| byte.is_ascii_whitespace()))
}

fn tokens(characters: usize) -> u64 {
    u64::try_from(characters.div_ceil(CHARACTERS)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
