//! A request on its way up.

use hermes_core::Protocol;
use serde_json::{Map, Value};

use super::{read_request, write_request};
use crate::context::{Context, Stamp};
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::target::Target;
use crate::unsupported::Unsupported;
use crate::{chat, json, responses, schemas};

/// A request for another protocol.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The body for the upstream.
    pub body: Vec<u8>,
    /// For the answer.
    pub context: Context,
    /// What was left out.
    pub dropped: Dropped,
    /// Whether the upstream answers with a stream, whatever the client wants.
    pub streams: bool,
}

/// Translates a request. For Gemini clients `body` also holds `model` and `stream`, which stand in their path.
///
/// # Errors
/// What cannot be sent, with its place in the client's request; with `strict` also what would have to be left out.
pub fn request(
    client: Protocol,
    body: &Value,
    target: &Target,
    strict: bool,
    stamp: Stamp,
) -> Result<Translated, Unsupported> {
    let mut prompt = read_request(client, body)?;
    prompt.client = Some(client);
    if client != target.protocol {
        refuse_elsewhere(client, &prompt, target)?;
    }
    let names = Names::new(&prompt.tools, keeps_custom(target));
    let mut dropped = Dropped::new(strict);
    let rules = target.quirks.schemas.as_deref().unwrap_or_default();
    schemas::fit(&mut prompt, rules, &mut dropped)?;
    let written = write_request(&prompt, target, &names, &mut dropped)?;
    let streams = prompt.stream || target.quirks.stream_only == Some(true);
    // What was read is gone before all of it is written once more.
    let context = context(prompt, target, names, responses::echo(client, body), stamp);
    Ok(Translated {
        body: json::written(&written),
        streams,
        context,
        dropped,
    })
}

/// A request in the upstream's own protocol.
#[derive(Clone, Debug)]
pub struct Narrowed {
    /// The body for the upstream; none where the client's will do.
    pub body: Option<Vec<u8>>,
    /// What was left out.
    pub dropped: Dropped,
}

/// Holds a request to what its upstream takes, where that speaks a dialect of the client's protocol. All else stays as it is.
///
/// # Errors
/// With `strict`, what would have to be left out.
pub fn narrowed(mut body: Value, target: &Target, strict: bool) -> Result<Narrowed, Unsupported> {
    let mut dropped = Dropped::new(strict);
    let changed =
        target.protocol == Protocol::Responses && responses::narrow(&mut body, &target.quirks, &mut dropped)?;
    let body = changed.then(|| {
        body["model"] = target.model.as_str().into();
        json::written(&body)
    });
    Ok(Narrowed { body, dropped })
}

/// Refuses what only the client's own protocol can be asked for.
fn refuse_elsewhere(client: Protocol, prompt: &Prompt, target: &Target) -> Result<(), Unsupported> {
    if let Some(demand) = prompt.needs.first() {
        return Err(Unsupported::demand(&demand.at, &target.name));
    }
    if client == Protocol::ChatCompletions {
        chat::refuse_elsewhere(prompt, target)?;
    }
    Ok(())
}

/// Whether the upstream takes tools of free text.
fn keeps_custom(target: &Target) -> bool {
    match target.protocol {
        Protocol::Responses => !target.quirks.refuses("tools.custom"),
        Protocol::ChatCompletions => target.quirks.takes("custom_tools"),
        Protocol::AnthropicMessages | Protocol::Gemini => false,
    }
}

/// What the answer needs to know of its request.
fn context(prompt: Prompt, target: &Target, names: Names, echo: Map<String, Value>, stamp: Stamp) -> Context {
    // Responses has no stop texts.
    let upstream_stops = target.protocol != Protocol::Responses;
    Context {
        client: prompt.client.unwrap_or(target.protocol),
        upstream: target.protocol,
        model: prompt.model,
        issuer: target.issuer.clone(),
        names,
        stream: prompt.stream,
        wants_usage: prompt.wants_usage,
        wants_thoughts: prompt.thinking.is_none_or(|one| one.shown != Some(false)),
        stops: if upstream_stops {
            Vec::new()
        } else {
            prompt.sampling.stop
        },
        echo,
        stamp,
    }
}
