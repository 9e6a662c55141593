//! Copies of the store: on demand, once a day before a write, before a migration; and the way back.
//!
//! A copy holds the sealed secrets and the wrapped key, so it is worth nothing without the key's holder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::{Connection, SqliteConnection};

use crate::db::Db;
use crate::fault::Fault;
use crate::files::{self, Places, with_suffix};
use crate::holder::Keys;
use crate::lock::{self, Lock};
use crate::open::{Setup, check_lab};
use crate::seal::Sealer;
use crate::sql::header;
use crate::sql::secrets::damaged_rows;
use crate::sqlite::{Sqlite, connect_options};
use crate::verify::integrity;
use crate::{AdminSessions, OpenOptions, Store, StoreError, schema};

const DAY_MS: i64 = 24 * 3_600_000;
/// Automatic copies kept.
const KEPT: usize = 7;

/// The checksum file of a copy.
fn sum_of(copy: &Path) -> PathBuf {
    with_suffix(copy, ".sum")
}

/// Writes a consistent copy of an open store to a new private file, with its checksum beside it.
pub(crate) async fn copy_to(file: &Sqlite, to: &Path) -> Result<(), Fault> {
    let mut session = file.reader().await?;
    match session.sqlite() {
        Some(connection) => snapshot(connection, to).await,
        None => Ok(()),
    }
}

async fn snapshot(connection: &mut SqliteConnection, to: &Path) -> Result<(), Fault> {
    let to = std::path::absolute(to).map_err(|error| files::io(to, &error))?;
    let name = to.to_str().ok_or_else(|| StoreError::NotWritable {
        path: to.clone(),
        problem: Both::of(text::not_unicode),
    })?;
    let file = files::create(&to)?;
    let written = write_snapshot(connection, name, &to, &file).await;
    if written.is_err() {
        files::remove(&to)?;
    }
    // The problem lies with the copy, not with the store.
    written.map_err(|fault| fault.at(&to).into())
}

async fn write_snapshot(
    connection: &mut SqliteConnection,
    name: &str,
    to: &Path,
    file: &fs_err::File,
) -> Result<(), Fault> {
    sqlx::query("VACUUM INTO ?1")
        .bind(name)
        .execute(connection)
        .await?;
    file.sync_all().map_err(|error| files::io(to, &error))?;
    Ok(lock::write_sum(to, &sum_of(to))?)
}

/// Takes the day's copy if it is due; returns when to look again. A copy that fails never stops the write.
pub(crate) async fn daily(
    places: &Places,
    connection: &mut SqliteConnection,
    now: i64,
) -> Result<i64, Fault> {
    let filled: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM credential)")
        .fetch_one(&mut *connection)
        .await?;
    if !filled {
        return Ok(now);
    }
    let last: i64 = sqlx::query_scalar("SELECT value FROM counter WHERE name = 'backup'")
        .fetch_one(&mut *connection)
        .await?;
    // A clock that was put back must not stop the copies.
    if last <= now && now < last.saturating_add(DAY_MS) {
        return Ok(last.saturating_add(DAY_MS));
    }
    if !claim(connection, last, now).await? {
        return Ok(now.saturating_add(DAY_MS));
    }
    if let Err(fault) = dated(places, connection, now).await {
        tracing::warn!(?fault, "the daily backup failed");
        claim(connection, now, last).await?;
        return Ok(now.saturating_add(DAY_MS / 24));
    }
    Ok(now.saturating_add(DAY_MS))
}

/// Moves the mark of the last copy; false when another process moved it first.
async fn claim(connection: &mut SqliteConnection, from: i64, to: i64) -> Result<bool, Fault> {
    let result = sqlx::query("UPDATE counter SET value = ?2 WHERE name = 'backup' AND value = ?1")
        .bind(from)
        .bind(to)
        .execute(connection)
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Writes `backups/hermes-<date>.db` and drops the oldest beyond the number kept.
pub(crate) async fn dated(places: &Places, connection: &mut SqliteConnection, now: i64) -> Result<(), Fault> {
    let folder = places.backups();
    files::make_folder(&folder)?;
    let copy = free_name(&folder.join(format!("hermes-{}", stamp(now))), ".db");
    snapshot(connection, &copy).await?;
    Ok(rotate(&folder)?)
}

/// `20261123T202337Z`.
fn stamp(now: i64) -> String {
    jiff::Timestamp::from_millisecond(now)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// The first of `base.db`, `base-2.db`, ... that is free.
fn free_name(base: &Path, ending: &str) -> PathBuf {
    let mut path = with_suffix(base, ending);
    let mut number = 2_u32;
    while files::exists(&path) {
        path = with_suffix(base, &format!("-{number}{ending}"));
        number += 1;
    }
    path
}

fn rotate(folder: &Path) -> Result<(), StoreError> {
    let mut copies = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(|error| files::io(folder, &error))? {
        let path = entry.map_err(|error| files::io(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            copies.push(path);
        }
    }
    copies.sort();
    let surplus = copies.len().saturating_sub(KEPT);
    for copy in &copies[..surplus] {
        files::remove(copy)?;
        files::remove(&sum_of(copy))?;
    }
    Ok(())
}

/// Puts a copy in the place of the store, after verifying it: checksum (where one lies beside it), SQLite's check, schema,
/// lab mark, and that the key opens every secret in it. The store that was there is kept as `hermes.db.replaced-<date>`.
/// Without `replace` an existing store is an error. Nobody else may have the store open.
pub async fn restore(options: OpenOptions, from: &Path, replace: bool) -> Result<Arc<dyn Store>, StoreError> {
    let setup = Setup {
        create: false,
        ..Setup::from(options)
    };
    let places = &setup.keys.places;
    files::make_folder(&places.folder)?;
    places.check()?;
    let gate = Lock::gate(places).await?;
    let alone = Lock::alone(places)?.ok_or_else(|| StoreError::Locked(places.database()))?;
    if files::exists(&places.database()) && !replace {
        return Err(StoreError::Taken {
            what: Both::of(|lang| text::store_at(lang, &places.database().display().to_string())),
        });
    }
    let copy = places.folder.join("hermes.db.restoring");
    files::remove(&copy)?;
    if let Err(error) = bring_in(&setup.keys, setup.lab, from, &copy).await {
        for suffix in ["-wal", "-shm", ""] {
            files::remove(&with_suffix(&copy, suffix))?;
        }
        return Err(error);
    }
    swap_in(places, &copy, setup.clock.now().as_millis())?;
    drop(alone);
    drop(gate);
    let store = setup.open_sqlite().await?;
    // Whoever was signed out after the copy was made stays so.
    store.end_sessions().await?;
    Ok(Arc::new(store))
}

/// Keeps the present store aside and gives its name to the copy.
fn swap_in(places: &Places, copy: &Path, now: i64) -> Result<(), StoreError> {
    put_aside(places, now)?;
    files::remove(&places.checksum())?;
    files::remove(&places.write_ahead_log())?;
    files::remove(&places.shared_memory())?;
    files::rename(copy, &places.database())?;
    lock::write_sum(&places.database(), &places.checksum())
}

/// Copies the file into the home and verifies the copy.
async fn bring_in(keys: &Keys, lab: bool, from: &Path, copy: &Path) -> Result<(), StoreError> {
    files::copy(from, copy)?;
    let stated = fs_err::read(sum_of(from)).ok();
    if stated.is_some_and(|stated| lock::describe(copy).is_ok_and(|found| found.as_bytes() != stated)) {
        return Err(StoreError::Unreadable {
            path: from.to_owned(),
            problem: Both::of(text::checksum_wrong),
        });
    }
    schema::version_in_file(copy).map_err(|error| renamed(error, from))?;
    let failed = |fault: Fault| fault.at(from);
    // A copy is not in write-ahead mode; the change of mode is a write, so it happens before the checksum is made.
    let connection = SqliteConnection::connect_with(&connect_options(copy)).await;
    let connection = connection.map_err(|error| failed(error.into()))?;
    connection.close().await.map_err(|error| failed(error.into()))?;
    integrity(copy, from).await?;
    verify_secrets(keys, lab, from, copy).await
}

/// Lab mark, key, and every secret of a copy.
async fn verify_secrets(keys: &Keys, lab: bool, from: &Path, copy: &Path) -> Result<(), StoreError> {
    let failed = |fault: Fault| fault.at(from);
    let sql = |error: sqlx::Error| failed(error.into());
    let mut connection = SqliteConnection::connect_with(&connect_options(copy))
        .await
        .map_err(sql)?;
    let found = schema::version(&mut connection).await.map_err(sql)?;
    let mut transaction = connection.begin().await.map_err(sql)?;
    // Only to look at an older one: the transaction is undone.
    schema::migrate(&mut transaction, found).await.map_err(sql)?;
    let mut db = Db::Sqlite(transaction);
    let header = header::read(&mut db, from).await.map_err(failed)?;
    check_lab(from, header.lab, lab)?;
    let key = keys.unlock(&header).await?;
    let sealer = Sealer::new(&header.store_id, &header.key_id, key, Arc::clone(&keys.random));
    let damaged = damaged_rows(&mut db, &sealer).await.map_err(failed)?;
    drop(db);
    connection.close().await.map_err(sql)?;
    match damaged.into_iter().next() {
        Some(problem) => Err(StoreError::Unreadable {
            path: from.to_owned(),
            problem,
        }),
        None => Ok(()),
    }
}

/// An error about the copy names the file that the person gave.
fn renamed(error: StoreError, from: &Path) -> StoreError {
    match error {
        StoreError::Unreadable { problem, .. } => StoreError::Unreadable {
            path: from.to_owned(),
            problem,
        },
        StoreError::Newer { found, known, .. } => StoreError::Newer {
            path: from.to_owned(),
            found,
            known,
        },
        other => other,
    }
}

/// Copies the present store and its write-ahead log to dated names.
fn put_aside(places: &Places, now: i64) -> Result<(), StoreError> {
    let database = places.database();
    if !files::exists(&database) {
        return Ok(());
    }
    let aside = free_name(&with_suffix(&database, &format!(".replaced-{}", stamp(now))), "");
    files::copy(&database, &aside)?;
    let log = places.write_ahead_log();
    if files::length(&log) > 0 {
        files::copy(&log, &with_suffix(&aside, "-wal"))?;
    }
    Ok(())
}
