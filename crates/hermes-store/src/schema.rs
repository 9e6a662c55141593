//! The schema: its steps, its version, and a fingerprint that notices a schema nobody of us made.

use std::io::Read;
use std::path::Path;

use hermes_text::Both;
use hermes_text::errors::store as text;
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};

use crate::lock::hex;
use crate::{StoreError, files, verify};

/// The newest schema this version knows.
#[expect(clippy::cast_possible_wrap, reason = "there will never be 2^63 steps")]
pub(crate) const NEWEST: i64 = STEPS.len() as i64;

/// One SQL text for each version, in order; each sets `user_version` itself. Steps are only ever added.
pub(crate) const STEPS: &[&str] = &[
    include_str!("../migrations/0001_store.sql"),
    include_str!("../migrations/0002_custody.sql"),
    include_str!("../migrations/0003_sessions.sql"),
    include_str!("../migrations/0004_keys.sql"),
    include_str!("../migrations/0005_story.sql"),
    include_str!("../migrations/0006_usage.sql"),
    include_str!("../migrations/0007_rank.sql"),
];

/// Fingerprint of the newest schema as SQLite lists it; the test of this module prints the new one after a change.
const FINGERPRINT: &str = "0bb7f0e259795ca91a1833ac3a99de80ec5346c0e84f074f59893aa875ce35de";

/// The first bytes of every SQLite database.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Offset of `user_version` in the file header.
const USER_VERSION_AT: usize = 60;

/// Reads the schema version straight from the file, so that a file of a newer version is left alone.
pub(crate) fn version_in_file(path: &Path) -> Result<i64, StoreError> {
    let mut head = Vec::new();
    files::open(path)?
        .take(100)
        .read_to_end(&mut head)
        .map_err(|error| files::io(path, &error))?;
    if head.is_empty() {
        return Err(verify::unreadable(path, Both::of(text::empty)));
    }
    if head.len() < 100 || !head.starts_with(MAGIC) {
        return Err(verify::unreadable(path, Both::of(text::not_database)));
    }
    let version = head[USER_VERSION_AT..]
        .first_chunk::<4>()
        .map_or(0, |bytes| i32::from_be_bytes(*bytes));
    check_version(path, i64::from(version))
}

/// Refuses versions that are newer than this program, or that no program ever wrote.
pub(crate) fn check_version(path: &Path, version: i64) -> Result<i64, StoreError> {
    if version > NEWEST {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: version,
            known: NEWEST,
        });
    }
    if version < 1 {
        return Err(verify::unreadable(path, Both::of(text::not_store)));
    }
    Ok(version)
}

/// The schema version of an open database.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(connection)
        .await
}

/// Runs every step after `from`. The caller holds the transaction.
pub(crate) async fn migrate(connection: &mut SqliteConnection, from: i64) -> Result<(), sqlx::Error> {
    let done = usize::try_from(from).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether the database has exactly the tables, indexes and triggers of the newest schema.
pub(crate) async fn is_newest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    Ok(fingerprint(connection).await? == FINGERPRINT)
}

async fn fingerprint(connection: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let rows = sqlx::query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
        .fetch_all(connection)
        .await?;
    let mut hash = Sha256::new();
    for row in rows {
        for column in 0..4 {
            let text: Option<String> = row.try_get(column)?;
            hash.update(text.unwrap_or_default().as_bytes());
            hash.update([0]);
        }
    }
    Ok(hex(&hash.finalize()))
}

#[cfg(test)]
mod tests;
