//! Limits, thinking, the form of the answer.

use serde_json::Value;

use crate::prompt::{Amount, Effort, Format, Named, Other, Prompt, Sampling, Thinking, Tier};
use crate::read::{flag, given, list, number, others, path, said, text, whole};
use crate::unsupported::Unsupported;

/// What an answer is always asked to hold.
pub(crate) const ENCRYPTED: &str = "reasoning.encrypted_content";
/// How the likelihood of tokens is asked for.
pub(crate) const LOGPROBS: &str = "message.output_text.logprobs";

pub(super) fn read(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    prompt.sampling = Sampling {
        max_tokens: whole(body, "max_output_tokens"),
        temperature: number(body, "temperature"),
        top_p: number(body, "top_p"),
        logprobs: list(body, "include").iter().any(|one| one == LOGPROBS),
        top_logprobs: whole(body, "top_logprobs"),
        ..Sampling::default()
    };
    reasoning(body, prompt);
    form(body, prompt)?;
    prompt.metadata = body.get("metadata").and_then(Value::as_object).cloned();
    prompt.cache_key = said(body, "prompt_cache_key").map(str::to_owned);
    prompt.tier = said(body, "service_tier").map(tier);
    user(body, prompt);
    Ok(())
}

/// Whether `include` names nothing but what is asked for anyway or has a place of its own.
pub(super) fn asks_for_the_usual(include: &Value) -> bool {
    let usual = |one: &Value| one == ENCRYPTED || one == LOGPROBS;
    include.as_array().is_some_and(|all| all.iter().all(usual))
}

fn reasoning(body: &Value, prompt: &mut Prompt) {
    let Some(reasoning) = given(body, "reasoning") else {
        return;
    };
    let word = said(reasoning, "effort");
    let amount = match word {
        Some("none") => Amount::Off,
        Some(word) => Effort::of(word).map_or(Amount::Adaptive, Amount::Effort),
        None => Amount::Adaptive,
    };
    if let Some(word) = word
        && amount == Amount::Adaptive
    {
        prompt.others.push(Other {
            at: "reasoning.effort".to_owned(),
            value: word.into(),
        });
    }
    let summary = said(reasoning, "summary").or_else(|| said(reasoning, "generate_summary"));
    prompt.thinking = Some(Thinking {
        amount,
        shown: summary.map(|_| true),
        summary: summary.map(str::to_owned),
    });
    let known = ["effort", "summary", "generate_summary"];
    prompt.others.extend(others(reasoning, &known, "reasoning"));
}

fn form(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    let Some(text_config) = given(body, "text") else {
        return Ok(());
    };
    prompt.verbosity = said(text_config, "verbosity").map(str::to_owned);
    let known = ["format", "verbosity"];
    prompt.others.extend(others(text_config, &known, "text"));
    let Some(format) = given(text_config, "format") else {
        return Ok(());
    };
    let at = "text.format";
    prompt.format = match text(format, "type") {
        None | Some("text") => Format::Text,
        Some("json_object") => Format::JsonObject,
        Some("json_schema") => Format::JsonSchema {
            name: said(format, "name").map(str::to_owned),
            description: said(format, "description").map(str::to_owned),
            schema: given(format, "schema")
                .cloned()
                .ok_or_else(|| Unsupported::invalid(path(at, "schema"), "is missing"))?,
            strict: flag(format, "strict"),
        },
        Some(_) => {
            prompt.others.push(Other {
                at: at.to_owned(),
                value: format.clone(),
            });
            return Ok(());
        }
    };
    let known = ["type", "name", "description", "schema", "strict"];
    prompt.others.extend(others(format, &known, at));
    Ok(())
}

fn tier(word: &str) -> Tier {
    match word {
        "auto" => Tier::Auto,
        "default" => Tier::Standard,
        "priority" => Tier::Priority,
        "flex" => Tier::Flex,
        other => Tier::Named(other.to_owned()),
    }
}

/// The newer name of the user's id wins over the older one.
fn user(body: &Value, prompt: &mut Prompt) {
    for field in ["safety_identifier", "user"] {
        let Some(value) = said(body, field) else {
            continue;
        };
        if prompt.user.is_none() {
            prompt.user = Some(Named {
                at: field.to_owned(),
                text: value.to_owned(),
            });
        } else {
            prompt.others.push(Other {
                at: field.to_owned(),
                value: value.into(),
            });
        }
    }
}
