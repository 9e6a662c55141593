//! Noticing that the server lost commits: after a standby took over or a backup was restored, it is on a new timeline.

use hermes_core::UnixMs;

use crate::db::{Db, args};
use crate::fault::Fault;
use crate::lease::QUIET;
use crate::sql::change;
use crate::sql::events::{NewEvent, record};

/// Versions of the lost history may be in use at readers, and its count of renewals in the marks of machines; the new ones begin
/// far beyond them.
const JUMP: i64 = 1_000_000;

/// Whether the server tells its timeline. CockroachDB, for one, has none.
pub(super) async fn is_known(db: &mut Db<'_>) -> Result<bool, Fault> {
    let text = "SELECT count(*) FROM pg_proc WHERE proname = 'pg_walfile_name'";
    Ok(db.number(text, args![]).await? > 0)
}

/// The timeline that is written now. The control file would name the new one only after the first checkpoint.
async fn timeline(db: &mut Db<'_>) -> Result<i64, Fault> {
    let text = "SELECT CAST(CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS text) AS bit(32)) AS bigint)";
    db.number(text, args![]).await
}

/// Whether the database is on the timeline that was seen last.
pub(super) async fn is_the_same(db: &mut Db<'_>) -> Result<bool, Fault> {
    Ok(timeline(db).await? == change::get(db, "timeline").await?)
}

/// Compares the timeline with the one that was seen last. On another one no lease is given for a while, so that every node can
/// offer what it received before, and every reader begins anew.
pub(super) async fn watch(db: &mut Db<'_>, now: UnixMs) -> Result<(), Fault> {
    let current = timeline(db).await?;
    let seen = change::get(db, "timeline").await?;
    if seen == current {
        return Ok(());
    }
    if seen == 0 {
        return change::set(db, "timeline", current).await;
    }
    let first = db
        .run(
            "UPDATE counter SET value = $2 WHERE name = 'timeline' AND value = $1",
            args![seen, current],
        )
        .await?;
    if first == 0 {
        return Ok(());
    }
    change::set(db, "quiet_until", now.plus(QUIET).as_millis()).await?;
    let words = format!(
        "the database is on timeline {current}, not {seen} as before: it may have lost its last commits, so nothing is renewed \
         for {} s",
        QUIET.as_secs()
    );
    record(db, now, NewEvent::general("history", &words)).await?;
    let text = "UPDATE counter SET value = value + $1 WHERE name = $2";
    for name in ["rotations", "version"] {
        db.run(text, args![JUMP, name]).await?;
    }
    change::touch_whole(db, None).await
}
