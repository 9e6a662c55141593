//! Limits, sampling, thinking and the form of the answer.

use serde_json::Value;

use super::fields::Fields;
use crate::prompt::{Amount, Effort, Format, Named, Prompt, Sampling, Thinking, Tier};
use crate::read;

pub(super) fn read(fields: &mut Fields<'_>, prompt: &mut Prompt) {
    prompt.sampling = sampling(fields);
    prompt.thinking = thinking(fields);
    prompt.format = format(fields);
    prompt.verbosity = fields.text("verbosity");
    prompt.wants_usage = fields
        .body
        .get("stream_options")
        .and_then(|options| read::flag(options, "include_usage"))
        .unwrap_or(false);
    fields.inner("stream_options", &["include_usage"]);
    prompt.user = user(fields);
    prompt.cache_key = fields.text("prompt_cache_key");
    prompt.tier = fields.text("service_tier").map(tier);
    prompt.metadata = fields.take("metadata", |body, name| body.get(name)?.as_object().cloned());
}

fn sampling(fields: &mut Fields<'_>) -> Sampling {
    let newer = fields.whole("max_completion_tokens");
    let older = fields.whole("max_tokens");
    Sampling {
        max_tokens: newer.or(older),
        temperature: fields.number("temperature"),
        top_p: fields.number("top_p"),
        top_k: fields.number("top_k"),
        stop: fields.take("stop", stop).unwrap_or_default(),
        seed: fields.number("seed"),
        presence_penalty: fields.number("presence_penalty"),
        frequency_penalty: fields.number("frequency_penalty"),
        logit_bias: fields.take("logit_bias", |body, name| {
            body.get(name).filter(|value| value.is_object()).cloned()
        }),
        logprobs: fields.flag("logprobs").unwrap_or(false),
        top_logprobs: fields.whole("top_logprobs"),
        n: fields.whole("n"),
    }
}

/// One text, or a list of them.
fn stop(body: &Value, name: &str) -> Option<Vec<String>> {
    match body.get(name)? {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// `reasoning_effort`, OpenRouter's `reasoning`, the switch of Z.ai, DeepSeek and Moonshot, and that of Alibaba.
fn thinking(fields: &mut Fields<'_>) -> Option<Thinking> {
    let effort = fields.take("reasoning_effort", word);
    let reasoning = fields.take("reasoning", |body, name| {
        body.get(name).filter(|one| one.is_object())
    });
    let switch = fields.take("thinking", |body, name| {
        body.get(name).filter(|one| one.is_object())
    });
    let enabled = fields.flag("enable_thinking");
    let budget = fields.whole("thinking_budget");
    fields.inner(
        "reasoning",
        &["effort", "max_tokens", "exclude", "enabled", "summary"],
    );
    fields.inner("thinking", &["type", "budget_tokens"]);
    let inner = |name: &str| reasoning.and_then(|one| read::given(one, name));
    let kind = switch.and_then(|one| read::text(one, "type"));
    let off =
        kind == Some("disabled") || enabled == Some(false) || inner("enabled") == Some(&Value::Bool(false));
    let effort = effort.or_else(|| word(reasoning?, "effort"));
    let budget = reasoning
        .and_then(|one| read::whole(one, "max_tokens"))
        .or_else(|| read::whole(switch?, "budget_tokens"))
        .or(budget);
    let on = reasoning.is_some() || kind.is_some() || enabled == Some(true);
    Some(Thinking {
        amount: amount((on, off), effort, budget)?,
        shown: inner("exclude").and_then(Value::as_bool).map(|hidden| !hidden),
        summary: inner("summary").and_then(Value::as_str).map(str::to_owned),
    })
}

/// How much is thought, of the switch, the degree and the budget; none where nothing was said.
fn amount((on, off): (bool, bool), effort: Option<&str>, budget: Option<u64>) -> Option<Amount> {
    Some(match (off, effort, budget) {
        (true, ..) | (false, Some("none"), _) => Amount::Off,
        (false, Some(word), budget) => {
            Effort::of(word).map_or_else(|| budget.map_or(Amount::Adaptive, Amount::Budget), Amount::Effort)
        }
        (false, None, Some(budget)) => Amount::Budget(budget),
        (false, None, None) if on => Amount::Adaptive,
        (false, None, None) => return None,
    })
}

fn word<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    read::said(value, name)
}

fn format(fields: &mut Fields<'_>) -> Format {
    let format = fields.take("response_format", |body, name| {
        let value = body.get(name)?;
        match read::text(value, "type")? {
            "text" => Some(Format::Text),
            "json_object" => Some(Format::JsonObject),
            "json_schema" => schema(value.get("json_schema")?),
            _ => None,
        }
    });
    if let Some(Format::JsonSchema { .. }) = format {
        fields.below(
            "response_format",
            "json_schema",
            &["name", "description", "schema", "strict"],
        );
    }
    format.unwrap_or_default()
}

fn schema(value: &Value) -> Option<Format> {
    Some(Format::JsonSchema {
        name: read::said(value, "name").map(str::to_owned),
        description: read::said(value, "description").map(str::to_owned),
        schema: value.get("schema").filter(|schema| schema.is_object())?.clone(),
        strict: read::flag(value, "strict"),
    })
}

/// `safety_identifier`, or `user`, which it replaces.
fn user(fields: &mut Fields<'_>) -> Option<Named> {
    let newer = fields
        .text("safety_identifier")
        .map(|text| ("safety_identifier", text));
    let older = fields.text("user").map(|text| ("user", text));
    newer.or(older).map(|(at, text)| Named {
        at: at.to_owned(),
        text,
    })
}

fn tier(word: String) -> Tier {
    match word.as_str() {
        "auto" => Tier::Auto,
        "default" => Tier::Standard,
        "priority" => Tier::Priority,
        "flex" => Tier::Flex,
        _ => Tier::Named(word),
    }
}
