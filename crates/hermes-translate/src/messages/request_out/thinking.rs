use hermes_catalog::ThinkingStyle;
use serde_json::{Map, Value, json};

use super::Writing;
use super::extras::put;
use super::fields::Field;
use crate::prompt::{Amount, Choice, Effort, Thinking};
use crate::proof::{Proof, ProofKind};
use crate::unsupported::Unsupported;

/// The least budget of thinking tokens (Anthropic).
const LEAST_BUDGET: u64 = 1024;

/// Degrees of effort that Anthropic's models take, unless an upstream says otherwise.
const EFFORTS: [Effort; 5] = [
    Effort::Low,
    Effort::Medium,
    Effort::High,
    Effort::XHigh,
    Effort::Max,
];

impl Writing<'_> {
    /// Thoughts of an earlier turn. Without a proof that the upstream itself gave, only those go there that take plain thoughts.
    pub(super) fn thoughts(
        &mut self,
        text: &str,
        proof: Option<&Proof>,
        at: &str,
    ) -> Result<Option<Value>, Unsupported> {
        if let Some(data) = proof.and_then(|proof| self.proof(proof, ProofKind::Redacted)) {
            return Ok(Some(json!({"type": "redacted_thinking", "data": data})));
        }
        if let Some(signature) = proof.and_then(|proof| self.proof(proof, ProofKind::Signature)) {
            return Ok(Some(
                json!({"type": "thinking", "thinking": text, "signature": signature}),
            ));
        }
        if !text.is_empty() && self.target.quirks.thoughts_field.is_some() {
            return Ok(Some(
                json!({"type": "thinking", "thinking": text, "signature": ""}),
            ));
        }
        if !text.is_empty() || proof.is_some() {
            self.dropped.add(at)?;
        }
        Ok(None)
    }

    /// A proof for this upstream. A bare one of a client of this protocol came from where the client was before, which is most often here.
    fn proof<'p>(&self, proof: &'p Proof, kind: ProofKind) -> Option<&'p str> {
        let bare = self.native() && proof.issuer.is_none() && proof.kind == kind;
        let bare = bare.then_some(proof.data.as_str());
        bare.or_else(|| proof.for_issuer(&self.target.issuer, kind))
    }

    /// How much the model is to think, and whether it thinks at all.
    pub(super) fn thinking(
        &mut self,
        body: &mut Map<String, Value>,
        limit: u64,
        in_loop: bool,
    ) -> Result<bool, Unsupported> {
        let Some(thinking) = &self.prompt.thinking else {
            return Ok(false);
        };
        let style = self.target.quirks.thinking;
        if self.native() && keeps(style, thinking.amount) {
            self.as_it_came(body, thinking);
            return Ok(thinking.amount != Amount::Off);
        }
        if thinking.amount == Amount::Off && style != Some(ThinkingStyle::None) {
            body.insert("thinking".to_owned(), json!({"type": "disabled"}));
            return Ok(false);
        }
        if self.forbidden(style, in_loop) {
            self.drop_thinking()?;
            return Ok(false);
        }
        let Some(mut value) = self.told(body, thinking, limit)? else {
            self.drop_thinking()?;
            return Ok(false);
        };
        let shown = thinking.shown.or(thinking.summary.as_ref().map(|_| true));
        if let Some(shown) = shown {
            value["display"] = if shown { "summarized" } else { "omitted" }.into();
        }
        body.insert("thinking".to_owned(), value);
        Ok(true)
    }

    /// How much to think, in the upstream's way; none where it cannot be told.
    fn told(
        &mut self,
        body: &mut Map<String, Value>,
        thinking: &Thinking,
        limit: u64,
    ) -> Result<Option<Value>, Unsupported> {
        match self.target.quirks.thinking.unwrap_or(ThinkingStyle::Effort) {
            ThinkingStyle::Effort => Ok(self.by_effort(body, thinking)),
            ThinkingStyle::Budget => Ok(by_budget(thinking, limit)),
            ThinkingStyle::Switch => {
                if thinking.amount != Amount::Adaptive {
                    self.drop_thinking()?;
                }
                Ok(Some(json!({"type": "enabled"})))
            }
            ThinkingStyle::None => Ok(None),
        }
    }

    fn as_it_came(&self, body: &mut Map<String, Value>, thinking: &Thinking) {
        if let Some(value) = self.prompt.own.get("thinking") {
            body.insert("thinking".to_owned(), value.clone());
        }
        if let Amount::Effort(effort) = thinking.amount {
            let effort = match &self.target.quirks.efforts {
                Some(_) => self.nearest(effort),
                None => effort,
            };
            config(body, "effort", effort.as_str().into());
        }
    }

    /// A call that is forced leaves no room for thoughts; and where budgets are told, thoughts have to come first in the turn that is
    /// continued after results of tools (Anthropic).
    fn forbidden(&self, style: Option<ThinkingStyle>, in_loop: bool) -> bool {
        let forced = match &self.prompt.choice {
            Some(Choice::Any | Choice::Tool { .. }) => true,
            Some(Choice::Allowed { must, .. }) => *must,
            _ => false,
        };
        let plain = self.target.quirks.thoughts_field.is_some();
        let unfinished = in_loop && style == Some(ThinkingStyle::Budget) && !plain;
        (forced && !self.native()) || unfinished
    }

    fn drop_thinking(&mut self) -> Result<(), Unsupported> {
        self.dropped.add(Field::Thinking.at(self.prompt.client))
    }

    fn by_effort(&self, body: &mut Map<String, Value>, thinking: &Thinking) -> Option<Value> {
        let effort = match thinking.amount {
            Amount::Effort(effort) => Some(effort),
            Amount::Budget(tokens) => Some(Effort::of_budget(tokens)),
            Amount::Adaptive => None,
            Amount::Off | Amount::BetweenTools => return None,
        };
        if let Some(effort) = effort {
            config(body, "effort", self.nearest(effort).as_str().into());
        }
        Some(json!({"type": "adaptive"}))
    }

    /// The nearest degree that the upstream takes; of two, the higher one.
    fn nearest(&self, effort: Effort) -> Effort {
        let words = self.target.quirks.efforts.iter().flatten();
        let mut taken: Vec<Effort> = words.filter_map(|word| Effort::of(word)).collect();
        if taken.is_empty() {
            taken = EFFORTS.to_vec();
        }
        let place = |one: Effort| Effort::ALL.iter().position(|other| *other == one).unwrap_or(0);
        let distance = |one: &Effort| (place(*one).abs_diff(place(effort)), place(*one) < place(effort));
        taken.into_iter().min_by_key(distance).unwrap_or(effort)
    }
}

/// Whether what a client of this protocol wrote suits the upstream.
fn keeps(style: Option<ThinkingStyle>, amount: Amount) -> bool {
    match style {
        None => true,
        Some(ThinkingStyle::Effort) => !matches!(amount, Amount::Budget(_)),
        Some(ThinkingStyle::Budget) => matches!(amount, Amount::Budget(_) | Amount::Off),
        Some(ThinkingStyle::Switch | ThinkingStyle::None) => false,
    }
}

/// Thoughts come out of the limit of the answer, so that something has to be left of it.
fn by_budget(thinking: &Thinking, limit: u64) -> Option<Value> {
    let budget = match thinking.amount {
        // What Anthropic does where nothing is said (agentgateway 2026-08).
        Amount::Adaptive => Effort::High.budget(),
        Amount::Effort(effort) => effort.budget(),
        Amount::Budget(tokens) => tokens,
        Amount::Off | Amount::BetweenTools => return None,
    };
    let budget = budget.min(limit.saturating_sub(1));
    (budget >= LEAST_BUDGET).then(|| json!({"type": "enabled", "budget_tokens": budget}))
}

/// Sets a field of `output_config`.
pub(super) fn config(body: &mut Map<String, Value>, field: &str, value: Value) {
    let config = body.entry("output_config").or_insert_with(|| Map::new().into());
    put(config, field, value);
}
