//! Many processes on a server that takes few connections: when it is nearly full, every process gives its connections back after
//! each use, so that all get their turn.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgConnection;
use sqlx::pool::PoolConnectionMetadata;
use tokio::time::Instant;

/// How long what was seen of the server counts.
const KEPT: Duration = Duration::from_secs(1);

/// What was last seen: whether the server was nearly full, and when.
pub(super) type Seen = Arc<Mutex<Option<(Instant, bool)>>>;

type Answer<'c> = Pin<Box<dyn Future<Output = Result<bool, sqlx::Error>> + Send + 'c>>;

/// Whether two thirds of the connections are taken. A pooler before the server keeps that from happening.
const TEXT: &str = "SELECT count(*) * 3 > CAST(current_setting('max_connections') AS bigint) * 2 FROM pg_stat_activity \
                    WHERE backend_type = 'client backend'";

/// Decides about each connection that was used whether it is kept: false ends it.
pub(super) fn gives_back(
    seen: Seen,
) -> impl for<'c> Fn(&'c mut PgConnection, PoolConnectionMetadata) -> Answer<'c> + Send + Sync + 'static {
    move |connection, _| {
        let seen = Arc::clone(&seen);
        Box::pin(async move {
            let last = *seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, full)) = last
                && at.elapsed() < KEPT
            {
                return Ok(!full);
            }
            let asked = sqlx::query_scalar(TEXT)
                .persistent(false)
                .fetch_one(connection)
                .await;
            // Servers that only resemble PostgreSQL may not know the answer.
            let full = match asked {
                Ok(full) => full,
                Err(sqlx::Error::Database(_)) => false,
                Err(error) => return Err(error),
            };
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), full));
            Ok(!full)
        })
    }
}
