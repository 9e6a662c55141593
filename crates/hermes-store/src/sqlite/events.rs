//! The record of changes, and the version that moves with them.

use hermes_core::{CredentialId, UnixMs};
use sqlx::{Row, SqliteConnection};

use super::{Fault, SqliteStore, signed, unsigned};
use crate::Event;

/// Older events are dropped, so that the file stays small enough to be checked at every start.
const KEPT: i64 = 5_000;

/// What is recorded.
pub(super) struct NewEvent<'a> {
    pub(super) credential: Option<CredentialId>,
    pub(super) kind: &'static str,
    pub(super) detail: &'a str,
    pub(super) generation: Option<u64>,
}

pub(super) async fn record(
    connection: &mut SqliteConnection,
    now: UnixMs,
    event: NewEvent<'_>,
) -> Result<(), Fault> {
    let result =
        sqlx::query("INSERT INTO event (at, cred_id, kind, detail, gen) VALUES (?1, ?2, ?3, ?4, ?5)")
            .bind(now.as_millis())
            .bind(event.credential.map(|id| id.to_string()))
            .bind(event.kind)
            .bind(event.detail)
            .bind(event.generation.map(signed))
            .execute(&mut *connection)
            .await?;
    sqlx::query("DELETE FROM event WHERE id <= ?1")
        .bind(result.last_insert_rowid() - KEPT)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn list(
    store: &SqliteStore,
    credential: Option<CredentialId>,
    limit: u32,
) -> Result<Vec<Event>, Fault> {
    let mut reader = store.reader().await?;
    let query = match credential {
        Some(id) => sqlx::query("SELECT * FROM event WHERE cred_id = ?2 ORDER BY id DESC LIMIT ?1")
            .bind(limit)
            .bind(id.to_string()),
        None => sqlx::query("SELECT * FROM event ORDER BY id DESC LIMIT ?1").bind(limit),
    };
    let rows = query.fetch_all(&mut *reader).await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                at: UnixMs::from_millis(row.try_get("at")?),
                credential: row
                    .try_get::<Option<String>, _>("cred_id")?
                    .and_then(|id| id.parse().ok()),
                kind: row.try_get("kind")?,
                detail: row.try_get("detail")?,
                generation: row.try_get::<Option<i64>, _>("gen")?.map(unsigned),
            })
        })
        .collect()
}

pub(super) async fn version(store: &SqliteStore) -> Result<i64, Fault> {
    let mut reader = store.reader().await?;
    Ok(
        sqlx::query_scalar("SELECT value FROM counter WHERE name = 'version'")
            .fetch_one(&mut *reader)
            .await?,
    )
}
