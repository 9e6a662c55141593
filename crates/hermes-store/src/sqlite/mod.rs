//! The SQLite back end: one connection at first, which writes; readers are added when it is busy.

pub(crate) mod log;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use hermes_core::Clock;
use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::fault::Fault;
use crate::files::{self, Places};
use crate::lock::{self, Lock};
use crate::session::{Session, roll_back};
use crate::{StoreError, backup};

/// Readers beside the first connection.
const READERS: u32 = 4;

/// The open file.
pub(crate) struct Sqlite {
    pub(crate) places: Places,
    path: PathBuf,
    clock: Arc<dyn Clock>,
    first: Mutex<Option<SqliteConnection>>,
    /// Whether the first connection has a transaction that was not ended.
    open: AtomicBool,
    readers: OnceCell<SqlitePool>,
    log: Mutex<Option<SqliteConnection>>,
    in_use: Mutex<Option<Lock>>,
    checksum_removed: AtomicBool,
    next_backup_look: AtomicI64,
}

impl Sqlite {
    /// A file that has been verified and is marked as in use.
    pub(crate) fn new(
        places: Places,
        clock: Arc<dyn Clock>,
        connection: SqliteConnection,
        in_use: Lock,
    ) -> Self {
        Self {
            path: places.database(),
            places,
            clock,
            first: Mutex::new(Some(connection)),
            open: AtomicBool::new(false),
            readers: OnceCell::new(),
            log: Mutex::new(None),
            in_use: Mutex::new(Some(in_use)),
            checksum_removed: AtomicBool::new(false),
            next_backup_look: AtomicI64::new(0),
        }
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self) -> Result<Session<'_>, Fault> {
        if let Ok(first) = self.first.try_lock() {
            return if first.is_some() {
                Ok(self.first_session(first, false))
            } else {
                Err(closed())
            };
        }
        let open = async || {
            let options = connect_options(&self.path).read_only(true);
            Ok::<_, Fault>(
                SqlitePoolOptions::new()
                    .max_connections(READERS)
                    .acquire_timeout(Duration::from_secs(5))
                    .connect_lazy_with(options),
            )
        };
        let pool = self.readers.get_or_try_init(open).await?;
        match pool.acquire().await {
            Ok(connection) => Ok(Session::Reader(connection)),
            Err(sqlx::Error::PoolTimedOut) => Err(StoreError::Locked(self.path.clone()).into()),
            Err(sqlx::Error::PoolClosed) => Err(closed()),
            Err(error) => Err(error.into()),
        }
    }

    fn first_session<'a>(
        &'a self,
        guard: MutexGuard<'a, Option<SqliteConnection>>,
        write: bool,
    ) -> Session<'a> {
        Session::First {
            guard,
            write,
            open: &self.open,
        }
    }

    /// The connection to write with. Before the first write of this process the file's checksum is withdrawn; once a day
    /// a backup is taken first.
    pub(crate) async fn writer(&self) -> Result<Session<'_>, Fault> {
        let mut guard = self.first.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        if self.open.swap(false, Ordering::AcqRel) {
            roll_back(connection).await;
        }
        if !self.checksum_removed.load(Ordering::Acquire) {
            files::remove(&self.places.checksum())?;
            self.checksum_removed.store(true, Ordering::Release);
        }
        let now = self.clock.now().as_millis();
        if now >= self.next_backup_look.load(Ordering::Relaxed) {
            let next = backup::daily(&self.places, connection, now).await?;
            self.next_backup_look.store(next, Ordering::Relaxed);
        }
        Ok(self.first_session(guard, true))
    }

    /// SQLite's own check of the open file.
    pub(crate) async fn integrity(&self) -> Result<Vec<String>, Fault> {
        let mut session = self.reader().await?;
        let Some(connection) = session.sqlite() else {
            return Ok(Vec::new());
        };
        let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(connection)
            .await?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// Folds in the write-ahead log, lets go of every file, and renews the checksum if nobody else has the store open.
    pub(crate) async fn shut(&self) -> Result<(), Fault> {
        let Some(connection) = self.first.lock().await.take() else {
            return Ok(());
        };
        if let Some(pool) = self.readers.get() {
            pool.close().await;
        }
        connection.close().await?;
        if let Some(log) = self.log.lock().await.take() {
            log.close().await?;
        }
        let gate = Lock::gate(&self.places).await?;
        drop(self.in_use.lock().await.take());
        if let Some(alone) = Lock::alone(&self.places)? {
            let folded = files::length(&self.places.write_ahead_log()) == 0;
            if folded && !files::exists(&self.places.checksum()) {
                lock::write_sum(&self.path, &self.places.checksum())?;
            }
            drop(alone);
        }
        drop(gate);
        Ok(())
    }
}

/// A store that was not closed: SQLite lets go of the files in the background, and the use lock outlives that.
impl Drop for Sqlite {
    fn drop(&mut self) {
        let in_use = self.in_use.get_mut().take();
        let connections = [self.first.get_mut().take(), self.log.get_mut().take()];
        if connections.iter().all(Option::is_none) {
            return;
        }
        std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() {
                runtime.block_on(async {
                    for connection in connections.into_iter().flatten() {
                        // Nobody is left to be told; the next open verifies what it finds.
                        let _ = connection.close().await;
                    }
                });
            }
            drop(in_use);
        });
    }
}

fn closed() -> Fault {
    StoreError::Backend(Both::of(text::closed)).into()
}

/// How every connection to the credential file is set up. `secure_delete` overwrites what is deleted;
/// the write-ahead log is folded in every 100 pages (400 KiB) and then reused, so that it stays small but never shrinks to
/// nothing on a disk that fills up.
pub(crate) fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("secure_delete", "on")
        .pragma("wal_autocheckpoint", "100")
}

#[cfg(test)]
mod tests;
