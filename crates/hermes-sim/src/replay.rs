//! Recorded traffic.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answer::{Answer, Part};

/// Streams are sent in pieces of this size, so that events are cut in odd places.
const PIECE: usize = 61;

/// A recorded answer. The body stays as it was written, since numbers would not survive a second writing to the letter.
#[derive(Deserialize)]
struct Recorded {
    status: Option<u16>,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Box<RawValue>,
    sse: Option<String>,
}

/// The recordings of a folder: case name and its answer file.
pub(crate) fn find(folder: &Path) -> io::Result<HashMap<String, PathBuf>> {
    let mut found = HashMap::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if let Some(case) = name.strip_suffix(".response.json") {
            found.insert(case.to_owned(), path.clone());
        }
    }
    Ok(found)
}

/// The answer as recorded: status, headers and body.
pub(crate) fn answer(file: &Path) -> io::Result<Answer> {
    let recorded: Recorded = serde_json::from_slice(&fs_err::read(file)?)?;
    let mut answer = Answer::status(recorded.status.unwrap_or(200));
    let typed = recorded.headers.contains_key("content-type");
    for (name, value) in &recorded.headers {
        answer = answer.header(name, value);
    }
    let Some(stream) = recorded.sse else {
        let answer = if typed {
            answer
        } else {
            answer.header("content-type", "application/json")
        };
        return Ok(answer.text(recorded.body.get()));
    };
    let answer = if typed {
        answer
    } else {
        answer.header("content-type", "text/event-stream")
    };
    let bytes = fs_err::read(file.with_file_name(stream))?;
    let pieces = bytes
        .chunks(PIECE)
        .map(|piece| Part::Bytes(piece.to_vec().into()));
    Ok(pieces.fold(answer, Answer::part))
}
