use serde_json::{Map, Number, Value, json};

use super::Writing;
use super::fields::Field;
use super::schema;
use super::thinking::config;
use crate::prompt::{Format, Tier};
use crate::unsupported::Unsupported;

/// The output limit where the client gives none and the model's own is not known.
const LIMIT: u64 = 4096;

impl Writing<'_> {
    /// The output limit, which has to be there.
    pub(super) fn limit(&mut self, body: &mut Map<String, Value>) -> Result<u64, Unsupported> {
        let quirks = &self.target.quirks;
        let limit = match (self.prompt.sampling.max_tokens, quirks.limit_default) {
            (Some(limit), _) => limit.max(quirks.limit_least.unwrap_or(0)),
            (None, Some(limit)) => limit,
            (None, None) => {
                self.drop(Field::MaxTokens)?;
                LIMIT
            }
        };
        body.insert("max_tokens".to_owned(), limit.into());
        Ok(limit)
    }

    pub(super) fn sampling(
        &mut self,
        body: &mut Map<String, Value>,
        thinks: bool,
    ) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        let sampling = &prompt.sampling;
        let bound = thinks && !self.native();
        let (temperature, top_p) = self.one_of_both()?;
        if let Some(value) = temperature {
            if bound && !is_one(Some(&value)) {
                self.drop(Field::Temperature)?;
            } else {
                let value = self.temperature(value)?;
                body.insert("temperature".to_owned(), value.into());
            }
        }
        if let Some(value) = top_p {
            // With thoughts only 0.95 and more is taken (Anthropic).
            if bound && value.as_f64().is_some_and(|value| value < 0.95) {
                self.drop(Field::TopP)?;
            } else {
                body.insert("top_p".to_owned(), value.into());
            }
        }
        match &sampling.top_k {
            Some(_) if bound => self.drop(Field::TopK)?,
            Some(value) => {
                body.insert("top_k".to_owned(), value.clone().into());
            }
            None => {}
        }
        self.stop(body)?;
        self.without_counterpart()
    }

    /// Temperature and nucleus. Newer models refuse both at once, even where one of them says nothing.
    fn one_of_both(&mut self) -> Result<(Option<Number>, Option<Number>), Unsupported> {
        let sampling = &self.prompt.sampling;
        let (temperature, top_p) = (sampling.temperature.clone(), sampling.top_p.clone());
        if self.native() || temperature.is_none() || top_p.is_none() {
            return Ok((temperature, top_p));
        }
        if is_one(top_p.as_ref()) {
            self.drop(Field::TopP)?;
            return Ok((temperature, None));
        }
        if is_one(temperature.as_ref()) {
            self.drop(Field::Temperature)?;
            return Ok((None, top_p));
        }
        Ok((temperature, top_p))
    }

    fn temperature(&mut self, value: Number) -> Result<Number, Unsupported> {
        let most = self.target.quirks.temperature_most;
        let most = most.or((!self.native()).then_some(1.0));
        match most {
            Some(most) if value.as_f64().is_some_and(|value| value > most) => {
                self.drop(Field::Temperature)?;
                Ok(Number::from_f64(most).unwrap_or(value))
            }
            _ => Ok(value),
        }
    }

    /// Stop texts of white space only are refused (Anthropic).
    fn stop(&mut self, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        let mut stop = Vec::new();
        for text in &prompt.sampling.stop {
            if self.native() || !text.trim().is_empty() {
                stop.push(text.as_str());
            } else {
                self.drop(Field::Stop)?;
            }
        }
        if !stop.is_empty() {
            body.insert("stop_sequences".to_owned(), stop.into());
        }
        Ok(())
    }

    fn without_counterpart(&mut self) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        let sampling = &prompt.sampling;
        if sampling.logprobs {
            let way_out = "Ask without log probabilities.";
            return Err(self.unsupported(Field::Logprobs, "log probabilities", way_out));
        }
        if sampling.n.is_some_and(|answers| answers > 1) {
            let way_out = "Ask once for each answer.";
            return Err(self.unsupported(Field::Answers, "a wish for several answers", way_out));
        }
        let given = [
            (Field::Seed, sampling.seed.is_some()),
            (Field::PresencePenalty, sampling.presence_penalty.is_some()),
            (Field::FrequencyPenalty, sampling.frequency_penalty.is_some()),
            (Field::LogitBias, sampling.logit_bias.is_some()),
            (Field::TopLogprobs, sampling.top_logprobs.is_some()),
            (Field::Verbosity, prompt.verbosity.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            self.drop(field)?;
        }
        Ok(())
    }

    /// The form of the answer.
    pub(super) fn format(&mut self, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        match &prompt.format {
            Format::Text => Ok(()),
            Format::JsonObject if self.target.quirks.takes("emulate_json_object") => {
                self.drop(Field::Format)?;
                ask_for_json(body);
                Ok(())
            }
            Format::JsonObject => {
                let way_out = "Ask for JSON of a schema.";
                Err(self.unsupported(Field::Format, "a wish for any JSON object", way_out))
            }
            Format::JsonSchema {
                name,
                description,
                schema,
                ..
            } => {
                self.unnamed(name.as_deref(), description.is_some(), schema)?;
                let schema = if self.native() {
                    schema.clone()
                } else {
                    schema::of_answer(schema)
                };
                config(body, "format", json!({"type": "json_schema", "schema": schema}));
                Ok(())
            }
        }
    }

    /// A schema has no name here but its own title.
    fn unnamed(&mut self, name: Option<&str>, described: bool, schema: &Value) -> Result<(), Unsupported> {
        let at = Field::Format.at(self.prompt.client);
        let inner = if at == "response_format" {
            ".json_schema"
        } else {
            ""
        };
        let title = schema.get("title").and_then(Value::as_str);
        let named = name.is_some() && name != title;
        for (field, told) in [("name", named), ("description", described)] {
            if told {
                self.dropped.add(format!("{at}{inner}.{field}"))?;
            }
        }
        Ok(())
    }

    /// User, service tier, and whether the answer is streamed; what is left has no counterpart.
    pub(super) fn rest(&mut self, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        if let Some(user) = &prompt.user {
            body.insert("metadata".to_owned(), json!({"user_id": user.text}));
        }
        let tier = match &prompt.tier {
            None => None,
            Some(Tier::Auto) => Some(("service_tier", "auto")),
            Some(Tier::Standard) => Some(("service_tier", "standard_only")),
            Some(Tier::Priority) => Some(("speed", "fast")),
            Some(Tier::Named(name)) if self.native() => Some(("service_tier", name.as_str())),
            Some(Tier::Flex | Tier::Named(_)) => {
                self.drop(Field::Tier)?;
                None
            }
        };
        if let Some((field, value)) = tier {
            body.insert(field.to_owned(), value.into());
        }
        if prompt.stream || self.target.quirks.stream_only == Some(true) {
            body.insert("stream".to_owned(), true.into());
        }
        if prompt.cache_key.is_some() {
            self.dropped.add("prompt_cache_key")?;
        }
        if prompt.metadata.is_some() {
            self.dropped.add("metadata")?;
        }
        if !self.native() {
            for other in &prompt.others {
                self.dropped.add(&other.at)?;
            }
        }
        Ok(())
    }

    fn drop(&mut self, field: Field) -> Result<(), Unsupported> {
        self.dropped.add(field.at(self.prompt.client))
    }

    fn unsupported(&self, field: Field, what: &str, way_out: &str) -> Unsupported {
        Unsupported::new(field.at(self.prompt.client), what, &self.target.name, way_out)
    }
}

fn is_one(value: Option<&Number>) -> bool {
    value
        .and_then(Number::as_f64)
        .is_some_and(|value| (value - 1.0).abs() < f64::EPSILON)
}

/// Asks in words for what the upstream has no field for.
fn ask_for_json(body: &mut Map<String, Value>) {
    const WORDS: &str = "Answer with one JSON object and nothing else.";
    match body.get_mut("system") {
        Some(Value::Array(blocks)) => blocks.push(json!({"type": "text", "text": WORDS})),
        Some(Value::String(text)) => *text = format!("{text}\n\n{WORDS}"),
        _ => {
            body.insert("system".to_owned(), WORDS.into());
        }
    }
}
