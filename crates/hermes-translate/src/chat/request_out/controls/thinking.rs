//! How much the model is to think, as each upstream wants to be told.

use hermes_catalog::ThinkingStyle;
use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use super::at;
use crate::chat::request_out::Job;
use crate::prompt::{Amount, Effort, Thinking};
use crate::unsupported::Unsupported;

/// The least budget that is worth being told (agentgateway 2026-08).
const LEAST_BUDGET: u64 = 1024;

/// The ways in which clients of this protocol tell it.
const OWN: [&str; 5] = [
    "reasoning_effort",
    "reasoning",
    "thinking",
    "enable_thinking",
    "thinking_budget",
];

pub(super) fn write(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let style = job.target.quirks.thinking;
    if style.is_none() && job.same {
        for name in OWN {
            if let Some(value) = job.prompt.own.get(name) {
                body.insert(name.to_owned(), value.clone());
            }
        }
        return Ok(());
    }
    let Some(thinking) = &job.prompt.thinking else {
        return Ok(());
    };
    if thinking.summary.is_some() {
        job.drop(match job.prompt.client {
            Some(Protocol::Responses) | None => "reasoning.summary".to_owned(),
            _ => at(job, "reasoning.summary"),
        })?;
    }
    if thinking.amount == Amount::BetweenTools {
        return drop_amount(job);
    }
    match style.unwrap_or(ThinkingStyle::Effort) {
        ThinkingStyle::Effort => effort(job, thinking, body),
        ThinkingStyle::Budget => budget(job, thinking, body),
        ThinkingStyle::Switch => switch(job, thinking, body),
        ThinkingStyle::None => drop_amount(job),
    }
}

fn drop_amount(job: &mut Job<'_>) -> Result<(), Unsupported> {
    if job.same {
        let own = OWN.into_iter().find(|name| job.prompt.own.contains_key(*name));
        return job.drop(own.unwrap_or("reasoning_effort"));
    }
    job.drop(at(job, "reasoning_effort"))
}

fn effort(job: &mut Job<'_>, thinking: &Thinking, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let word = match thinking.amount {
        Amount::Off => return off(job, body),
        Amount::Effort(wanted) => {
            let nearest = nearest(job, wanted);
            if nearest != wanted {
                drop_amount(job)?;
            }
            nearest
        }
        Amount::Budget(tokens) => nearest(job, Effort::of_budget(tokens)),
        // Anthropic's default (agentgateway 2026-08).
        Amount::Adaptive | Amount::BetweenTools => nearest(job, Effort::High),
    };
    body.insert("reasoning_effort".to_owned(), word.as_str().into());
    Ok(())
}

/// `none` is a word of OpenAI's that not every model has.
fn off(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let has = match &job.target.quirks.efforts {
        Some(efforts) => efforts.iter().any(|word| word == "none"),
        None => matches!(
            job.prompt.client,
            Some(Protocol::ChatCompletions | Protocol::Responses) | None
        ),
    };
    if !has {
        return drop_amount(job);
    }
    body.insert("reasoning_effort".to_owned(), "none".into());
    Ok(())
}

/// The degree that is taken and nearest to the one wanted; of two as near, the higher.
fn nearest(job: &Job<'_>, wanted: Effort) -> Effort {
    let taken = job.target.quirks.efforts.iter().flatten();
    let taken: Vec<Effort> = taken.filter_map(|word| Effort::of(word)).collect();
    let place = |one: Effort| Effort::ALL.iter().position(|other| *other == one).unwrap_or(0);
    let found = taken.into_iter().min_by_key(|one| {
        let (one, wanted) = (place(*one), place(wanted));
        (one.abs_diff(wanted), one < wanted)
    });
    found.unwrap_or(wanted)
}

/// OpenRouter's `reasoning`.
fn budget(job: &mut Job<'_>, thinking: &Thinking, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let wanted = match thinking.amount {
        Amount::Off => {
            body.insert("reasoning".to_owned(), json!({"enabled": false}));
            return Ok(());
        }
        Amount::Budget(tokens) => tokens,
        Amount::Effort(effort) => effort.budget(),
        Amount::Adaptive | Amount::BetweenTools => Effort::High.budget(),
    };
    let most = job.prompt.sampling.max_tokens.map(|most| most.saturating_sub(1));
    let tokens = most.map_or(wanted, |most| wanted.min(most));
    if tokens < LEAST_BUDGET {
        return drop_amount(job);
    }
    let mut reasoning = Map::from_iter([("max_tokens".to_owned(), tokens.into())]);
    if thinking.shown == Some(false) {
        reasoning.insert("exclude".to_owned(), true.into());
    }
    body.insert("reasoning".to_owned(), reasoning.into());
    Ok(())
}

/// The switch of Z.ai and Moonshot; models that also have degrees are told the degree.
fn switch(job: &mut Job<'_>, thinking: &Thinking, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let off = thinking.amount == Amount::Off;
    let kind = if off { "disabled" } else { "enabled" };
    let mut switch = Map::new();
    if let Some(Value::Object(own)) = job.prompt.own.get("thinking").filter(|_| job.same) {
        switch.clone_from(own);
    }
    switch.insert("type".to_owned(), kind.into());
    body.insert("thinking".to_owned(), switch.into());
    let told = matches!(thinking.amount, Amount::Effort(_) | Amount::Budget(_));
    if !told {
        return Ok(());
    }
    if job.target.quirks.efforts.is_some() {
        return effort(job, thinking, body);
    }
    drop_amount(job)
}
