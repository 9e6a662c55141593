//! Client keys. Only a public prefix and a keyed hash are kept.

use hermes_core::{KeyId, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::events::{NewEvent, record};
use super::{change, json, text};
use crate::db::{Db, Row, args};
use crate::fault::Fault;
use crate::{ClientKey, KeyLimits, StoreError};

pub(crate) async fn add(db: &mut Db<'_>, key: &ClientKey) -> Result<(), Fault> {
    let taken = db
        .number(
            "SELECT count(*) FROM client_key WHERE prefix = $1 OR id = $2",
            args![&key.prefix, key.id.to_string()],
        )
        .await?;
    if taken > 0 {
        let what = Both::of(|lang| text::client_key(lang, &key.prefix));
        return Err(StoreError::Taken { what }.into());
    }
    insert(db, key).await?;
    let detail = format!("client key `{}` made", key.name);
    record(db, key.created, NewEvent::general("key-created", &detail)).await?;
    change::bump(db).await?;
    Ok(())
}

pub(crate) async fn insert(db: &mut Db<'_>, key: &ClientKey) -> Result<(), Fault> {
    db.run(
        "INSERT INTO client_key (id, name, prefix, hash, created, revoked, last_used, per_minute, models) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            key.id.to_string(),
            &key.name,
            &key.prefix,
            &key.hash,
            key.created,
            key.revoked,
            key.last_used,
            key.limits.requests_per_minute.map(i64::from),
            (!key.limits.models.is_empty()).then(|| text(&key.limits.models)),
        ],
    )
    .await?;
    Ok(())
}

/// Notes when keys were last used. Nobody caches that, so the version stays.
pub(crate) async fn note_uses(db: &mut Db<'_>, uses: &[(KeyId, UnixMs)]) -> Result<(), Fault> {
    for (id, at) in uses {
        db.run(
            "UPDATE client_key SET last_used = $2 WHERE id = $1 AND (last_used IS NULL OR last_used < $2)",
            args![id.to_string(), *at],
        )
        .await?;
    }
    Ok(())
}

pub(crate) async fn list(db: &mut Db<'_>) -> Result<Vec<ClientKey>, Fault> {
    let rows = db
        .all("SELECT * FROM client_key ORDER BY created, id", args![])
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ClientKey, Fault> {
    let id: String = row.get("id")?;
    let damaged = || StoreError::Damaged {
        row: Both::of(|lang| text::row_client_key(lang, &id)),
    };
    let models: Option<String> = row.get("models")?;
    let per_minute: Option<i64> = row.get("per_minute")?;
    // A limit that cannot be read must not become none.
    let limits = KeyLimits {
        models: models
            .map_or(Some(Vec::new()), |models| json(&models))
            .ok_or_else(damaged)?,
        requests_per_minute: per_minute
            .map(|number| u32::try_from(number).map_err(|_| damaged()))
            .transpose()?,
    };
    Ok(ClientKey {
        id: id.parse().map_err(|_| damaged())?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        hash: row.get("hash")?,
        created: UnixMs::from_millis(row.get("created")?),
        revoked: row.time("revoked")?,
        last_used: row.time("last_used")?,
        limits,
    })
}

pub(crate) async fn revoke(db: &mut Db<'_>, id: KeyId, now: UnixMs) -> Result<bool, Fault> {
    let row = db
        .maybe(
            "UPDATE client_key SET revoked = coalesce(revoked, $2) WHERE id = $1 RETURNING name",
            args![id.to_string(), now],
        )
        .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let detail = format!("client key `{}` revoked", row.get::<String>("name")?);
    record(db, now, NewEvent::general("key-revoked", &detail)).await?;
    change::bump(db).await?;
    Ok(true)
}
