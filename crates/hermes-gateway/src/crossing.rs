//! A request whose client speaks another protocol than the credential's provider.

use std::sync::Arc;

use bytes::Bytes;
use hermes_core::{Protocol, ProviderId};
use hermes_pool::Pool;
use hermes_translate::{Issuer, JsonError, Proof, Stamp, Target, Translated, Unsupported};
use http::{Response, StatusCode};
use serde_json::Value;

use crate::endpoint::GeminiPath;
use crate::gateway::Gateway;
use crate::job::{Asked, Call, Crossing, Job};
use crate::record::Record;
use crate::reply::Refusal;
use crate::route::Route;

/// Asks for an error instead of a drop.
const STRICT: &str = "x-hermes-strict";

/// Protocols of upstreams for a client, the one that loses least first.
fn preferred(client: Protocol) -> [Protocol; 4] {
    use Protocol::{AnthropicMessages as A, ChatCompletions as C, Gemini as G, Responses as R};
    match client {
        A => [A, R, C, G],
        C => [C, R, A, G],
        R => [R, A, C, G],
        G => [G, A, R, C],
    }
}

/// The protocol in which a provider is asked: the client's own where the provider speaks it, or where it speaks none, so that the pool
/// says what is wrong.
pub(crate) fn upstream_protocol(pool: &Pool, provider: &ProviderId, client: Protocol) -> Protocol {
    preferred(client)
        .into_iter()
        .find(|protocol| pool.speaks(provider, *protocol))
        .unwrap_or(client)
}

/// Whether a body may go to an upstream of the client's own protocol as it is: not when it holds proofs that were wrapped for the client,
/// which no upstream can read.
pub(crate) fn passes(client: Protocol, upstream: Protocol, body: &[u8]) -> bool {
    client == upstream && !Proof::is_in(body)
}

impl Gateway {
    /// Translates a request. Without `proofs` everything that only its issuer can read is left out.
    pub(crate) fn cross(
        &self,
        asked: &Asked<'_>,
        upstream: Protocol,
        record: &mut Record,
        proofs: bool,
    ) -> Result<(Bytes, Crossing), Refusal> {
        let value = parsed(&asked.body, asked.path.as_ref())?;
        let target = self.target(asked.route, upstream, proofs);
        let stamp = Stamp {
            id: record.id.to_string().replace('-', ""),
            now: u64::try_from(self.parts.clock.now().as_millis() / 1000).unwrap_or_default(),
        };
        let Translated {
            body,
            context,
            dropped,
            streams,
        } = hermes_translate::request(record.protocol, &value, &target, self.is_strict(asked), stamp)
            .map_err(|error| unsupported(&error))?;
        record.tell_dropped(&dropped);
        let crossing = Crossing {
            context: Arc::new(context),
            streams,
        };
        Ok((body.into(), crossing))
    }

    /// The request without proofs of reasoning, once, when the provider refused them: they were minted for another account, or by another
    /// provider. The credential is not at fault.
    pub(crate) fn repaired(
        &self,
        job: &Job<'_>,
        answer: &Response<Bytes>,
        record: &mut Record,
    ) -> Option<Bytes> {
        let refused = job.call == Call::Generate
            && !job.stripped
            && answer.status() == StatusCode::BAD_REQUEST
            && refuses_proofs(answer.body());
        if !refused {
            return None;
        }
        let (body, _) = self.cross(&job.asked, job.protocol, record, false).ok()?;
        (body != job.body).then_some(body)
    }

    /// Whether an error is wanted instead of a drop.
    pub(crate) fn is_strict(&self, asked: &Asked<'_>) -> bool {
        self.parts.strict || asked.headers.get(STRICT).is_some_and(|value| value == "true")
    }

    pub(crate) fn target(&self, route: &Route, protocol: Protocol, proofs: bool) -> Target {
        let row = self.parts.catalog.get(&route.provider);
        let quirks = row
            .map(|row| row.quirks_of(protocol, &route.model))
            .unwrap_or_default();
        let issuer = quirks
            .proofs
            .clone()
            .unwrap_or_else(|| route.provider.as_str().to_owned());
        Target {
            protocol,
            model: route.model.clone(),
            name: row.map_or_else(|| route.provider.to_string(), |row| row.name.clone()),
            issuer: Issuer::new(if proofs { issuer } else { String::new() }),
            quirks,
        }
    }
}

/// What cannot be sent, in the client's words.
pub(crate) fn unsupported(error: &Unsupported) -> Refusal {
    Refusal::new(400, error.code, error.to_string()).at(&error.at)
}

/// Whether an error says that a signature or encrypted reasoning cannot be read (Anthropic, OpenAI, Google, 2026-11).
fn refuses_proofs(body: &[u8]) -> bool {
    const WORDS: [&str; 6] = [
        "signature",
        "encrypted_content",
        "encrypted content",
        "thought_signature",
        "thoughtsignature",
        "thinking block",
    ];
    let said = hermes_wire::read_error(body);
    let text = format!("{} {}", said.code.unwrap_or_default(), said.message).to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// The body as JSON, with what Gemini clients write into their path.
pub(crate) fn parsed(body: &[u8], path: Option<&GeminiPath>) -> Result<Value, Refusal> {
    let mut value = hermes_translate::parse(body).map_err(|error| match error {
        JsonError::Malformed(error) => Refusal::new(
            400,
            "invalid_json",
            format!("the request body is not valid JSON: {error}"),
        ),
        JsonError::TooMany => Refusal::new(413, "request_too_large", format!("the request body is {error}")),
    })?;
    if let (Some(path), Some(fields)) = (path, value.as_object_mut()) {
        fields.insert("model".to_owned(), path.model.as_str().into());
        fields.insert("stream".to_owned(), path.streams.into());
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
