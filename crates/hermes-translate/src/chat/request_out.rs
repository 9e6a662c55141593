//! A request for an upstream.

mod content;
mod controls;
mod extras;
mod last;
mod paths;
mod results;
mod thoughts;
mod tools;
mod turns;

use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::target::Target;
use crate::unsupported::Unsupported;
use extras::Extras;

/// What every part of the writer needs.
struct Job<'a> {
    prompt: &'a Prompt,
    target: &'a Target,
    names: &'a Names,
    dropped: &'a mut Dropped,
    /// Whether the client speaks the same protocol, so that what it wrote beyond the common form can be put back.
    same: bool,
    extras: Extras<'a>,
}

impl Job<'_> {
    fn drop(&mut self, at: impl Into<String>) -> Result<(), Unsupported> {
        self.dropped.add(at)
    }

    /// A refusal of what has no counterpart.
    fn refuse(&self, at: &str, what: &str, way_out: &str) -> Unsupported {
        Unsupported::new(at, what, &self.target.name, way_out)
    }

    fn takes(&self, field: &str) -> bool {
        self.target.quirks.takes(field)
    }

    /// Whether tools of free text go as what they are.
    fn keeps_custom(&self) -> bool {
        self.same || self.takes("custom_tools")
    }
}

/// Writes a request.
///
/// # Errors
/// Something in it has no counterpart, or would have to be left out where nothing may be.
pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let same = prompt.client == Some(Protocol::ChatCompletions);
    let mut job = Job {
        prompt,
        target,
        names,
        dropped,
        same,
        extras: Extras::new(prompt, same),
    };
    let mut body = Map::new();
    body.insert("model".to_owned(), target.model.as_str().into());
    body.insert("messages".to_owned(), turns::write(&mut job)?.into());
    tools::write(&mut job, &mut body)?;
    controls::write(&mut job, &mut body)?;
    last::write(&mut job, &mut body)?;
    Ok(Value::Object(body))
}

#[cfg(test)]
mod tests;
