//! The log file: requests and usage, opened at the first use and written with relaxed durability.

use std::slice;
use std::time::Duration;

use hermes_core::ProviderId;
use sqlx::sqlite::SqliteSynchronous;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::MutexGuard;

use super::{Sqlite as File, connect_options};
use crate::db::{Db, args, signed};
use crate::fault::Fault;
use crate::lock::Lock;
use crate::sql::usage::{Sums, rank};
use crate::{RankAsk, RequestRow, StoreError, files};

/// One SQL text for each version of the log file, in order; each sets `user_version` itself. Steps are only ever added.
const STEPS: &[&str] = &[
    include_str!("../../migrations/log_0001.sql"),
    include_str!("../../migrations/log_0002.sql"),
    include_str!("../../migrations/log_0003.sql"),
    include_str!("../../migrations/log_0004.sql"),
];
/// Requests older than this are dropped; their usage stays.
pub(crate) const KEPT: Duration = Duration::from_hours(30 * 24);
/// Requests that one statement adds. Each statement is a trip to the database's thread and back, which costs more than the
/// rows themselves.
const AT_ONCE: usize = 32;

pub(crate) type Guard<'a> = MutexGuard<'a, Option<SqliteConnection>>;

/// The log connection, opened if this is the first use.
async fn connection(store: &File) -> Result<Guard<'_>, Fault> {
    let mut guard = store.log.lock().await;
    if guard.is_none() {
        // A new file is made to write ahead by whoever opens it first. SQLite does not wait for its lock then: of two that open it at
        // once one would be turned away, and its rows be lost.
        let gate = Lock::gate(&store.places).await?;
        *guard = Some(open(store).await?);
        drop(gate);
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
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { path, found, known }.into());
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        sqlx::raw_sql(*step).execute(&mut *transaction).await?;
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
    let mut sums = Sums::default();
    for part in requests.chunks(AT_ONCE) {
        // A statement that fails leaves nothing behind, and the requests one by one then show which of them is at fault.
        if part.len() == AT_ONCE && insert(&mut transaction, part).await.is_ok() {
            for request in part {
                sums.add(request);
            }
            continue;
        }
        for request in part {
            if insert(&mut transaction, slice::from_ref(request)).await? == 1 {
                sums.add(request);
            }
        }
    }
    let mut db = Db::Sqlite(transaction);
    sums.write(&mut db, "local").await?;
    let text = "DELETE FROM request_log WHERE at < $1";
    db.run(text, args![newest.minus(KEPT)]).await?;
    db.commit().await
}

/// Adds requests and tells how many. One that is there already is left out when it comes alone, and is an error among others.
async fn insert(connection: &mut SqliteConnection, requests: &[RequestRow]) -> Result<u64, Fault> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, \
         first_byte_ms, total_ms, input, cache_read, cache_write, output, error, held, story, reasoning) ",
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
        row.push_bind(&request.error)
            .push_bind(request.held)
            .push_bind(request.story.as_ref().and_then(|story| story.to_text()))
            .push_bind(request.reasoning.map(signed));
    });
    if requests.len() == 1 {
        query.push(" ON CONFLICT (id) DO NOTHING");
    }
    Ok(query.build().execute(connection).await?.rows_affected())
}

/// Brings the sums of a ranking up to the present.
pub(crate) async fn bring_up(store: &File, ask: &RankAsk) -> Result<(), Fault> {
    let mut guard = connection(store).await?;
    let mut db = Db::Sqlite(opened(&mut guard).begin_with("BEGIN IMMEDIATE").await?);
    rank::bring_up(&mut db, ask).await?;
    db.commit().await
}

/// The log, for reading; none when nothing was ever written.
pub(crate) async fn existing(store: &File) -> Result<Option<Guard<'_>>, Fault> {
    if !files::check_file(&store.places.log())? {
        return Ok(None);
    }
    connection(store).await.map(Some)
}

/// Sees one moment of the log.
pub(crate) async fn begin<'a>(guard: &'a mut Guard<'_>) -> Result<Db<'a>, Fault> {
    Ok(Db::Sqlite(opened(guard).begin().await?))
}

#[cfg(test)]
mod tests;
