//! A client in front of a provider of its own protocol: both get every byte of the other, whatever is new in it.

use std::path::Path;

use hermes_core::Protocol;
use hermes_wire::{Opening, OpeningWatcher, is_error_answer};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::{ALL, Stage, path, place, provider, recordings};
use crate::harness::request_bytes;

/// One recording, with things in it that nobody knows yet.
struct Case {
    name: String,
    request: String,
    streams: bool,
    answer: Vec<u8>,
}

#[tokio::test]
async fn recorded_traffic_passes_byte_for_byte_with_whatever_is_new_in_it() {
    let mut told = Vec::new();
    for protocol in ALL {
        let folder = TempDir::new().expect("a folder");
        let cases = cases(protocol, folder.path());
        let count = pass(protocol, folder.path(), cases).await;
        told.push((protocol.letter(), count));
    }
    println!("recordings that pass: {told:?}");
    assert!(told.iter().all(|(_, count)| *count >= 20), "{told:?}");
}

async fn pass(protocol: Protocol, folder: &Path, cases: Vec<Case>) -> usize {
    let stage = Stage::new().await;
    let recordings = stage.lab.sim.script().replay_folder(folder);
    recordings.expect("the recordings");
    let count = cases.len();
    for case in cases {
        let model = format!("{}/{}", provider(protocol), case.name);
        let headers = [
            ("x-goog-api-key", stage.up.key.as_str()),
            ("x-sim-case", &case.name),
            ("anthropic-version", "2023-06-01"),
            ("anthropic-beta", "beta-of-tomorrow-2031-01-01"),
            ("x-header-of-tomorrow", "kept"),
        ];
        let sent = case.request.replacen("MODEL", &model, 1);
        let path = path(protocol, &model, case.streams);
        let answer = request_bytes(&stage.up.base, "POST", &path, &headers, &sent).await;
        let (status, body, _) = answer;
        assert_eq!(status, 200, "{}: {}", case.name, String::from_utf8_lossy(&body));
        same(&case.name, &body, &case.answer);
        let asked = stage.lab.sim.journal().entries().pop().expect("a request");
        let wanted = case.request.replacen("MODEL", &case.name, 1);
        same(&case.name, &asked.body, wanted.as_bytes());
        assert_eq!(asked.host, place(protocol, case.streams).0);
        assert_eq!(asked.header("x-header-of-tomorrow").as_deref(), Some("kept"));
        if protocol == Protocol::AnthropicMessages {
            let betas = asked.header("anthropic-beta").unwrap_or_default();
            assert!(betas.contains("beta-of-tomorrow-2031-01-01"), "{betas}");
        }
    }
    count
}

fn same(name: &str, got: &[u8], wanted: &[u8]) {
    let at = got.iter().zip(wanted).position(|(one, other)| one != other);
    let at = at.unwrap_or(got.len().min(wanted.len()));
    let near = |bytes: &[u8]| {
        let part = &bytes[at.saturating_sub(60)..(at + 60).min(bytes.len())];
        String::from_utf8_lossy(part).into_owned()
    };
    assert!(
        got == wanted,
        "{name} differs at byte {at}:\n{}\n{}",
        near(got),
        near(wanted)
    );
}

/// The good recordings of a protocol, changed, and written into a folder for the simulator.
fn cases(protocol: Protocol, into: &Path) -> Vec<Case> {
    let folder = recordings(protocol);
    let mut cases = Vec::new();
    for entry in fs_err::read_dir(&folder).expect("recordings") {
        let path = entry.expect("a file").path();
        let file = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if let Some(name) = file.strip_suffix(".response.json")
            && let Some(case) = case(protocol, &folder, name, into)
        {
            cases.push(case);
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

fn case(protocol: Protocol, folder: &Path, name: &str, into: &Path) -> Option<Case> {
    let read = |end: &str| fs_err::read(folder.join(format!("{name}.{end}"))).ok();
    let recorded: Value = serde_json::from_slice(&read("response.json")?).ok()?;
    let asked: Option<Value> = read("request.json").and_then(|text| serde_json::from_slice(&text).ok());
    let is_generating = asked.as_ref().is_none_or(|asked| {
        let url = asked["url"].as_str().unwrap_or_default();
        !["count_tokens", "countTokens", "input_tokens", "compact"]
            .iter()
            .any(|call| url.contains(call))
    });
    if !(recorded["status"].is_null() || recorded["status"] == 200) || !is_generating {
        return None;
    }
    let streams = recorded["sse"].is_string();
    let answer = if streams {
        with_news_in_events(protocol, &read("response.sse")?)
    } else {
        let mut body = recorded["body"].clone();
        with_news(&mut body);
        serde_json::to_string(&body).ok()?.into_bytes()
    };
    // An error in place of the answer is no answer: another login is tried.
    let opening = OpeningWatcher::new(protocol, 1 << 20).push(&answer);
    if is_error_answer(&answer) || (streams && matches!(opening, Opening::Error(_))) {
        return None;
    }
    write(into, name, streams, &answer);
    let mut request = asked.map_or_else(|| json!({"messages": []}), |asked| asked["body"].clone());
    with_news(&mut request);
    Some(Case {
        name: name.to_owned(),
        request: spelled(protocol, &request, streams),
        streams,
        answer,
    })
}

fn write(into: &Path, name: &str, streams: bool, answer: &[u8]) {
    let body = if streams {
        "null".into()
    } else {
        String::from_utf8_lossy(answer)
    };
    let sse = if streams {
        format!(", \"sse\": \"{name}.sse\"")
    } else {
        String::new()
    };
    let head = format!("{{\"status\": 200, \"body\": {body}{sse}}}");
    fs_err::write(into.join(format!("{name}.response.json")), head).expect("a file");
    if streams {
        fs_err::write(into.join(format!("{name}.sse")), answer).expect("a file");
    }
}

/// The request as a client writes it, in lines and with spaces that nobody may lose. `MODEL` stands for the model.
fn spelled(protocol: Protocol, request: &Value, streams: bool) -> String {
    let mut fields = request.as_object().cloned().unwrap_or_default();
    if protocol != Protocol::Gemini {
        fields.insert("model".to_owned(), "MODEL".into());
        fields.insert("stream".to_owned(), streams.into());
    }
    serde_json::to_string_pretty(&fields).expect("JSON") + " \n"
}

/// A field of tomorrow in every object, and a block of tomorrow behind every list of objects.
fn with_news(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(with_news);
            let news: Value = serde_json::from_str(
                r#"{"n":[1.50,-0.0,1e400,12345678901234567890],"s":"\u2028é","z":null}"#,
            )
            .expect("JSON");
            fields.insert("field_of_tomorrow".to_owned(), news);
        }
        Value::Array(items) => {
            items.iter_mut().for_each(with_news);
            if items.first().is_some_and(Value::is_object) {
                items.push(json!({"type": "block_of_tomorrow", "data": ["x"]}));
            }
        }
        _ => {}
    }
}

/// The same in every event, and an event of tomorrow in the middle.
fn with_news_in_events(protocol: Protocol, stream: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(stream);
    let lines: Vec<String> = text.split('\n').map(line_with_news).collect();
    let blanks: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].trim_end() == "")
        .collect();
    let mut out = lines;
    if let Some(at) = blanks.get(blanks.len() / 2) {
        let named = matches!(protocol, Protocol::AnthropicMessages | Protocol::Responses);
        let event = if named {
            "event: event_of_tomorrow\nid: 7\ndata: {\"type\":\"event_of_tomorrow\"}\n"
        } else {
            ": a comment of tomorrow\n"
        };
        out.insert(at + 1, event.to_owned());
    }
    out.join("\n").into_bytes()
}

fn line_with_news(line: &str) -> String {
    let end = if line.ends_with('\r') { "\r" } else { "" };
    let Some(data) = line.trim_end().strip_prefix("data:") else {
        return line.to_owned();
    };
    match serde_json::from_str::<Map<String, Value>>(data) {
        Ok(fields) => {
            let mut event = Value::Object(fields);
            with_news(&mut event);
            format!("data: {event}{end}")
        }
        Err(_) => line.to_owned(),
    }
}
