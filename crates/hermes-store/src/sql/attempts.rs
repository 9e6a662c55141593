//! Login attempts that survive the process; their state is sealed.

use hermes_core::{AttemptId, ProviderId, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;

use crate::db::{Db, Row, Value, args};
use crate::fault::Fault;
use crate::seal::{Cell, Sealer};
use crate::{AttemptRow, StoreError};

/// The plain columns that the sealed state is bound to.
fn bound(attempt: &AttemptRow) -> String {
    serde_json::json!([
        attempt.provider,
        attempt.method,
        attempt.region,
        attempt.label,
        attempt.created,
        attempt.expires
    ])
    .to_string()
}

fn cell<'a>(row: &'a str, bound: &'a str) -> Cell<'a> {
    Cell {
        table: "login_attempt",
        row,
        column: "state",
        generation: 0,
        bound,
    }
}

/// The columns in their order, the state sealed.
fn values(sealer: &Sealer, attempt: &AttemptRow) -> Vec<Value> {
    let id = attempt.id.to_string();
    let state = sealer.seal(cell(&id, &bound(attempt)), attempt.state.expose());
    args![
        &id,
        attempt.provider.as_str(),
        &attempt.method,
        &attempt.region,
        &attempt.label,
        state,
        attempt.created,
        attempt.expires
    ]
}

pub(crate) async fn save(db: &mut Db<'_>, sealer: &Sealer, attempt: &AttemptRow) -> Result<(), Fault> {
    db.run(
        "INSERT INTO login_attempt (id, provider, method, region, label, state, created, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, method = excluded.method, \
         region = excluded.region, label = excluded.label, state = excluded.state, \
         created = excluded.created, expires = excluded.expires",
        values(sealer, attempt),
    )
    .await?;
    Ok(())
}

pub(crate) async fn update(db: &mut Db<'_>, sealer: &Sealer, attempt: &AttemptRow) -> Result<bool, Fault> {
    let changed = db
        .run(
            "UPDATE login_attempt SET provider = $2, method = $3, region = $4, label = $5, state = $6, \
             created = $7, expires = $8 WHERE id = $1",
            values(sealer, attempt),
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn one(db: &mut Db<'_>, id: AttemptId) -> Result<Option<Row>, Fault> {
    db.maybe("SELECT * FROM login_attempt WHERE id = $1", args![id.to_string()])
        .await
}

pub(crate) async fn rows(db: &mut Db<'_>) -> Result<Vec<Row>, Fault> {
    db.all("SELECT * FROM login_attempt ORDER BY created, id", args![])
        .await
}

/// Damaged attempts are left out: they can only be started again.
pub(crate) fn readable(sealer: &Sealer, rows: &[Row]) -> Vec<AttemptRow> {
    let read = |row| match read(sealer, row) {
        Ok(attempt) => Some(attempt),
        Err(fault) => {
            tracing::warn!(?fault, "left out a damaged login attempt");
            None
        }
    };
    rows.iter().filter_map(read).collect()
}

pub(crate) fn read(sealer: &Sealer, row: &Row) -> Result<AttemptRow, Fault> {
    let id: String = row.get("id")?;
    let damaged = || StoreError::Damaged {
        row: Both::of(|lang| text::row_attempt(lang, &id)),
    };
    let mut attempt = AttemptRow {
        id: id.parse().map_err(|_| damaged())?,
        provider: ProviderId::new(row.get::<String>("provider")?),
        method: row.get("method")?,
        region: row.get("region")?,
        label: row.get("label")?,
        state: "".into(),
        created: UnixMs::from_millis(row.get("created")?),
        expires: UnixMs::from_millis(row.get("expires")?),
    };
    let blob: Vec<u8> = row.get("state")?;
    attempt.state = sealer
        .open(cell(&id, &bound(&attempt)), &blob)
        .ok_or_else(damaged)?;
    Ok(attempt)
}

pub(crate) async fn take(db: &mut Db<'_>, id: AttemptId) -> Result<bool, Fault> {
    let deleted = db
        .run("DELETE FROM login_attempt WHERE id = $1", args![id.to_string()])
        .await?;
    Ok(deleted == 1)
}
