use std::path::PathBuf;
use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use hermes_wire::SseDecoder;
use serde_json::{Value, json};

use crate::context::{Context, Stamp};
use crate::dropped::Dropped;
use crate::gemini::proofs;
use crate::gemini::{Reader, Writer, read_request, write_request};
use crate::names::Names;
use crate::prompt::Prompt;
use crate::proof::Issuer;
use crate::reply::{Event, Failure, Reply};
use crate::target::Target;
use crate::translator::{ReadStream as _, WriteStream as _};
use crate::unsupported::Unsupported;

/// The recordings whose names end so, by their names.
pub(in crate::gemini) fn recordings(end: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/recorded/gemini"
    ));
    let files = fs_err::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<(String, String)> = files
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(end)?.to_owned();
            Some((name, fs_err::read_to_string(path).ok()?))
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The bodies of recorded files.
pub(in crate::gemini) fn bodies(end: &str) -> Vec<(String, Value)> {
    let files = recordings(end).into_iter();
    files
        .map(|(name, text)| {
            let mut file: Value = serde_json::from_str(&text).unwrap();
            (name, file["body"].take())
        })
        .filter(|(_, body)| !body.is_null())
        .collect()
}

pub(in crate::gemini) fn context() -> Arc<Context> {
    Arc::new(Context {
        client: Protocol::Gemini,
        upstream: Protocol::Gemini,
        model: "asked-for".to_owned(),
        issuer: Issuer::new("gemini"),
        names: Names::default(),
        stream: true,
        wants_usage: true,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: serde_json::Map::new(),
        stamp: Stamp {
            id: "made".to_owned(),
            now: 1,
        },
    })
}

pub(in crate::gemini) fn target(quirks: Quirks) -> Target {
    Target {
        protocol: Protocol::Gemini,
        model: "gemini-3-pro".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("gemini"),
        quirks,
    }
}

/// A request for an upstream, with what was left out.
pub(in crate::gemini) fn sent(prompt: &Prompt, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    let mut dropped = Dropped::new(false);
    let names = Names::new(&prompt.tools, false);
    let body = write_request(prompt, &target(quirks), &names, &mut dropped)?;
    Ok((body, dropped.paths().to_vec()))
}

/// A request of a Gemini client for a Gemini upstream.
pub(in crate::gemini) fn round(body: &Value) -> (Value, Vec<String>) {
    let prompt = read_request(body).unwrap();
    sent(&prompt, Quirks::default()).unwrap()
}

/// What a stream says.
pub(in crate::gemini) fn folded(stream: &str) -> Result<Reply, Failure> {
    let (mut reader, mut events) = (Reader::new(&context()), Vec::new());
    let mut decoder = SseDecoder::default();
    for event in decoder.push(stream.as_bytes()).collect::<Vec<_>>() {
        reader.event(&event.unwrap(), &mut events);
    }
    if let Some(event) = decoder.finish() {
        reader.event(&event.unwrap(), &mut events);
    }
    reader.end(&mut events);
    Reply::of(events)
}

/// What a stream of one chunk for each of these says.
pub(in crate::gemini) fn read(chunks: &[Value]) -> Result<Reply, Failure> {
    let lines: Vec<String> = chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    folded(&lines.concat())
}

/// A stream for a client.
pub(in crate::gemini) fn streamed(events: impl IntoIterator<Item = Event>) -> String {
    let (mut writer, mut out) = (Writer::new(&context()), Vec::new());
    for event in events {
        writer.event(&event, &mut out);
    }
    String::from_utf8(out).unwrap()
}

/// What a client reads, compared with what its upstream said: its proofs unwrapped, sources without the words of either.
pub(in crate::gemini) fn canonical(mut reply: Reply) -> Reply {
    for block in &mut reply.blocks {
        if let Some(proof) = &mut block.proof {
            let read = proofs::read(&proof.data);
            if read.issuer.is_some() {
                *proof = read;
            }
        }
        for citation in &mut block.citations {
            citation.value = Value::Null;
        }
    }
    reply.dropped.clear();
    reply
}

/// A candidate with these parts that ended so.
pub(in crate::gemini) fn answer(parts: Value, finish: &str) -> Value {
    json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}]})
}
