//! Recorded traffic of every protocol.

use std::path::PathBuf;
use std::sync::OnceLock;

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

/// What was recorded of a protocol; read once.
struct Recorded {
    wholes: Vec<(String, Value)>,
    streams: Vec<(String, String)>,
    requests: Vec<(String, Value)>,
}

fn recorded(protocol: Protocol) -> &'static Recorded {
    static ALL: [OnceLock<Recorded>; 4] = [const { OnceLock::new() }; 4];
    let place = Protocol::ALL.iter().position(|one| *one == protocol).unwrap();
    ALL[place].get_or_init(|| Recorded {
        wholes: bodies(protocol, ".response.json"),
        streams: files(protocol, ".response.sse")
            .into_iter()
            .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap().replace("\r\n", "\n")))
            .collect(),
        requests: requests_of(protocol),
    })
}

fn bodies(protocol: Protocol, ending: &str) -> Vec<(String, Value)> {
    let files = files(protocol, ending).into_iter();
    let bodies = files.map(|(name, bytes)| {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        (name, file["body"].clone())
    });
    bodies.filter(|(_, body)| body.is_object()).collect()
}

fn requests_of(protocol: Protocol) -> Vec<(String, Value)> {
    let mut bodies = bodies(protocol, ".request.json");
    if protocol == Protocol::Gemini {
        for (_, body) in &mut bodies {
            body["model"] = "model".into();
        }
    }
    bodies
}

/// Whole answers, by case.
pub(super) fn wholes(protocol: Protocol) -> &'static [(String, Value)] {
    &recorded(protocol).wholes
}

/// Streams, by case, with plain ends of lines.
pub(super) fn streams(protocol: Protocol) -> &'static [(String, String)] {
    &recorded(protocol).streams
}

/// Requests, by case; those of Gemini with what stands in their path.
pub(super) fn requests(protocol: Protocol) -> &'static [(String, Value)] {
    &recorded(protocol).requests
}
