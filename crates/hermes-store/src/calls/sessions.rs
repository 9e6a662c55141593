//! Sessions in a browser.

use std::time::Duration;

use async_trait::async_trait;
use hermes_core::UnixMs;

use crate::fault::Fault;
use crate::session::Until;
use crate::sql::sessions;
use crate::store::{SqlStore, reading, transaction, writing};
use crate::{AdminSessions, SessionRow, StoreError};

#[async_trait]
impl AdminSessions for SqlStore {
    async fn add_code(&self, hash: &str, expires: UnixMs, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => sessions::add_code(db, hash, expires, now))
    }

    async fn take_code(&self, hash: &str, now: UnixMs) -> Result<bool, StoreError> {
        writing!(self, db => sessions::take_code(db, hash, now))
    }

    async fn add_session(
        &self,
        hash: &str,
        id: &str,
        created: UnixMs,
        expires: UnixMs,
    ) -> Result<(), StoreError> {
        writing!(self, db => sessions::add(db, hash, id, created, expires))
    }

    async fn session(
        &self,
        hash: &str,
        idle: Duration,
        now: UnixMs,
    ) -> Result<Option<SessionRow>, StoreError> {
        reading!(self, db => sessions::find(db, hash, idle, now))
    }

    async fn sessions(&self, idle: Duration, now: UnixMs) -> Result<Vec<SessionRow>, StoreError> {
        reading!(self, db => sessions::all(db, idle, now))
    }

    async fn touch_session(&self, hash: &str, now: UnixMs) -> Result<(), StoreError> {
        writing!(self, db => sessions::touch(db, hash, now))
    }

    async fn end_session(&self, hash: &str) -> Result<bool, StoreError> {
        writing!(self, db => sessions::end(db, hash))
    }

    async fn end_sessions(&self) -> Result<u64, StoreError> {
        writing!(self, db => sessions::end_all(db))
    }
}
