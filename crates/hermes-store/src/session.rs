//! A connection of one of the back ends, for one transaction.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection, Postgres, Sqlite, SqliteConnection};
use tokio::sync::MutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::db::Db;
use crate::fault::Fault;

/// A connection that nobody else uses meanwhile.
pub(crate) enum Session<'a> {
    /// SQLite's first connection.
    First {
        guard: MutexGuard<'a, Option<SqliteConnection>>,
        /// Whether its transactions own the write lock from their first statement.
        write: bool,
        /// Whether a transaction was begun and not ended.
        open: &'a AtomicBool,
    },
    /// A further connection of SQLite, which only reads.
    Reader(PoolConnection<Sqlite>),
    /// A connection to the server.
    Postgres {
        connection: PoolConnection<Postgres>,
        /// Whether its transactions may write. Others see one moment of the database, whatever is committed meanwhile.
        write: bool,
    },
}

impl Session<'_> {
    /// Begins a transaction. Dropping it undoes it.
    pub(crate) async fn begin(&mut self) -> Result<Db<'_>, Fault> {
        Ok(match self {
            Self::First { guard, write, open } => {
                let connection = guard.as_mut().expect("a session is made from an open connection");
                // One that was dropped half-way is still there.
                if open.swap(true, Ordering::AcqRel) {
                    roll_back(connection).await;
                }
                let statement = if *write { "BEGIN IMMEDIATE" } else { "BEGIN" };
                if let Err(error) = sqlx::raw_sql(statement).execute(&mut *connection).await {
                    open.store(false, Ordering::Release);
                    return Err(error.into());
                }
                Db::First(connection, open)
            }
            Self::Reader(connection) => Db::Sqlite(connection.begin().await?),
            Self::Postgres {
                connection,
                write: true,
            } => Db::Postgres(connection.begin().await?),
            Self::Postgres { connection, .. } => {
                let statement = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Db::Postgres(connection.begin_with(statement).await?)
            }
        })
    }

    /// The raw connection to the file, for what only SQLite has.
    pub(crate) fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match self {
            Self::First { guard, .. } => guard.as_mut(),
            Self::Reader(connection) => Some(&mut *connection),
            Self::Postgres { .. } => None,
        }
    }

    /// Lets go of a connection that does not answer: nobody waits until it does.
    pub(crate) fn abandon(&mut self) {
        if let Self::Postgres { connection, .. } = self {
            connection.close_on_drop();
        }
    }
}

/// Until when an answer is waited for; a file of this machine has limits of its own.
#[derive(Clone, Copy)]
pub(crate) struct Until(Option<Instant>);

impl Until {
    pub(crate) fn after(limit: Option<Duration>) -> Self {
        Self(limit.map(|limit| Instant::now() + limit))
    }

    pub(crate) async fn wait<T>(self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        match self.0 {
            Some(at) => timeout_at(at, work).await.unwrap_or(Err(Fault::Silent)),
            None => work.await,
        }
    }
}

/// Ends a transaction of the first connection. SQLite may have undone it itself, as it does when the disk is full, and then has
/// nothing more to undo.
pub(crate) async fn roll_back(connection: &mut SqliteConnection) {
    let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
}
