//! Limits, thinking, the form of the answer.

use serde_json::{Value, json};

use super::Request;
use crate::names;
use crate::prompt::{Amount, Format, Tier};
use crate::read::list;
use crate::responses::request_in::{ENCRYPTED, LOGPROBS};
use crate::unsupported::Unsupported;

/// Fields that mean the same in Chat Completions.
pub(super) const SHARED: &[&str] = &[
    "store",
    "prompt_cache_options",
    "prompt_cache_retention",
    "moderation",
    "safety_identifier",
    "user",
];

impl Request<'_> {
    pub(super) fn controls(&mut self) -> Result<(), Unsupported> {
        self.thinking_control()?;
        self.format()?;
        self.limits()?;
        self.missing()?;
        self.records()?;
        if !self.own {
            // Nobody could ask for a stored answer again.
            self.put("store", "store", false)?;
        }
        self.include()?;
        if self.prompt.stream || self.target.quirks.stream_only == Some(true) {
            self.body.insert("stream".to_owned(), true.into());
        } else if self.own {
            self.body.insert("stream".to_owned(), false.into());
        }
        Ok(())
    }

    /// A client of Responses says itself what its answer is to hold.
    fn include(&mut self) -> Result<(), Unsupported> {
        if self.own {
            return Ok(());
        }
        let mut include = vec![ENCRYPTED];
        if self.prompt.sampling.logprobs {
            include.push(LOGPROBS);
        }
        if !self.target.quirks.refuses("include") {
            self.body.insert("include".to_owned(), json!(include));
        } else if self.prompt.sampling.logprobs {
            self.drop(self.path("logprobs"))?;
        }
        Ok(())
    }

    fn thinking_control(&mut self) -> Result<(), Unsupported> {
        let Some(thinking) = self.prompt.thinking.clone() else {
            return Ok(());
        };
        let quirks = &self.target.quirks;
        if quirks.thinking == Some(hermes_catalog::ThinkingStyle::None)
            || thinking.amount == Amount::BetweenTools
        {
            return self.drop(self.path("reasoning"));
        }
        match thinking.amount {
            Amount::Budget(tokens) if quirks.thinking == Some(hermes_catalog::ThinkingStyle::Budget) => {
                self.put("reasoning.max_tokens", self.path("reasoning.effort"), tokens)?;
            }
            amount => match self.effort(amount) {
                Some(effort) => self.put("reasoning.effort", self.path("reasoning.effort"), effort)?,
                None if matches!(amount, Amount::Adaptive) => {}
                None => self.drop(self.path("reasoning.effort"))?,
            },
        }
        let shown = thinking.amount != Amount::Off
            && match thinking.shown {
                Some(shown) => shown,
                None => self.prompt.client == Some(hermes_core::Protocol::AnthropicMessages),
            };
        if shown {
            let summary = thinking.summary.unwrap_or_else(|| "auto".to_owned());
            self.put("reasoning.summary", self.path("reasoning.summary"), summary)?;
        }
        Ok(())
    }

    fn format(&mut self) -> Result<(), Unsupported> {
        let format = match &self.prompt.format {
            Format::Text => None,
            Format::JsonObject => Some(json!({"type": "json_object"})),
            Format::JsonSchema {
                name,
                description,
                schema,
                strict,
            } => {
                let name = names::of_schema(name.as_deref(), schema);
                let mut format = json!({"type": "json_schema", "name": name, "schema": schema});
                if let Some(description) = description {
                    format["description"] = description.clone().into();
                }
                if let Some(strict) = strict {
                    format["strict"] = (*strict).into();
                }
                Some(format)
            }
        };
        if let Some(format) = format {
            self.put("text.format", self.path("text.format"), format)?;
        }
        if let Some(verbosity) = &self.prompt.verbosity {
            self.put("text.verbosity", self.path("text.verbosity"), verbosity.clone())?;
        }
        Ok(())
    }

    fn limits(&mut self) -> Result<(), Unsupported> {
        let (sampling, quirks) = (&self.prompt.sampling, &self.target.quirks);
        if let Some(most) = sampling.max_tokens {
            let at = self.path("max_output_tokens");
            let least = quirks.limit_least.unwrap_or(0);
            if most < least && !quirks.refuses("max_output_tokens") {
                self.drop(at)?;
            }
            self.put("max_output_tokens", at, most.max(least))?;
        }
        if let Some(temperature) = &sampling.temperature {
            let at = self.path("temperature");
            let most = quirks
                .temperature_most
                .filter(|most| temperature.as_f64() > Some(*most));
            match most.and_then(serde_json::Number::from_f64) {
                Some(most) if !quirks.refuses("temperature") => {
                    self.drop(at)?;
                    self.put("temperature", at, Value::Number(most))?;
                }
                _ => self.put("temperature", at, Value::Number(temperature.clone()))?,
            }
        }
        if let Some(top_p) = &sampling.top_p {
            self.put("top_p", self.path("top_p"), Value::Number(top_p.clone()))?;
        }
        if let Some(most) = sampling.top_logprobs {
            self.put("top_logprobs", self.path("top_logprobs"), most)?;
        }
        Ok(())
    }

    /// What Responses has no field for.
    fn missing(&mut self) -> Result<(), Unsupported> {
        let sampling = &self.prompt.sampling;
        if sampling.n.is_some_and(|n| n > 1) {
            return Err(Unsupported::new(
                self.path("n"),
                "more than one answer",
                &self.target.name,
                "Ask for one answer, or ask several times.",
            ));
        }
        let number = |value: &Option<serde_json::Number>| value.clone().map(Value::Number);
        // Stop texts are watched for on the way back.
        let stop = (!sampling.stop.is_empty()).then(|| json!(sampling.stop));
        let fields = [
            ("top_k", number(&sampling.top_k)),
            ("stop", stop),
            ("seed", number(&sampling.seed)),
            ("presence_penalty", number(&sampling.presence_penalty)),
            ("frequency_penalty", number(&sampling.frequency_penalty)),
            ("logit_bias", sampling.logit_bias.clone()),
        ];
        for (field, value) in fields {
            let Some(value) = value else { continue };
            if self.target.quirks.takes(field) {
                self.put(field, self.path(field), value)?;
            } else {
                self.drop(self.path(field))?;
            }
        }
        Ok(())
    }

    /// What the provider writes down beside the request.
    fn records(&mut self) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        if let Some(user) = &prompt.user {
            let field = match user.at.as_str() {
                "user" if self.openai() && !self.target.quirks.refuses("user") => "user",
                _ => "safety_identifier",
            };
            let text = if self.openai() {
                user.text.clone()
            } else {
                super::user::pseudonym(&user.text, self.target.issuer.as_str())
            };
            self.put(field, &user.at, text)?;
        }
        if let Some(key) = &prompt.cache_key {
            self.put("prompt_cache_key", "prompt_cache_key", key.clone())?;
        }
        if let Some(metadata) = &prompt.metadata {
            self.put("metadata", self.path("metadata"), metadata.clone())?;
        }
        if let Some(tier) = &prompt.tier {
            self.tier(tier)?;
        }
        Ok(())
    }

    fn tier(&mut self, tier: &Tier) -> Result<(), Unsupported> {
        let word = match tier {
            Tier::Auto => "auto",
            Tier::Standard => "default",
            Tier::Priority => "priority",
            Tier::Flex => "flex",
            Tier::Named(word) if self.openai() || word == "fast" || word == "scale" => word,
            Tier::Named(_) => return self.drop(self.path("service_tier")),
        };
        // An upstream may take some of the tiers only: `service_tier.flex` refuses one.
        if self.target.quirks.refuses(&format!("service_tier.{word}")) {
            return self.drop(self.path("service_tier"));
        }
        self.put("service_tier", self.path("service_tier"), word)
    }
}

/// Adds what the client wants to be included.
pub(super) fn include(body: &mut Value, wanted: &Value) {
    let mut all: Vec<Value> = list(body, "include").to_vec();
    for one in wanted.as_array().into_iter().flatten() {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    body["include"] = all.into();
}

/// The degree that is taken and lies nearest, the lesser one of two.
pub(super) fn nearest(wanted: &str, taken: &[String]) -> Option<String> {
    const WORDS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    let rank = |word: &str| WORDS.iter().position(|one| *one == word);
    let wanted = rank(wanted)?;
    let known = taken.iter().filter_map(|word| Some((rank(word)?, word)));
    known
        .min_by_key(|(rank, _)| rank.abs_diff(wanted))
        .map(|(_, word)| word.clone())
}
