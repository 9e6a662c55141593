//! Limits, sampling, thinking and the form of the answer.

use serde_json::Value;

use crate::gemini::json::{entry, flag, get, number, others, text, whole};
use crate::gemini::schema::to_json_schema;
use crate::prompt::{Amount, Effort, Format, Other, Prompt, Sampling, Thinking};
use crate::read::path;

const KNOWN: [&str; 17] = [
    "temperature",
    "topP",
    "topK",
    "candidateCount",
    "maxOutputTokens",
    "stopSequences",
    "presencePenalty",
    "frequencyPenalty",
    "seed",
    "responseLogprobs",
    "logprobs",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "thinkingConfig",
    "responseModalities",
    "responseFormat",
];

pub(super) fn read(body: &Value, prompt: &mut Prompt) {
    let Some((at, config)) = entry(body, "generationConfig") else {
        return;
    };
    prompt.sampling = sampling(config);
    prompt.others.extend(others(config, &KNOWN, at));
    modalities(config, at, prompt);
    thinking(config, at, prompt);
    format(config, at, prompt);
}

fn sampling(config: &Value) -> Sampling {
    let stop = match get(config, "stopSequences") {
        Some(Value::Array(texts)) => texts
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    Sampling {
        max_tokens: whole(config, "maxOutputTokens"),
        temperature: number(config, "temperature"),
        top_p: number(config, "topP"),
        top_k: number(config, "topK"),
        stop,
        seed: number(config, "seed"),
        presence_penalty: number(config, "presencePenalty"),
        frequency_penalty: number(config, "frequencyPenalty"),
        logit_bias: None,
        logprobs: flag(config, "responseLogprobs").unwrap_or_default(),
        top_logprobs: whole(config, "logprobs"),
        n: whole(config, "candidateCount"),
    }
}

/// Text alone is what every other protocol answers with; anything else cannot be asked of them.
fn modalities(config: &Value, at: &str, prompt: &mut Prompt) {
    for name in ["responseModalities", "responseFormat"] {
        let Some((name, value)) = entry(config, name) else {
            continue;
        };
        let words = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let only_text = |word: &Value| {
            word.as_str()
                .is_some_and(|word| word.eq_ignore_ascii_case("text"))
        };
        let plain = value.is_array() && words.iter().all(only_text);
        let other = Other {
            at: path(at, name),
            value: value.clone(),
        };
        if plain {
            prompt.own.insert(other.at, other.value);
        } else {
            prompt.needs.push(other);
        }
    }
}

fn thinking(config: &Value, at: &str, prompt: &mut Prompt) {
    let Some((name, value)) = entry(config, "thinkingConfig") else {
        return;
    };
    let at = path(at, name);
    let known = ["includeThoughts", "thinkingBudget", "thinkingLevel"];
    prompt.others.extend(others(value, &known, &at));
    let level = text(value, "thinkingLevel").and_then(|word| Effort::of(&word.to_ascii_lowercase()));
    let amount = match (level, whole(value, "thinkingBudget")) {
        (Some(level), _) => Amount::Effort(level),
        (None, Some(0)) => Amount::Off,
        (None, Some(tokens)) => Amount::Budget(tokens),
        (None, None) => Amount::Adaptive,
    };
    // A negative budget lets the model decide, which some models do not do unasked.
    if amount == Amount::Adaptive
        && let Some((name, budget)) = entry(value, "thinkingBudget")
    {
        let (at, value) = (path(&at, name), budget.clone());
        prompt.own.insert(at, value);
    }
    prompt.thinking = Some(Thinking {
        amount,
        shown: flag(value, "includeThoughts"),
        summary: None,
    });
}

fn format(config: &Value, at: &str, prompt: &mut Prompt) {
    let mime = entry(config, "responseMimeType");
    let schema = get(config, "responseJsonSchema").cloned();
    let schema = schema.or_else(|| get(config, "responseSchema").map(to_json_schema));
    match (mime.and_then(|(_, mime)| mime.as_str()), schema) {
        (None | Some("" | "application/json"), Some(schema)) => {
            let name = schema.get("title").and_then(Value::as_str);
            prompt.format = Format::JsonSchema {
                name: name.filter(|name| fits(name)).map(str::to_owned),
                description: None,
                schema,
                strict: None,
            };
        }
        (Some("application/json"), None) => prompt.format = Format::JsonObject,
        (None | Some("" | "text/plain"), None) => {}
        _ => other_format(config, at, prompt),
    }
}

/// One of a list of words, or another type: Gemini alone knows these.
fn other_format(config: &Value, at: &str, prompt: &mut Prompt) {
    for name in ["responseMimeType", "responseSchema", "responseJsonSchema"] {
        if let Some((name, value)) = entry(config, name) {
            let (at, value) = (path(at, name), value.clone());
            prompt.needs.push(Other { at, value });
        }
    }
}

/// What the name of a schema may be made of (OpenAI).
fn fits(name: &str) -> bool {
    let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(plain)
}
