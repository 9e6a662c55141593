//! Limits, sampling, thinking and the form of the answer.

mod thinking;

use hermes_core::Protocol;
use serde_json::{Map, Number, Value, json};

use super::{Job, paths};
use crate::names;
use crate::prompt::{Format, Tier};
use crate::unsupported::Unsupported;

/// Most stop texts (OpenAI).
const MOST_STOPS: usize = 4;

pub(super) fn write(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    limit(job, body)?;
    sampling(job, body)?;
    stop(job, body)?;
    thinking::write(job, body)?;
    if let Some(format) = format(&job.prompt.format) {
        body.insert("response_format".to_owned(), format);
    }
    if let Some(verbosity) = &job.prompt.verbosity {
        body.insert("verbosity".to_owned(), verbosity.as_str().into());
    }
    user(job, body)?;
    service(job, body)?;
    stream(job, body);
    Ok(())
}

fn at(job: &Job<'_>, field: &str) -> String {
    paths::client(job.prompt.client, field)
}

fn limit(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let Some(most) = job.prompt.sampling.max_tokens else {
        return Ok(());
    };
    let names = ["max_completion_tokens", "max_tokens"];
    let own = names.into_iter().find(|name| job.prompt.own.contains_key(*name));
    if most == 0 {
        let at = own.map_or_else(|| at(job, "max_tokens"), str::to_owned);
        return Err(job.refuse(
            &at,
            "a limit of no tokens, which only fills a cache,",
            "Ask for at least one token.",
        ));
    }
    let least = job.target.quirks.limit_least.unwrap_or(0);
    if most < least {
        let at = own.map_or_else(|| at(job, "max_tokens"), str::to_owned);
        job.drop(at)?;
    }
    let name = job.target.quirks.limit_field.as_deref();
    let own = own.filter(|_| job.same);
    let name = name.or(own).unwrap_or("max_tokens");
    body.insert(name.to_owned(), most.max(least).into());
    Ok(())
}

fn sampling(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let sampling = &job.prompt.sampling;
    if let Some(temperature) = &sampling.temperature {
        let value = temperature_within(job, temperature)?;
        body.insert("temperature".to_owned(), value.into());
    }
    if let Some(top_k) = &sampling.top_k {
        if job.same || job.takes("top_k") {
            body.insert("top_k".to_owned(), top_k.clone().into());
        } else {
            job.drop(at(job, "top_k"))?;
        }
    }
    let numbers = [
        ("top_p", &sampling.top_p),
        ("seed", &sampling.seed),
        ("presence_penalty", &sampling.presence_penalty),
        ("frequency_penalty", &sampling.frequency_penalty),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            body.insert(name.to_owned(), number.clone().into());
        }
    }
    if let Some(bias) = &sampling.logit_bias {
        body.insert("logit_bias".to_owned(), bias.clone());
    }
    if sampling.logprobs {
        body.insert("logprobs".to_owned(), true.into());
    }
    for (name, count) in [("top_logprobs", sampling.top_logprobs), ("n", sampling.n)] {
        if let Some(count) = count {
            body.insert(name.to_owned(), count.into());
        }
    }
    Ok(())
}

fn temperature_within(job: &mut Job<'_>, temperature: &Number) -> Result<Number, Unsupported> {
    let most = job.target.quirks.temperature_most;
    let over = most.filter(|most| temperature.as_f64().is_some_and(|value| value > *most));
    match over.and_then(Number::from_f64) {
        Some(most) => {
            job.drop(at(job, "temperature"))?;
            Ok(most)
        }
        None => Ok(temperature.clone()),
    }
}

fn stop(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let stop = &job.prompt.sampling.stop;
    if stop.len() > MOST_STOPS && !job.same {
        return Err(job.refuse(
            &at(job, "stop"),
            "more than four stop texts",
            "Send at most four.",
        ));
    }
    if !stop.is_empty() {
        body.insert("stop".to_owned(), stop.clone().into());
    }
    Ok(())
}

fn format(format: &Format) -> Option<Value> {
    match format {
        Format::Text => None,
        Format::JsonObject => Some(json!({"type": "json_object"})),
        Format::JsonSchema {
            name,
            description,
            schema,
            strict,
        } => {
            let mut inner = Map::new();
            inner.insert(
                "name".to_owned(),
                names::of_schema(name.as_deref(), schema).into(),
            );
            if let Some(description) = description {
                inner.insert("description".to_owned(), description.as_str().into());
            }
            inner.insert("schema".to_owned(), schema.clone());
            if let Some(strict) = strict {
                inner.insert("strict".to_owned(), (*strict).into());
            }
            Some(json!({"type": "json_schema", "json_schema": inner}))
        }
    }
}

/// The user's name goes on where the client meant it for providers in general. Anthropic's holds data of the client's account there.
fn user(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    if job.same {
        for name in ["user", "safety_identifier"] {
            if let Some(value) = job.prompt.own.get(name) {
                body.insert(name.to_owned(), value.clone());
            }
        }
        return Ok(());
    }
    let Some(user) = &job.prompt.user else {
        return Ok(());
    };
    if job.prompt.client == Some(Protocol::AnthropicMessages) {
        return job.drop(user.at.as_str());
    }
    let newer = job.takes("safety_identifier");
    let name = if newer { "safety_identifier" } else { "user" };
    body.insert(name.to_owned(), user.text.as_str().into());
    Ok(())
}

fn service(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let prompt = job.prompt;
    if let Some(key) = &prompt.cache_key {
        body.insert("prompt_cache_key".to_owned(), key.as_str().into());
    }
    if let Some(metadata) = &prompt.metadata {
        body.insert("metadata".to_owned(), metadata.clone().into());
    }
    let word = match &prompt.tier {
        None => return Ok(()),
        Some(Tier::Auto) => "auto",
        Some(Tier::Standard) => "default",
        Some(Tier::Priority) => "priority",
        Some(Tier::Flex) => "flex",
        // Responses has the same words.
        Some(Tier::Named(word)) if job.same || prompt.client == Some(Protocol::Responses) => word,
        Some(Tier::Named(_)) => return job.drop(at(job, "service_tier")),
    };
    body.insert("service_tier".to_owned(), word.into());
    Ok(())
}

/// A stream always ends with usage, since it is counted whether the client asked for it or not.
fn stream(job: &Job<'_>, body: &mut Map<String, Value>) {
    if job.prompt.stream || job.target.quirks.stream_only == Some(true) {
        body.insert("stream".to_owned(), true.into());
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
}
