use std::time::Duration;

use async_trait::async_trait;
use hermes_core::UnixMs;

use crate::{SessionRow, StoreError};

/// Who may look after the store in a browser. Codes and tokens are random values of the caller's; what is kept is their
/// SHA-256 as hex. Nothing here moves the store's version, and no move to another store takes it along.
#[async_trait]
pub trait AdminSessions: Send + Sync {
    /// Keeps a one-time code until it expires. Codes and sessions that have ended are deleted.
    async fn add_code(&self, hash: &str, expires: UnixMs, now: UnixMs) -> Result<(), StoreError>;

    /// Uses a code up; true for the one caller that found it before it expired.
    async fn take_code(&self, hash: &str, now: UnixMs) -> Result<bool, StoreError>;

    /// Keeps a session under a short public id, until `expires` at the latest. Codes and sessions that have ended are deleted.
    async fn add_session(
        &self,
        hash: &str,
        id: &str,
        created: UnixMs,
        expires: UnixMs,
    ) -> Result<(), StoreError>;

    /// A session; none when it was ended, has expired, or was not used for `idle`.
    async fn session(
        &self,
        hash: &str,
        idle: Duration,
        now: UnixMs,
    ) -> Result<Option<SessionRow>, StoreError>;

    /// Every session that holds, the newest first.
    async fn sessions(&self, idle: Duration, now: UnixMs) -> Result<Vec<SessionRow>, StoreError>;

    /// Notes that a session was used. A write that waits for the disk, so it is for once in a while, not for every call.
    async fn touch_session(&self, hash: &str, now: UnixMs) -> Result<(), StoreError>;

    /// Ends a session; false when there is none.
    async fn end_session(&self, hash: &str) -> Result<bool, StoreError>;

    /// Ends every session and every code that could open one; how many sessions there were.
    async fn end_sessions(&self) -> Result<u64, StoreError>;
}
