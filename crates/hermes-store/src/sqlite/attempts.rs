//! Login attempts that survive the process; their state is sealed.

use hermes_core::{AttemptId, NewCredential, ProviderId, UnixMs};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::credentials::save_within;
use super::{Fault, SqliteStore};
use crate::seal::{Cell, Sealer};
use crate::{AttemptRow, Saved, StoreError};

/// The plain columns that the sealed state is bound to.
fn bound(attempt: &AttemptRow) -> String {
    serde_json::json!([
        attempt.provider,
        attempt.method,
        attempt.region,
        attempt.label,
        attempt.created,
        attempt.expires
    ])
    .to_string()
}

fn cell<'a>(row: &'a str, bound: &'a str) -> Cell<'a> {
    Cell {
        table: "login_attempt",
        row,
        column: "state",
        generation: 0,
        bound,
    }
}

pub(super) async fn save(store: &SqliteStore, attempt: &AttemptRow) -> Result<(), Fault> {
    write(
        store,
        attempt,
        "INSERT INTO login_attempt (id, provider, method, region, label, state, created, expires) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, method = excluded.method, \
         region = excluded.region, label = excluded.label, state = excluded.state, \
         created = excluded.created, expires = excluded.expires",
    )
    .await?;
    Ok(())
}

pub(super) async fn update(store: &SqliteStore, attempt: &AttemptRow) -> Result<bool, Fault> {
    let changed = write(
        store,
        attempt,
        "UPDATE login_attempt SET provider = ?2, method = ?3, region = ?4, label = ?5, state = ?6, \
         created = ?7, expires = ?8 WHERE id = ?1",
    );
    Ok(changed.await? == 1)
}

/// Seals the state and runs a statement whose places are the columns in their order; how many rows it changed.
async fn write(store: &SqliteStore, attempt: &AttemptRow, statement: &'static str) -> Result<u64, Fault> {
    let sealer = store.sealer().await?;
    let id = attempt.id.to_string();
    let state = sealer.seal(cell(&id, &bound(attempt)), attempt.state.expose());
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let result = sqlx::query(statement)
        .bind(&id)
        .bind(attempt.provider.as_str())
        .bind(&attempt.method)
        .bind(&attempt.region)
        .bind(&attempt.label)
        .bind(state)
        .bind(attempt.created.as_millis())
        .bind(attempt.expires.as_millis())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(result.rows_affected())
}

pub(super) async fn one(store: &SqliteStore, id: AttemptId) -> Result<Option<AttemptRow>, Fault> {
    let mut reader = store.reader().await?;
    let row = sqlx::query("SELECT * FROM login_attempt WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(&mut *reader)
        .await?;
    drop(reader);
    match row {
        Some(row) => read(store.sealer().await?, &row).map(Some),
        None => Ok(None),
    }
}

/// Damaged attempts are left out: they can only be started again.
pub(super) async fn list(store: &SqliteStore) -> Result<Vec<AttemptRow>, Fault> {
    let rows = rows(&mut *store.reader().await?).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sealer = store.sealer().await?;
    Ok(rows
        .iter()
        .filter_map(|row| match read(sealer, row) {
            Ok(attempt) => Some(attempt),
            Err(fault) => {
                tracing::warn!(?fault, "left out a damaged login attempt");
                None
            }
        })
        .collect())
}

pub(super) async fn rows(connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, Fault> {
    Ok(sqlx::query("SELECT * FROM login_attempt ORDER BY created, id")
        .fetch_all(connection)
        .await?)
}

pub(super) fn read(sealer: &Sealer, row: &SqliteRow) -> Result<AttemptRow, Fault> {
    let id: String = row.try_get("id")?;
    let damaged = || StoreError::Damaged {
        row: format!("login_attempt `{id}`, column state"),
    };
    let mut attempt = AttemptRow {
        id: id.parse().map_err(|_| damaged())?,
        provider: ProviderId::new(row.try_get::<String, _>("provider")?),
        method: row.try_get("method")?,
        region: row.try_get("region")?,
        label: row.try_get("label")?,
        state: "".into(),
        created: UnixMs::from_millis(row.try_get("created")?),
        expires: UnixMs::from_millis(row.try_get("expires")?),
    };
    let blob: Vec<u8> = row.try_get("state")?;
    attempt.state = sealer
        .open(cell(&id, &bound(&attempt)), &blob)
        .ok_or_else(damaged)?;
    Ok(attempt)
}

async fn delete(connection: &mut SqliteConnection, id: AttemptId) -> Result<bool, Fault> {
    let result = sqlx::query("DELETE FROM login_attempt WHERE id = ?1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(result.rows_affected() == 1)
}

pub(super) async fn take(store: &SqliteStore, id: AttemptId) -> Result<bool, Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let found = delete(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(found)
}

pub(super) async fn finish(
    store: &SqliteStore,
    id: AttemptId,
    login: NewCredential,
    now: UnixMs,
) -> Result<Option<Saved>, Fault> {
    let sealer = store.sealer().await?;
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    if !delete(&mut transaction, id).await? {
        return Ok(None);
    }
    let saved = save_within(store, &mut transaction, sealer, login, now).await?;
    transaction.commit().await?;
    Ok(Some(saved))
}
