//! Recorded traffic of every protocol.

use std::path::PathBuf;

use hermes_core::Protocol;
use serde_json::Value;

fn folder(protocol: Protocol) -> PathBuf {
    let name = match protocol {
        Protocol::AnthropicMessages => "anthropic-messages",
        Protocol::ChatCompletions => "openai-chat",
        Protocol::Responses => "openai-responses",
        Protocol::Gemini => "gemini",
    };
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/recorded")
        .join(name)
}

fn files(protocol: Protocol, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = fs_err::read_dir(folder(protocol))
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((name, fs_err::read(&path).unwrap()))
        })
        .collect();
    found.sort();
    assert!(found.len() > 10, "recordings are missing");
    found
}

/// Whole answers, by case.
pub(super) fn wholes(protocol: Protocol) -> Vec<(String, Value)> {
    let files = files(protocol, ".response.json").into_iter();
    let bodies = files.map(|(name, bytes)| {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        (name, file["body"].clone())
    });
    bodies.filter(|(_, body)| body.is_object()).collect()
}

/// Streams, by case, with plain ends of lines.
pub(super) fn streams(protocol: Protocol) -> Vec<(String, String)> {
    let files = files(protocol, ".response.sse").into_iter();
    files
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap().replace("\r\n", "\n")))
        .collect()
}

/// Requests, by case; those of Gemini with what stands in their path.
pub(super) fn requests(protocol: Protocol) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, bytes) in files(protocol, ".request.json") {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        let mut body = file["body"].clone();
        if protocol == Protocol::Gemini && body.is_object() {
            body["model"] = "model".into();
        }
        if body.is_object() {
            found.push((name, body));
        }
    }
    found
}
