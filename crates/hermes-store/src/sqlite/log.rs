//! The log file: requests and usage, opened at the first use and written with relaxed durability.

use std::collections::BTreeMap;
use std::slice;
use std::time::Duration;

use hermes_core::{CredentialId, KeyId, ProviderId, UnixMs};
use sqlx::sqlite::{SqliteRow, SqliteSynchronous};
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection};
use tokio::sync::MutexGuard;

use super::{Sqlite as File, connect_options};
use crate::db::{signed, unsigned};
use crate::fault::Fault;
use crate::{RequestRow, StoreError, files};

const SCHEMA: i64 = 1;
const STEP: &str = include_str!("../../migrations/log_0001.sql");
/// Requests older than this are dropped; their usage stays.
pub(crate) const KEPT: Duration = Duration::from_hours(30 * 24);
/// Length of a usage bucket.
const BUCKET_MS: i64 = 3_600_000;
/// Requests that one statement adds. Each statement is a trip to the database's thread and back, which costs more than the
/// rows themselves.
const AT_ONCE: usize = 32;

type Guard<'a> = MutexGuard<'a, Option<SqliteConnection>>;

/// The log connection, opened if this is the first use.
async fn connection(store: &File) -> Result<Guard<'_>, Fault> {
    let mut guard = store.log.lock().await;
    if guard.is_none() {
        *guard = Some(open(store).await?);
    }
    Ok(guard)
}

fn opened<'a>(guard: &'a mut Guard<'_>) -> &'a mut SqliteConnection {
    guard.as_mut().expect("the log was opened just before")
}

async fn open(store: &File) -> Result<SqliteConnection, Fault> {
    let path = store.places.log();
    files::check_folder(&store.places.folder)?;
    if !files::check_file(&path)? {
        // Another process may be just as fast; either way there is a private file now.
        let _ = files::create(&path);
    }
    let options = connect_options(&path)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", "1000");
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

pub(crate) async fn append(store: &File, requests: &[RequestRow]) -> Result<(), Fault> {
    let Some(newest) = requests.iter().map(|request| request.at).max() else {
        return Ok(());
    };
    let mut guard = connection(store).await?;
    let mut transaction = opened(&mut guard).begin_with("BEGIN IMMEDIATE").await?;
    let mut sums = BTreeMap::new();
    for part in requests.chunks(AT_ONCE) {
        // A statement that fails leaves nothing behind, and the requests one by one then show which of them is at fault.
        if part.len() == AT_ONCE && insert(&mut transaction, part).await.is_ok() {
            for request in part {
                add(&mut sums, request);
            }
            continue;
        }
        for request in part {
            if insert(&mut transaction, slice::from_ref(request)).await? == 1 {
                add(&mut sums, request);
            }
        }
    }
    for (group, sum) in &sums {
        count(&mut transaction, group, sum).await?;
    }
    sqlx::query("DELETE FROM request_log WHERE at < ?1")
        .bind(newest.minus(KEPT).as_millis())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

/// Adds requests and tells how many. One that is there already is left out when it comes alone, and is an error among others.
async fn insert(connection: &mut SqliteConnection, requests: &[RequestRow]) -> Result<u64, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, \
         first_byte_ms, total_ms, input, cache_read, cache_write, output, error) ",
    );
    query.push_values(requests, |mut row, request| {
        row.push_bind(&request.id)
            .push_bind(request.at.as_millis())
            .push_bind(request.key.map(|id| id.to_string()))
            .push_bind(request.credential.map(|id| id.to_string()))
            .push_bind(request.provider.as_ref().map(ProviderId::as_str))
            .push_bind(&request.model)
            .push_bind(&request.protocol)
            .push_bind(request.status)
            .push_bind(request.attempts)
            .push_bind(request.first_byte_ms)
            .push_bind(request.total_ms);
        for place in 0..4 {
            row.push_bind(request.tokens.map(|tokens| signed(tokens[place])));
        }
        row.push_bind(&request.error);
    });
    if requests.len() == 1 {
        query.push(" ON CONFLICT (id) DO NOTHING");
    }
    Ok(query.build().execute(connection).await?.rows_affected())
}

/// Whose usage it is: the bucket, the client key, the credential and the model.
pub(crate) type Group<'a> = (i64, Option<KeyId>, Option<CredentialId>, &'a str);

/// What the requests of one group add to its usage.
#[derive(Default)]
pub(crate) struct Sum {
    pub(crate) requests: i64,
    pub(crate) failures: i64,
    pub(crate) tokens: [i64; 4],
}

/// What each group's usage grows by.
pub(crate) fn sums<'a>(requests: &[&'a RequestRow]) -> BTreeMap<Group<'a>, Sum> {
    let mut sums = BTreeMap::new();
    for request in requests {
        add(&mut sums, request);
    }
    sums
}

fn add<'a>(sums: &mut BTreeMap<Group<'a>, Sum>, request: &'a RequestRow) {
    let bucket = request.at.as_millis().div_euclid(BUCKET_MS) * BUCKET_MS;
    let sum = sums
        .entry((bucket, request.key, request.credential, request.model.as_str()))
        .or_default();
    sum.requests += 1;
    sum.failures += i64::from(request.error.is_some());
    for (total, tokens) in sum.tokens.iter_mut().zip(request.tokens.unwrap_or_default()) {
        *total = total.saturating_add(signed(tokens));
    }
}

async fn count(connection: &mut SqliteConnection, group: &Group<'_>, sum: &Sum) -> Result<(), Fault> {
    let (bucket, key, credential, model) = group;
    sqlx::query(
        "INSERT INTO usage (node, bucket, key_id, cred_id, model, requests, failures, input, cache_read, \
         cache_write, output) VALUES ('local', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         ON CONFLICT (node, bucket, key_id, cred_id, model) DO UPDATE SET requests = requests + excluded.requests, \
         failures = failures + excluded.failures, input = input + excluded.input, \
         cache_read = cache_read + excluded.cache_read, cache_write = cache_write + excluded.cache_write, \
         output = output + excluded.output",
    )
    .bind(bucket)
    .bind(key.map(|id| id.to_string()).unwrap_or_default())
    .bind(credential.map(|id| id.to_string()).unwrap_or_default())
    .bind(model)
    .bind(sum.requests)
    .bind(sum.failures)
    .bind(sum.tokens[0])
    .bind(sum.tokens[1])
    .bind(sum.tokens[2])
    .bind(sum.tokens[3])
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn request(store: &File, id: &str) -> Result<Option<RequestRow>, Fault> {
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

#[cfg(test)]
mod tests;
