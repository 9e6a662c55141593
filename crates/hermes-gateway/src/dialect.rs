//! What is special about an upstream that speaks the client's protocol in a form of its own.

use bytes::Bytes;
use hermes_core::Protocol;
use hermes_translate::narrowed;
use hermes_wire::Withholder;
use serde_json::Value;

use crate::crossing::{parsed, unsupported};
use crate::gateway::Gateway;
use crate::job::Asked;
use crate::record::Record;
use crate::reply::Refusal;
use crate::route::Route;

/// What becomes of a request in its upstream's dialect.
pub(crate) enum Form {
    /// It is taken as it is.
    Fits,
    /// It had to be changed; what comes back passes as it is.
    Changed(Bytes),
    /// The upstream answers with streams only, and the client wants a whole answer: it has to be gathered from one.
    Gathered,
}

impl Gateway {
    /// Whether a route's provider takes a narrower form of a protocol.
    pub(crate) fn is_narrow(&self, route: &Route, protocol: Protocol) -> bool {
        let row = self.parts.catalog.get(&route.provider);
        row.is_some_and(|row| row.is_narrow(protocol, &route.model))
    }

    /// Keeps back what a provider's events say of the account.
    pub(crate) fn withholder(&self, record: &Record, protocol: Protocol) -> Option<Withholder> {
        let row = self.parts.catalog.get(record.provider.as_ref()?)?;
        row.withheld(protocol, &record.model).map(Withholder::new)
    }

    /// Holds a request to what its provider takes. Only these requests are read, though they may pass as they are.
    pub(crate) fn narrow(
        &self,
        asked: &Asked<'_>,
        protocol: Protocol,
        record: &mut Record,
    ) -> Result<Form, Refusal> {
        let value = parsed(&asked.body, asked.path.as_ref())?;
        let target = self.target(asked.route, protocol, true);
        let streams = value.get("stream").and_then(Value::as_bool);
        if target.quirks.stream_only == Some(true) && streams != Some(true) {
            return Ok(Form::Gathered);
        }
        let narrowed =
            narrowed(value, &target, self.is_strict(asked)).map_err(|error| unsupported(&error))?;
        record.tell_dropped(&narrowed.dropped);
        Ok(narrowed
            .body
            .map_or(Form::Fits, |body| Form::Changed(body.into())))
    }
}
