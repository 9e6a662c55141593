//! The common form into Gemini's request. Model and streaming stand in its path, not in the body.

mod config;
mod contents;
mod media;
mod names;
mod parts;
mod rest;
mod tools;

use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{Prompt, Tier};
use crate::target::Target;
use crate::unsupported::Unsupported;

/// What every step of the writing looks at.
#[derive(Clone, Copy)]
struct Request<'a> {
    prompt: &'a Prompt,
    target: &'a Target,
    names: &'a Names,
}

impl Request<'_> {
    /// Whether the client speaks Gemini too, so that everything of its own goes back where it stood.
    fn own(self) -> bool {
        self.prompt.client == Some(Protocol::Gemini)
    }

    /// A field of the upstream's request as the client knows it.
    fn at(self, field: &str) -> String {
        names::client_field(self.prompt.client, field)
    }

    fn unsupported(self, at: impl Into<String>, what: &str, way_out: &str) -> Unsupported {
        Unsupported::new(at, what, &self.target.name, way_out)
    }
}

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let request = Request {
        prompt,
        target,
        names,
    };
    let mut body = Map::new();
    contents::write(request, &mut body, dropped)?;
    tools::write(request, &mut body, dropped)?;
    config::write(request, &mut body, dropped)?;
    tier(request, &mut body, dropped)?;
    rest::write(request, &mut body, dropped)?;
    Ok(Value::Object(body))
}

fn tier(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let word = match &request.prompt.tier {
        None => return Ok(()),
        // The provider decides when nothing is said.
        Some(Tier::Auto) if !request.own() => return Ok(()),
        Some(Tier::Auto) => "unspecified",
        Some(Tier::Standard) => "standard",
        Some(Tier::Priority) => "priority",
        Some(Tier::Flex) => "flex",
        Some(Tier::Named(word)) if request.own() => word,
        Some(Tier::Named(_)) => return dropped.add(request.at("serviceTier")),
    };
    body.insert("serviceTier".to_owned(), word.into());
    Ok(())
}

#[cfg(test)]
mod tests;
