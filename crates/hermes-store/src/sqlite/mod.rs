//! The SQLite back end: one connection at first, which writes; readers are added when it is busy.

mod attempts;
mod credentials;
mod events;
mod fault;
mod keys;
mod log;
mod place;
mod secrets;
mod settings;
mod store;

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use hermes_core::{Clock, Random};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

pub(crate) use fault::Fault;
pub(crate) use secrets::damaged_rows;

use crate::files::{self, Places};
use crate::holder::{DataKey, Header, Keys};
use crate::lock::{self, Lock};
use crate::seal::Sealer;
use crate::{StoreError, StoreInfo, backup};

/// Readers beside the first connection.
const READERS: u32 = 4;

/// An open store.
pub(crate) struct SqliteStore {
    pub(crate) info: StoreInfo,
    pub(crate) places: Places,
    pub(crate) path: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    header: Header,
    keys: Keys,
    sealer: OnceCell<Sealer>,
    first: Mutex<Option<SqliteConnection>>,
    readers: OnceCell<SqlitePool>,
    log: Mutex<Option<SqliteConnection>>,
    in_use: Mutex<Option<Lock>>,
    checksum_removed: AtomicBool,
    next_backup_look: AtomicI64,
}

/// What a store is made of once its file has been verified.
pub(crate) struct Parts {
    pub(crate) info: StoreInfo,
    pub(crate) header: Header,
    pub(crate) keys: Keys,
    /// The data key, if the store has just been created.
    pub(crate) new_key: Option<DataKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) connection: SqliteConnection,
    pub(crate) in_use: Lock,
}

impl SqliteStore {
    pub(crate) fn new(parts: Parts) -> Self {
        let places = parts.keys.places.clone();
        let random = Arc::clone(&parts.keys.random);
        let sealer = parts.new_key.map(|key| {
            Sealer::new(
                &parts.header.store_id,
                &parts.header.key_id,
                key,
                Arc::clone(&random),
            )
        });
        Self {
            info: parts.info,
            path: places.database(),
            clock: parts.clock,
            random,
            places,
            header: parts.header,
            keys: parts.keys,
            sealer: OnceCell::new_with(sealer),
            first: Mutex::new(Some(parts.connection)),
            readers: OnceCell::new(),
            log: Mutex::new(None),
            in_use: Mutex::new(Some(parts.in_use)),
            checksum_removed: AtomicBool::new(false),
            next_backup_look: AtomicI64::new(0),
        }
    }

    /// The data key, fetched from its holder at the first call.
    pub(crate) async fn sealer(&self) -> Result<&Sealer, StoreError> {
        let unlock = async || {
            let key = self.keys.unlock(&self.header).await?;
            let random = Arc::clone(&self.random);
            Ok(Sealer::new(
                &self.header.store_id,
                &self.header.key_id,
                key,
                random,
            ))
        };
        self.sealer.get_or_try_init(unlock).await
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self) -> Result<Reader<'_>, Fault> {
        if let Ok(first) = self.first.try_lock() {
            return if first.is_some() {
                Ok(Reader::First(first))
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
            Ok(connection) => Ok(Reader::Pooled(connection)),
            Err(sqlx::Error::PoolTimedOut) => Err(StoreError::Locked(self.path.clone()).into()),
            Err(sqlx::Error::PoolClosed) => Err(closed()),
            Err(error) => Err(error.into()),
        }
    }

    /// The connection to write with. Before the first write of this process the file's checksum is withdrawn; once a day
    /// a backup is taken first.
    pub(crate) async fn writer(&self) -> Result<Writer<'_>, Fault> {
        let mut guard = self.first.lock().await;
        let connection = guard.as_mut().ok_or_else(closed)?;
        if !self.checksum_removed.load(Ordering::Acquire) {
            files::remove(&self.places.checksum())?;
            self.checksum_removed.store(true, Ordering::Release);
        }
        let now = self.clock.now().as_millis();
        if now >= self.next_backup_look.load(Ordering::Relaxed) {
            let next = backup::daily(&self.places, connection, now).await?;
            self.next_backup_look.store(next, Ordering::Relaxed);
        }
        Ok(Writer(guard))
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
impl Drop for SqliteStore {
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
    StoreError::Backend("it has been closed".to_owned()).into()
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

/// A connection to read with.
pub(crate) enum Reader<'a> {
    First(MutexGuard<'a, Option<SqliteConnection>>),
    Pooled(PoolConnection<Sqlite>),
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::First(guard) => guard.as_ref().expect("a reader is made from an open connection"),
            Self::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::First(guard) => guard.as_mut().expect("a reader is made from an open connection"),
            Self::Pooled(connection) => connection,
        }
    }
}

/// The connection to write with.
pub(crate) struct Writer<'a>(MutexGuard<'a, Option<SqliteConnection>>);

impl Writer<'_> {
    /// A transaction that owns the write lock from its first statement. Dropping it undoes it.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, Fault> {
        Ok(self.connection().begin_with("BEGIN IMMEDIATE").await?)
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("a writer is made from an open connection")
    }
}

/// A count or generation as SQLite keeps it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The opposite of [`signed`].
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests;
