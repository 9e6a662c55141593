//! Verifying a store file before anything is done with it.

use std::path::Path;

use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::fault::Fault;
use crate::files::{self, Places};
use crate::lock::{self, Lock};
use crate::sqlite::connect_options;
use crate::{StoreError, schema};

/// Verifies the file as it lies there, by its checksum or, after a crash, by SQLite's own check, and marks it as in use.
/// The gate is held, so nobody else is opening or closing it.
pub(crate) async fn verify(places: &Places) -> Result<Lock, StoreError> {
    let database = places.database();
    if files::length(&database) == 0 {
        return Err(unreadable(&database, Both::of(text::empty)));
    }
    // Whoever has it open verified it before. The file is not even read then: POSIX drops all locks that a process has on
    // a file when the process closes any of its descriptors, so a look from inside that process would end SQLite's locks.
    if let Some(alone) = Lock::alone(places)? {
        verify_alone(places).await?;
        drop(alone);
    }
    Lock::shared(places)
}

async fn verify_alone(places: &Places) -> Result<(), StoreError> {
    let database = places.database();
    let folded = files::length(&places.write_ahead_log()) == 0;
    let sum = lock::matches(&database, &places.checksum())?;
    if sum == Some(false) {
        return Err(unreadable(&database, Both::of(text::checksum)));
    }
    schema::version_in_file(&database)?;
    if sum.is_none() || !folded {
        verify_after_crash(places, folded).await?;
    }
    Ok(())
}

/// SQLite's check of a store that was not closed. With a write-ahead log it is done on a copy, as opening would fold it in.
async fn verify_after_crash(places: &Places, folded: bool) -> Result<(), StoreError> {
    let database = places.database();
    if folded {
        return integrity(&database, &database).await;
    }
    let folder = places.folder.join("checking");
    discard_folder(&folder)?;
    files::make_folder(&folder)?;
    let copy = Places::new(&folder, &folder);
    let outcome = async {
        files::copy(&database, &copy.database())?;
        files::copy(&places.write_ahead_log(), &copy.write_ahead_log())?;
        let failed = |error| Fault::from(error).at(&database);
        // Folds the log in, so that the check sees what an open would see.
        let options = connect_options(&copy.database());
        let connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        integrity(&copy.database(), &database).await
    }
    .await;
    discard_folder(&folder)?;
    match outcome {
        // No room for a copy: a connection that only reads folds nothing in either, it just rebuilds the log's index.
        Err(StoreError::NotWritable { .. }) => {
            integrity_by(connect_reading(&database).await, &database).await
        }
        other => other,
    }
}

fn discard_folder(folder: &Path) -> Result<(), StoreError> {
    if !files::exists(folder) {
        return Ok(());
    }
    files::check_folder(folder)?;
    fs_err::remove_dir_all(folder).map_err(|error| files::io(folder, &error))
}

/// Runs SQLite's check on a file without changing it; errors speak of `named`.
pub(crate) async fn integrity(file: &Path, named: &Path) -> Result<(), StoreError> {
    integrity_by(connect_frozen(file).await, named).await
}

async fn integrity_by(
    connection: Result<SqliteConnection, sqlx::Error>,
    named: &Path,
) -> Result<(), StoreError> {
    let failed = |error| Fault::from(error).at(named);
    let mut connection = connection.map_err(failed)?;
    let found: Result<Vec<String>, _> = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_all(&mut connection)
        .await;
    let version = schema::version(&mut connection).await;
    connection.close().await.map_err(failed)?;
    let problem = found.map_err(failed)?.into_iter().find(|line| line != "ok");
    if let Some(problem) = problem {
        return Err(unreadable(
            named,
            Both::of(|lang| text::integrity(lang, &problem)),
        ));
    }
    schema::check_version(named, version.map_err(failed)?).map(drop)
}

async fn connect_reading(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    SqliteConnection::connect_with(&options).await
}

/// Opens a file that nobody writes; SQLite makes no file beside it and takes no lock.
async fn connect_frozen(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(true);
    SqliteConnection::connect_with(&options).await
}

pub(crate) fn unreadable(path: &Path, problem: Both) -> StoreError {
    StoreError::Unreadable {
        path: path.to_owned(),
        problem,
    }
}
