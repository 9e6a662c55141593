//! The recordings of this protocol.

use std::path::PathBuf;

use serde_json::Value;

/// One recording.
pub(super) struct Case {
    pub(super) name: String,
    /// The request, where it was recorded.
    pub(super) request: Option<Value>,
    /// The answer; null for a stream.
    pub(super) answer: Value,
    pub(super) status: u64,
    pub(super) stream: Option<Vec<u8>>,
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/recorded/anthropic-messages"
    ))
}

fn json(path: &PathBuf) -> Value {
    serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap()
}

/// All recordings, by name.
pub(super) fn all() -> Vec<Case> {
    let mut names: Vec<String> = fs_err::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".response.json").map(str::to_owned)
        })
        .collect();
    names.sort();
    assert!(names.len() > 90, "only {} recordings", names.len());
    names.into_iter().map(case).collect()
}

/// The recordings of streams.
pub(super) fn streams() -> Vec<(String, Vec<u8>)> {
    all()
        .into_iter()
        .filter_map(|case| Some((case.name, case.stream?)))
        .collect()
}

fn case(name: String) -> Case {
    let request = folder().join(format!("{name}.request.json"));
    let response = json(&folder().join(format!("{name}.response.json")));
    let stream = folder().join(format!("{name}.response.sse"));
    Case {
        request: request.exists().then(|| json(&request)["body"].clone()),
        answer: response["body"].clone(),
        status: response["status"].as_u64().unwrap_or(200),
        stream: stream.exists().then(|| fs_err::read(&stream).unwrap()),
        name,
    }
}
