//! The log file: requests and usage, opened at the first use and written with relaxed durability.

use std::time::Duration;

use hermes_core::{ProviderId, UnixMs};
use sqlx::sqlite::{SqliteRow, SqliteSynchronous};
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::MutexGuard;

use super::{Fault, SqliteStore, connect_options, signed, unsigned};
use crate::{RequestRow, StoreError, files};

const SCHEMA: i64 = 1;
const STEP: &str = include_str!("../../migrations/log_0001.sql");
/// Requests older than this are dropped; their usage stays.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// Length of a usage bucket.
const BUCKET_MS: i64 = 3_600_000;

type Guard<'a> = MutexGuard<'a, Option<SqliteConnection>>;

/// The log connection, opened if this is the first use.
async fn connection(store: &SqliteStore) -> Result<Guard<'_>, Fault> {
    let mut guard = store.log.lock().await;
    if guard.is_none() {
        *guard = Some(open(store).await?);
    }
    Ok(guard)
}

fn opened<'a>(guard: &'a mut Guard<'_>) -> &'a mut SqliteConnection {
    guard.as_mut().expect("the log was opened just before")
}

async fn open(store: &SqliteStore) -> Result<SqliteConnection, Fault> {
    let path = store.places.log();
    files::check_folder(&store.places.folder)?;
    if !files::check_file(&path)? {
        // Another process may be just as fast; either way there is a private file now.
        let _ = files::create(&path);
    }
    let options = connect_options(&path).synchronous(SqliteSynchronous::Normal);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *transaction)
        .await?;
    if found > SCHEMA {
        return Err(StoreError::Newer {
            path,
            found,
            known: SCHEMA,
        }
        .into());
    }
    if found < SCHEMA {
        sqlx::raw_sql(STEP).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(connection)
}

pub(super) async fn append(store: &SqliteStore, requests: &[RequestRow]) -> Result<(), Fault> {
    let Some(newest) = requests.iter().map(|request| request.at).max() else {
        return Ok(());
    };
    let mut guard = connection(store).await?;
    let mut transaction = opened(&mut guard).begin_with("BEGIN IMMEDIATE").await?;
    for request in requests {
        if insert(&mut transaction, request).await? {
            count(&mut transaction, request).await?;
        }
    }
    sqlx::query("DELETE FROM request_log WHERE at < ?1")
        .bind(newest.minus(KEPT).as_millis())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

/// Adds a request; false when it was there already.
async fn insert(connection: &mut SqliteConnection, request: &RequestRow) -> Result<bool, Fault> {
    let tokens = |place: usize| request.tokens.map(|tokens| signed(tokens[place]));
    let result = sqlx::query(
        "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, \
         first_byte_ms, total_ms, input, cache_read, cache_write, output, error) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(&request.id)
    .bind(request.at.as_millis())
    .bind(request.key.map(|id| id.to_string()))
    .bind(request.credential.map(|id| id.to_string()))
    .bind(request.provider.as_ref().map(ProviderId::as_str))
    .bind(&request.model)
    .bind(&request.protocol)
    .bind(request.status)
    .bind(request.attempts)
    .bind(request.first_byte_ms)
    .bind(request.total_ms)
    .bind(tokens(0))
    .bind(tokens(1))
    .bind(tokens(2))
    .bind(tokens(3))
    .bind(&request.error)
    .execute(connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Adds a request to its hour's usage.
async fn count(connection: &mut SqliteConnection, request: &RequestRow) -> Result<(), Fault> {
    let tokens = request.tokens.unwrap_or_default().map(signed);
    sqlx::query(
        "INSERT INTO usage (node, bucket, key_id, cred_id, model, requests, failures, input, cache_read, \
         cache_write, output) VALUES ('local', ?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (node, bucket, key_id, cred_id, model) DO UPDATE SET requests = requests + 1, \
         failures = failures + excluded.failures, input = input + excluded.input, \
         cache_read = cache_read + excluded.cache_read, cache_write = cache_write + excluded.cache_write, \
         output = output + excluded.output",
    )
    .bind(request.at.as_millis().div_euclid(BUCKET_MS) * BUCKET_MS)
    .bind(request.key.map(|id| id.to_string()).unwrap_or_default())
    .bind(request.credential.map(|id| id.to_string()).unwrap_or_default())
    .bind(&request.model)
    .bind(i64::from(request.error.is_some()))
    .bind(tokens[0])
    .bind(tokens[1])
    .bind(tokens[2])
    .bind(tokens[3])
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn request(store: &SqliteStore, id: &str) -> Result<Option<RequestRow>, Fault> {
    if !files::check_file(&store.places.log())? {
        return Ok(None);
    }
    let mut guard = connection(store).await?;
    let row = sqlx::query("SELECT * FROM request_log WHERE id = ?1")
        .bind(id)
        .fetch_optional(opened(&mut guard))
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &SqliteRow) -> Result<RequestRow, Fault> {
    let parsed = |column| -> Result<Option<String>, sqlx::Error> { row.try_get(column) };
    let tokens = |column| -> Result<Option<u64>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(unsigned))
    };
    let counts = (
        tokens("input")?,
        tokens("cache_read")?,
        tokens("cache_write")?,
        tokens("output")?,
    );
    Ok(RequestRow {
        id: row.try_get("id")?,
        at: UnixMs::from_millis(row.try_get("at")?),
        key: parsed("key_id")?.and_then(|id| id.parse().ok()),
        credential: parsed("cred_id")?.and_then(|id| id.parse().ok()),
        provider: parsed("provider")?.map(ProviderId::new),
        model: row.try_get("model")?,
        protocol: row.try_get("protocol")?,
        status: row.try_get("status")?,
        attempts: row.try_get("attempts")?,
        first_byte_ms: row.try_get("first_byte_ms")?,
        total_ms: row.try_get("total_ms")?,
        tokens: match counts {
            (Some(input), Some(read), Some(write), Some(output)) => Some([input, read, write, output]),
            _ => None,
        },
        error: row.try_get("error")?,
    })
}
