//! Client keys. Only a public prefix and a keyed hash are kept.

use hermes_core::{KeyId, UnixMs};

use super::change;
use super::events::{NewEvent, record};
use crate::db::{Db, args};
use crate::fault::Fault;
use crate::{ClientKey, StoreError};

pub(crate) async fn add(db: &mut Db<'_>, key: &ClientKey) -> Result<(), Fault> {
    let taken = db
        .number(
            "SELECT count(*) FROM client_key WHERE prefix = $1 OR id = $2",
            args![&key.prefix, key.id.to_string()],
        )
        .await?;
    if taken > 0 {
        let what = format!("the client key `{}`", key.prefix);
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
        "INSERT INTO client_key (id, name, prefix, hash, created, revoked) VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            key.id.to_string(),
            &key.name,
            &key.prefix,
            &key.hash,
            key.created,
            key.revoked
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn list(db: &mut Db<'_>) -> Result<Vec<ClientKey>, Fault> {
    let rows = db
        .all("SELECT * FROM client_key ORDER BY created, id", args![])
        .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.get("id")?;
            Ok(ClientKey {
                id: id.parse().map_err(|_| StoreError::Damaged {
                    row: format!("client_key `{id}`"),
                })?,
                name: row.get("name")?,
                prefix: row.get("prefix")?,
                hash: row.get("hash")?,
                created: UnixMs::from_millis(row.get("created")?),
                revoked: row.time("revoked")?,
            })
        })
        .collect()
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
