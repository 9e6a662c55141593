//! Which headers go up and which come down.

use hermes_pool::Runtime;
use hermes_wire::{forwards_request_header, named_in_connection, returns_answer_header};
use http::header::{
    ACCEPT, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};

use crate::beta;
use crate::job::Crossing;
use crate::record::Record;

/// The request's id, under each of the names that clients look for.
const REQUEST_IDS: [HeaderName; 3] = [
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-hermes-request-id"),
];
const UPSTREAM_ID: HeaderName = HeaderName::from_static("x-hermes-upstream-request-id");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-hermes-attempts");
const CREDENTIAL: HeaderName = HeaderName::from_static("x-hermes-credential");
const BILLING: HeaderName = HeaderName::from_static("x-hermes-billing");
/// What a translation left out.
pub(crate) const DROPPED: HeaderName = HeaderName::from_static("x-hermes-dropped");
const TRANSLATED: HeaderName = HeaderName::from_static("x-hermes-translated");

/// Headers of a stream of events that the gateway writes.
const STREAM: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "text/event-stream; charset=utf-8"),
    (CACHE_CONTROL, "no-cache"),
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// Parts of header names with which some gateways let a caller choose the upstream; no upstream of ours needs to see them.
const STEERING: [&str; 6] = [
    "base-url",
    "base_url",
    "api-base",
    "api_base",
    "custom-host",
    "upstream-",
];

/// The client's headers as they go upstream, without the credential.
pub(crate) fn upstream(client: &HeaderMap, runtime: &Runtime, agent: &HeaderValue) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(client.len() + runtime.headers.len() + 2);
    let ending = ending(client);
    for (name, value) in client {
        let text = name.as_str();
        let ours = *name == USER_AGENT || text == "anthropic-beta";
        let steers = STEERING.iter().any(|part| text.contains(part));
        if !ours && !steers && forwards_request_header(text) && !ends_here(&ending, text) {
            out.append(name.clone(), value.clone());
        }
    }
    out.insert(USER_AGENT, agent.clone());
    for (name, value) in &runtime.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            out.insert(name, value);
        }
    }
    beta::merge(client, &runtime.betas_removed, &runtime.betas_added, &mut out);
    out
}

/// The headers of a translated request: none of the client's, since they belong to its protocol.
pub(crate) fn translated(streams: bool, runtime: &Runtime, agent: &HeaderValue) -> HeaderMap {
    let mut client = HeaderMap::new();
    client.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let accept = if streams {
        "text/event-stream"
    } else {
        "application/json"
    };
    client.insert(ACCEPT, HeaderValue::from_static(accept));
    upstream(&client, runtime, agent)
}

/// The headers of a translated answer: the upstream's request id, and what was translated.
pub(crate) fn crossed(upstream: &HeaderMap, crossing: &Crossing) -> HeaderMap {
    let mut out = HeaderMap::new();
    for name in ["request-id", "x-request-id"] {
        if let Some(value) = upstream.get(name) {
            out.insert(UPSTREAM_ID, value.clone());
        }
    }
    note_crossing(&mut out, crossing);
    out
}

/// The same for a stream.
pub(crate) fn crossed_stream(upstream: &HeaderMap, crossing: &Crossing) -> HeaderMap {
    let mut out = crossed(upstream, crossing);
    for (name, value) in STREAM {
        out.insert(name, HeaderValue::from_static(value));
    }
    out
}

/// Says that an answer was translated.
pub(crate) fn note_crossing(headers: &mut HeaderMap, crossing: &Crossing) {
    let context = &crossing.context;
    let pair = format!("{}>{}", context.client.letter(), context.upstream.letter());
    if let Ok(pair) = HeaderValue::try_from(pair) {
        headers.insert(TRANSLATED, pair);
    }
}

/// The upstream's headers as they go to the client, and the upstream's request id.
pub(crate) fn downstream(upstream: &HeaderMap) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(upstream.len() + 8);
    let ending = ending(upstream);
    for (name, value) in upstream {
        let text = name.as_str();
        match text {
            "request-id" | "x-request-id" => {
                out.insert(UPSTREAM_ID, value.clone());
            }
            _ if returns_answer_header(text) && !ends_here(&ending, text) => {
                out.append(name.clone(), value.clone());
            }
            _ => {}
        }
    }
    out
}

/// Header names and values that tell the pool of limits and times.
pub(crate) fn told(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// Whether a body is server-sent events.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    let content = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    content
        .trim_start()
        .get(..17)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("text/event-stream"))
}

/// Says on an answer which request it was, what was left out of that, and who served it.
pub(crate) fn stamp(headers: &mut HeaderMap, record: &Record) {
    if let Ok(id) = HeaderValue::try_from(record.id.to_string()) {
        for name in REQUEST_IDS {
            headers.insert(name, id.clone());
        }
    }
    headers.insert(ATTEMPTS, HeaderValue::from(record.attempts));
    let dropped = record.dropped.as_deref();
    if let Some(dropped) = dropped.and_then(|list| HeaderValue::try_from(list).ok()) {
        headers.append(DROPPED, dropped);
    }
    if let Some(label) = record
        .label
        .as_deref()
        .and_then(|label| HeaderValue::try_from(safe(label)).ok())
    {
        headers.insert(CREDENTIAL, label);
    }
    if let Some(billing) = record.billing {
        headers.insert(BILLING, HeaderValue::from_static(billing.as_str()));
    }
}

/// Percent-encodes what a header cannot carry.
pub(crate) fn safe(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if matches!(byte, 0x20..=0x7e) && byte != b'%' {
            out.push(char::from(byte));
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

/// What `Connection` lists.
fn ending(headers: &HeaderMap) -> Vec<&str> {
    let listed = headers.get_all(CONNECTION).iter();
    listed.filter_map(|value| value.to_str().ok()).collect()
}

fn ends_here(ending: &[&str], name: &str) -> bool {
    ending.iter().any(|list| named_in_connection(list, name))
}

#[cfg(test)]
mod tests;
