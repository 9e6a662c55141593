//! Received tokens on their way into the database.
//!
//! Each attempt gets a file of its own before anything is sent, with room for the answer, so that a disk that fills up
//! meanwhile still takes it. An answer is durable here first, and is offered to the database again until its generation is
//! there.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hermes_core::{CredentialId, Material, Secret, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::files;
use crate::lease::Attempt;
use crate::seal::{Cell, Sealer};

/// Room made in advance; answers are a few KiB, and a larger one makes the file longer.
const ROOM: usize = 64 * 1024;
/// Longest file that is read back.
const LIMIT: u64 = 4 * 1024 * 1024;
/// How long an answer is offered to a server again, which may lose commits; and how long an empty file may wait for one.
pub(crate) const KEPT: Duration = Duration::from_hours(24);

/// The first line of a file that holds an answer.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    store: String,
    credential: CredentialId,
    generation: u64,
    at: UnixMs,
    length: usize,
}

/// The sealed half of an answer.
#[derive(Serialize, Deserialize)]
struct Body {
    access: String,
    refresh: Option<String>,
    expires: Option<UnixMs>,
    earliest_refresh: Option<UnixMs>,
    scopes: Vec<String>,
    extra: serde_json::Map<String, serde_json::Value>,
}

/// An answer that was kept.
pub(crate) struct Spilled {
    pub(crate) path: PathBuf,
    pub(crate) credential: CredentialId,
    pub(crate) generation: u64,
    pub(crate) at: UnixMs,
    pub(crate) material: Material,
}

fn cell<'a>(row: &'a str, credential: &'a str, generation: u64) -> Cell<'a> {
    Cell {
        table: "spill",
        row,
        column: "answer",
        generation,
        bound: credential,
    }
}

/// Makes room for the answer of an attempt. That it succeeds also shows that the home can be written.
pub(crate) fn prepare(folder: &Path, attempt: &Attempt) -> Result<(), StoreError> {
    files::make_folder(folder)?;
    files::write_new(&folder.join(attempt.as_str()), &vec![0; ROOM])
}

/// Makes an answer durable.
pub(crate) fn keep(
    folder: &Path,
    sealer: &Sealer,
    attempt: &Attempt,
    (credential, generation): (CredentialId, u64),
    material: &Material,
    now: UnixMs,
) -> Result<(), StoreError> {
    let path = folder.join(attempt.as_str());
    let id = credential.to_string();
    let blob = sealer.seal(cell(attempt.as_str(), &id, generation), body(material).expose());
    let head = Head {
        store: sealer.store().to_owned(),
        credential,
        generation,
        at: now,
        length: blob.len(),
    };
    let mut bytes = serde_json::to_vec(&head).expect("a flat struct of text and numbers is valid JSON");
    bytes.push(b'\n');
    bytes.extend_from_slice(&blob);
    let mut file = files::open_for_writing(&path)?;
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(&bytes))
        .and_then(|()| file.sync_data())
        .map_err(|error| files::not_made(&path, &error))
}

/// The secrets as text, wiped after use.
fn body(material: &Material) -> Secret {
    let body = Body {
        access: material.access.expose().clone(),
        refresh: material.refresh.as_ref().map(|secret| secret.expose().clone()),
        expires: material.expires,
        earliest_refresh: material.earliest_refresh,
        scopes: material.scopes.clone(),
        extra: material.extra.clone(),
    };
    Secret::new(serde_json::to_string(&body).expect("plain data with text keys is valid JSON"))
}

/// Removes the file of an attempt.
pub(crate) fn discard(folder: &Path, attempt: &Attempt) -> Result<(), StoreError> {
    files::remove(&folder.join(attempt.as_str()))
}

/// The answers that were kept for this store, of one credential or of all; files that have waited too long for one are removed.
pub(crate) fn kept(
    folder: &Path,
    sealer: &Sealer,
    only: Option<CredentialId>,
    now: UnixMs,
) -> Result<Vec<Spilled>, StoreError> {
    let mut found = Vec::new();
    for path in paths(folder)? {
        match read(&path, sealer, only) {
            Ok(Content::Answer(spilled)) => found.push(*spilled),
            Ok(Content::Room) if is_old(&path, now) => files::remove(&path)?,
            Ok(Content::Room | Content::OfAnother) => {}
            Err(error) => tracing::warn!(%error, file = %path.display(), "a kept token cannot be read"),
        }
    }
    found.sort_by_key(|spilled| (spilled.credential, spilled.generation));
    Ok(found)
}

/// Whether there is any file; costs one look at the folder.
pub(crate) fn is_empty(folder: &Path) -> bool {
    paths(folder).is_ok_and(|paths| paths.is_empty())
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    if !files::exists(folder) {
        return Ok(Vec::new());
    }
    files::check_folder(folder)?;
    let entries = fs_err::read_dir(folder).map_err(|error| files::io(folder, &error))?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
}

/// What a file holds.
enum Content {
    /// Room for an answer that has not come.
    Room,
    Answer(Box<Spilled>),
    /// An answer that belongs to another store of this home, or is not asked for.
    OfAnother,
}

fn read(path: &Path, sealer: &Sealer, only: Option<CredentialId>) -> Result<Content, StoreError> {
    let bytes = files::read(path, LIMIT)?;
    if bytes.first() != Some(&b'{') {
        return Ok(Content::Room);
    }
    let torn = || StoreError::Damaged {
        row: Both::of(|lang| text::kept_token(lang, &path.display().to_string())),
    };
    let line = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(torn)?;
    let head: Head = serde_json::from_slice(&bytes[..line]).map_err(|_| torn())?;
    if head.store != sealer.store() || only.is_some_and(|only| only != head.credential) {
        return Ok(Content::OfAnother);
    }
    let blob = bytes.get(line + 1..line + 1 + head.length).ok_or_else(torn)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let id = head.credential.to_string();
    let secret = sealer
        .open(cell(&name, &id, head.generation), blob)
        .ok_or_else(torn)?;
    let body: Body = serde_json::from_str(secret.expose()).map_err(|_| torn())?;
    Ok(Content::Answer(Box::new(Spilled {
        path: path.to_owned(),
        credential: head.credential,
        generation: head.generation,
        at: head.at,
        material: Material {
            access: Secret::new(body.access),
            refresh: body.refresh.map(Secret::new),
            expires: body.expires,
            earliest_refresh: body.earliest_refresh,
            scopes: body.scopes,
            extra: body.extra,
        },
    })))
}

fn is_old(path: &Path, now: UnixMs) -> bool {
    let changed = fs_err::metadata(path).and_then(|metadata| metadata.modified());
    let Some(age) = changed
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
    else {
        return false;
    };
    let at = UnixMs::from_millis(i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
    now.since(at) > KEPT
}
