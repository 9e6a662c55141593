mod blocks;
mod extras;
mod fields;
mod finish;
mod media;
mod sampling;
mod schema;
mod thinking;
mod tools;
mod turns;

use crate::ids::Ids;
use extras::Extras;
use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::target::Target;
use crate::unsupported::Unsupported;

/// Most cache markers that one request may carry (Anthropic).
const MARKER_LIMIT: usize = 4;

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let mut writing = Writing::new(prompt, target, names, dropped);
    // Tools stand before the conversation in what a cache holds.
    let tools = writing.tools()?;
    let conversation = writing.conversation()?;
    let mut body = Map::new();
    body.insert("model".to_owned(), target.model.as_str().into());
    let limit = writing.limit(&mut body)?;
    if let Some(system) = conversation.system {
        body.insert("system".to_owned(), system);
    }
    let in_loop = conversation.continues_without_thoughts;
    body.insert("messages".to_owned(), conversation.messages);
    let has_tools = !tools.is_empty();
    if has_tools {
        body.insert("tools".to_owned(), tools.into());
    }
    writing.choice(&mut body, has_tools)?;
    let thinks = writing.thinking(&mut body, limit, in_loop)?;
    writing.sampling(&mut body, thinks)?;
    writing.format(&mut body)?;
    writing.rest(&mut body)?;
    writing.finish(body)
}

/// A request while it is written.
struct Writing<'a> {
    prompt: &'a Prompt,
    target: &'a Target,
    names: &'a Names,
    dropped: &'a mut Dropped,
    extras: Extras<'a>,
    ids: Ids,
    /// How many cache markers have to be left out, the earliest first.
    spare_markers: usize,
}

impl<'a> Writing<'a> {
    fn new(prompt: &'a Prompt, target: &'a Target, names: &'a Names, dropped: &'a mut Dropped) -> Self {
        let native = prompt.client == Some(Protocol::AnthropicMessages);
        let markers = if native { 0 } else { markers(prompt) };
        Self {
            prompt,
            target,
            names,
            dropped,
            extras: if native {
                Extras::new(prompt)
            } else {
                Extras::default()
            },
            ids: Ids::new(target.quirks.call_ids, false),
            spare_markers: markers.saturating_sub(MARKER_LIMIT),
        }
    }

    /// Whether the client speaks this protocol, so that what it wrote is put back as it was.
    fn native(&self) -> bool {
        self.prompt.client == Some(Protocol::AnthropicMessages)
    }

    /// Puts a cache marker on something.
    fn mark(&mut self, value: &mut Value, cache: Option<&str>, at: &str) -> Result<(), Unsupported> {
        let Some(lifetime) = cache else {
            return Ok(());
        };
        if self.target.quirks.refuses("cache_control") {
            return self.dropped.add(format!("{at}.cache_control"));
        }
        if self.spare_markers > 0 {
            self.spare_markers -= 1;
            return self.dropped.add(format!("{at}.cache_control"));
        }
        let mut marker = Map::from_iter([("type".to_owned(), "ephemeral".into())]);
        if self.native() || matches!(lifetime, "5m" | "1h") {
            if !lifetime.is_empty() {
                marker.insert("ttl".to_owned(), lifetime.into());
            }
        } else if !lifetime.is_empty() {
            self.dropped.add(format!("{at}.ttl"))?;
        }
        value["cache_control"] = marker.into();
        Ok(())
    }
}

fn markers(prompt: &Prompt) -> usize {
    let tools = prompt.tools.iter().filter(|tool| tool.cache.is_some()).count();
    let parts = prompt.turns.iter().flat_map(|turn| &turn.parts);
    tools + parts.filter(|part| part.cache.is_some()).count()
}
