//! What the two back ends do differently.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hermes_core::UnixMs;
use hermes_text::Both;
use hermes_text::errors::store as text;

use crate::db::Db;
use crate::fault::Fault;
use crate::place::Place;
use crate::postgres::{self, Server};
use crate::session::Session;
use crate::sqlite::Sqlite;
use crate::{StoreError, backup};

/// Where the rows are.
pub(crate) enum Back {
    /// A file of this machine.
    Sqlite(Box<Sqlite>),
    /// A database that several machines share.
    Postgres(Server),
}

impl Back {
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Sqlite(file) => file.places.database(),
            Self::Postgres(server) => PathBuf::from(server.address()),
        }
    }

    pub(crate) async fn reader(&self) -> Result<Session<'_>, Fault> {
        match self {
            Self::Sqlite(file) => file.reader().await,
            Self::Postgres(server) => server.session(false).await,
        }
    }

    pub(crate) async fn writer(&self) -> Result<Session<'_>, Fault> {
        match self {
            Self::Sqlite(file) => file.writer().await,
            Self::Postgres(server) => server.session(true).await,
        }
    }

    /// How long a command may take, where a network is on the way.
    pub(crate) fn limit(&self) -> Option<Duration> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(_) => Some(postgres::LIMIT),
        }
    }

    /// Whether commits may be lost after they were confirmed, as when a standby takes over.
    pub(crate) fn may_lose_commits(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Where the rows are now, to be compared with where they were.
    pub(crate) async fn place(&self, db: &mut Db<'_>) -> Result<Place, Fault> {
        match self {
            Self::Sqlite(file) => Ok(Place::of(&file.places.folder)),
            Self::Postgres(server) => server.place(db).await,
        }
    }

    /// Notices that the database has another history than before, and then gives no lease for a while.
    pub(crate) async fn watch_history(&self, db: &mut Db<'_>, now: UnixMs) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(server) => server.watch_history(db, now).await,
        }
    }

    /// The back end's own check; a server looks after itself.
    pub(crate) async fn integrity(&self) -> Result<Vec<String>, Fault> {
        match self {
            Self::Sqlite(file) => file.integrity().await,
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }

    pub(crate) async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(file) => backup::copy_to(file, to)
                .await
                .map_err(|fault| fault.at(&file.places.database())),
            Self::Postgres(_) => Err(StoreError::NotForThis {
                problem: Both::of(text::no_copy),
                instead: text::no_copy_next,
            }),
        }
    }

    pub(crate) async fn close(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(file) => file.shut().await,
            Self::Postgres(server) => {
                server.close().await;
                Ok(())
            }
        }
    }
}
