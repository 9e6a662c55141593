//! A request for an upstream of Responses.

mod content;
mod controls;
mod items;
mod paths;
mod system;
mod tools;
mod user;

use std::collections::{HashMap, HashSet};

use hermes_core::Protocol;
use serde_json::{Map, Value};

use self::items::item_of;
use super::fields::{self, set, take};
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{Amount, Effort, Other, PartKind, Prompt};
use crate::target::Target;
use crate::unsupported::Unsupported;

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let mut request = Request {
        prompt,
        target,
        names,
        dropped,
        own: prompt.client == Some(Protocol::Responses),
        body: Map::new(),
    };
    request
        .body
        .insert("model".to_owned(), target.model.clone().into());
    request.instructions()?;
    let items = request.items()?;
    request.tools()?;
    request.controls()?;
    let others = request.others()?;
    let mut body = Value::Object(std::mem::take(&mut request.body));
    request.put_back(&mut body, items, others)?;
    request.refused(&mut body)?;
    for (path, value) in target.quirks.set.iter().flatten() {
        set(&mut body, path, value.clone());
    }
    Ok(body)
}

/// A request that is being written.
struct Request<'a> {
    prompt: &'a Prompt,
    target: &'a Target,
    names: &'a Names,
    dropped: &'a mut Dropped,
    /// Whether the client speaks Responses as well.
    own: bool,
    body: Map<String, Value>,
}

/// An item, with the place of the client's request that it was made of.
struct Item {
    at: String,
    value: Value,
}

impl Request<'_> {
    /// Sets a field, unless the upstream refuses it; `at` is its place in the client's request.
    fn put(&mut self, field: &str, at: &str, value: impl Into<Value>) -> Result<(), Unsupported> {
        if self.target.quirks.refuses(field) {
            return self.dropped.add(at);
        }
        set_in(&mut self.body, field, value.into());
        Ok(())
    }

    fn drop(&mut self, at: impl Into<String>) -> Result<(), Unsupported> {
        self.dropped.add(at)
    }

    /// The client's name of a field.
    fn path(&self, field: &'static str) -> &'static str {
        paths::path(self.prompt.client, field)
    }

    /// Whether the fields of the client have the names and meanings of OpenAI.
    fn openai(&self) -> bool {
        matches!(
            self.prompt.client,
            Some(Protocol::Responses | Protocol::ChatCompletions)
        )
    }

    /// Fields of the client's protocol alone: those of this protocol go on, the others are named. Beside each, whether nobody misses it
    /// where it cannot be put back.
    fn others(&mut self) -> Result<Vec<(Other, bool)>, Unsupported> {
        let prompt = self.prompt;
        let refused = |one: &&Other| self.target.quirks.refuses(&one.at);
        if let Some(demand) = prompt.needs.iter().find(refused) {
            return Err(Unsupported::demand(&demand.at, &self.target.name));
        }
        let mut kept = Vec::new();
        for other in &prompt.others {
            if self.own || (self.openai() && controls::SHARED.contains(&other.at.as_str())) {
                kept.push((other.clone(), false));
            } else {
                self.drop(other.at.clone())?;
            }
        }
        if self.own {
            let demands = prompt.needs.iter().filter(|one| !one.at.starts_with("input["));
            kept.extend(demands.map(|one| (one.clone(), false)));
            let own = prompt.own.iter().map(|(at, value)| Other {
                at: at.clone(),
                value: value.clone(),
            });
            kept.extend(own.map(|one| (one, true)));
        }
        Ok(kept)
    }

    /// Puts fields back to where they stood.
    fn put_back(
        &mut self,
        body: &mut Value,
        mut items: Vec<Item>,
        others: Vec<(Other, bool)>,
    ) -> Result<(), Unsupported> {
        let ids = self.ids_hold(&items);
        let numbered = items.iter().enumerate();
        let places: HashMap<String, usize> =
            numbered.map(|(number, item)| (item.at.clone(), number)).collect();
        for (Other { at, value }, quiet) in others {
            let done = if at.starts_with("input[") {
                let (place, field) = at.split_at(item_of(&at).len());
                match (places.get(place), field.strip_prefix('.')) {
                    (Some(_), Some("id")) if !ids => true,
                    (Some(number), Some(field)) => fields::replace(&mut items[*number].value, field, value),
                    _ => false,
                }
            } else if at.starts_with("tools[") {
                self.namespaced(body, &at, value)
            } else if at == "include" {
                controls::include(body, &value);
                true
            } else {
                set(body, &at, value);
                true
            };
            if !done && !quiet {
                self.drop(at)?;
            }
        }
        body["input"] = items.into_iter().map(|item| item.value).collect();
        Ok(())
    }

    /// Whether items may keep the ids that their provider gave them: it misses thoughts that are not there any more beside items that
    /// it knows by their ids. A connection that has gone makes ids worthless, too (GitHub Copilot).
    fn ids_hold(&self, items: &[Item]) -> bool {
        let written: HashSet<&str> = items.iter().map(|item| item.at.as_str()).collect();
        let mut parts = self.prompt.turns.iter().flat_map(|turn| &turn.parts);
        !self.target.quirks.refuses("input.id")
            && parts.all(|part| {
                !matches!(part.kind, PartKind::Thinking { .. }) || written.contains(part.at.as_str())
            })
    }

    /// A field of a namespace of tools.
    fn namespaced(&self, body: &mut Value, at: &str, value: Value) -> bool {
        let Some((at, field)) = at.split_once("].") else {
            return false;
        };
        let inside = format!("{at}].tools[");
        let tools = self.prompt.tools.iter();
        let Some(namespace) = tools
            .filter(|tool| tool.at.starts_with(&inside))
            .find_map(|tool| tool.namespace.as_deref())
        else {
            return false;
        };
        let written = body.get_mut("tools").and_then(Value::as_array_mut);
        let found = written.into_iter().flatten().find(|tool| {
            tool.get("type").is_some_and(|kind| kind == "namespace")
                && tool.get("name").is_some_and(|name| name == namespace)
        });
        match found {
            Some(tool) => {
                tool[field] = value;
                true
            }
            None => false,
        }
    }

    /// What the upstream refuses and nothing above has left out.
    fn refused(&mut self, body: &mut Value) -> Result<(), Unsupported> {
        for path in self.target.quirks.refused.iter().flatten() {
            if take(body, path) {
                let quiet = self.prompt.own.contains_key(path);
                if !quiet {
                    self.dropped.add(path.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The word for an amount of thinking; none where nothing is to be said.
    fn effort(&self, amount: Amount) -> Option<String> {
        let wanted = match amount {
            Amount::Off => "none",
            Amount::Effort(effort) => effort.as_str(),
            Amount::Budget(tokens) => Effort::of_budget(tokens).as_str(),
            // Anthropic's own default of adaptive thinking (agentgateway 2026-08), and what a bare switch of Chat Completions stands for.
            Amount::Adaptive
                if matches!(
                    self.prompt.client,
                    Some(Protocol::AnthropicMessages | Protocol::ChatCompletions)
                ) =>
            {
                "high"
            }
            Amount::Adaptive | Amount::BetweenTools => return None,
        };
        let Some(taken) = &self.target.quirks.efforts else {
            return Some(wanted.to_owned());
        };
        controls::nearest(wanted, taken)
    }
}

fn set_in(body: &mut Map<String, Value>, field: &str, value: Value) {
    let mut whole = Value::Object(std::mem::take(body));
    set(&mut whole, field, value);
    if let Value::Object(fields) = whole {
        *body = fields;
    }
}

#[cfg(test)]
mod tests;
