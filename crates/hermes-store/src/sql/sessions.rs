//! One-time codes and session tokens of people in a browser, as hashes.

use std::time::Duration;

use hermes_core::UnixMs;

use crate::SessionRow;
use crate::db::{Db, Row, args};
use crate::fault::Fault;

/// Deletes what has ended.
async fn sweep(db: &mut Db<'_>, now: UnixMs) -> Result<(), Fault> {
    db.run("DELETE FROM admin_code WHERE expires <= $1", args![now])
        .await?;
    db.run("DELETE FROM admin_session WHERE expires <= $1", args![now])
        .await?;
    Ok(())
}

pub(crate) async fn add_code(db: &mut Db<'_>, hash: &str, expires: UnixMs, now: UnixMs) -> Result<(), Fault> {
    sweep(db, now).await?;
    let text = "INSERT INTO admin_code (hash, expires) VALUES ($1, $2)";
    db.run(text, args![hash, expires]).await?;
    Ok(())
}

pub(crate) async fn take_code(db: &mut Db<'_>, hash: &str, now: UnixMs) -> Result<bool, Fault> {
    let text = "DELETE FROM admin_code WHERE hash = $1 RETURNING expires";
    let row = db.maybe(text, args![hash]).await?;
    row.map_or(
        Ok(false),
        |row| Ok(UnixMs::from_millis(row.get("expires")?) > now),
    )
}

pub(crate) async fn add(
    db: &mut Db<'_>,
    hash: &str,
    id: &str,
    created: UnixMs,
    expires: UnixMs,
) -> Result<(), Fault> {
    sweep(db, created).await?;
    db.run(
        "INSERT INTO admin_session (hash, id, created, used, expires) VALUES ($1, $2, $3, $3, $4)",
        args![hash, id, created, expires],
    )
    .await?;
    Ok(())
}

pub(crate) async fn find(
    db: &mut Db<'_>,
    hash: &str,
    idle: Duration,
    now: UnixMs,
) -> Result<Option<SessionRow>, Fault> {
    let row = db
        .maybe(
            "SELECT id, created, used, expires FROM admin_session WHERE hash = $1 AND expires > $2 AND used > $3",
            args![hash, now, now.minus(idle)],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn all(db: &mut Db<'_>, idle: Duration, now: UnixMs) -> Result<Vec<SessionRow>, Fault> {
    let text = "SELECT id, created, used, expires FROM admin_session WHERE expires > $1 AND used > $2 \
                ORDER BY created DESC, id";
    let rows = db.all(text, args![now, now.minus(idle)]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<SessionRow, Fault> {
    Ok(SessionRow {
        id: row.get("id")?,
        created: UnixMs::from_millis(row.get("created")?),
        used: UnixMs::from_millis(row.get("used")?),
        expires: UnixMs::from_millis(row.get("expires")?),
    })
}

pub(crate) async fn touch(db: &mut Db<'_>, hash: &str, now: UnixMs) -> Result<(), Fault> {
    let text = "UPDATE admin_session SET used = $2 WHERE hash = $1 AND used < $2";
    db.run(text, args![hash, now]).await?;
    Ok(())
}

pub(crate) async fn end(db: &mut Db<'_>, hash: &str) -> Result<bool, Fault> {
    let text = "DELETE FROM admin_session WHERE hash = $1";
    Ok(db.run(text, args![hash]).await? > 0)
}

pub(crate) async fn end_all(db: &mut Db<'_>) -> Result<u64, Fault> {
    db.run("DELETE FROM admin_code", args![]).await?;
    db.run("DELETE FROM admin_session", args![]).await
}
