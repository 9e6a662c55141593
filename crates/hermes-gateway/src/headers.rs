//! Which headers go up and which come down.

use hermes_pool::Runtime;
use hermes_wire::{forwards_request_header, named_in_connection, returns_answer_header};
use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::beta;
use crate::record::Record;

/// Parts of header names with which some gateways let a caller choose the upstream; no upstream of ours needs to see them.
const STEERING: [&str; 4] = ["base-url", "base_url", "custom-host", "upstream-"];

/// The client's headers as they go upstream, without the credential.
pub(crate) fn upstream(client: &HeaderMap, runtime: &Runtime, agent: &HeaderValue) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(client.len() + runtime.headers.len() + 2);
    for (name, value) in client {
        let text = name.as_str();
        let ours = *name == USER_AGENT || text == "anthropic-beta";
        let steers = STEERING.iter().any(|part| text.contains(part));
        if !ours && !steers && forwards_request_header(text) && !ends_here(client, text) {
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

/// The upstream's headers as they go to the client, and the upstream's request id.
pub(crate) fn downstream(upstream: &HeaderMap) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(upstream.len() + 8);
    for (name, value) in upstream {
        let text = name.as_str();
        match text {
            "request-id" | "x-request-id" => {
                out.insert("x-hermes-upstream-request-id", value.clone());
            }
            _ if returns_answer_header(text) && !ends_here(upstream, text) => {
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

/// Says on an answer which request it was and who served it.
pub(crate) fn stamp(headers: &mut HeaderMap, record: &Record) {
    if let Ok(id) = HeaderValue::try_from(record.id.to_string()) {
        headers.insert("request-id", id.clone());
        headers.insert("x-request-id", id.clone());
        headers.insert("x-hermes-request-id", id);
    }
    headers.insert("x-hermes-attempts", HeaderValue::from(record.attempts));
    if let Some(label) = record
        .label
        .as_deref()
        .and_then(|label| HeaderValue::try_from(safe(label)).ok())
    {
        headers.insert("x-hermes-credential", label);
    }
    if let Some(billing) = record.billing {
        headers.insert("x-hermes-billing", HeaderValue::from_static(billing.as_str()));
    }
}

/// Percent-encodes what a header cannot carry.
fn safe(text: &str) -> String {
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

fn ends_here(headers: &HeaderMap, name: &str) -> bool {
    let listed = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok());
    listed.into_iter().any(|list| named_in_connection(list, name))
}

#[cfg(test)]
mod tests;
