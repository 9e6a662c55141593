//! Client keys. Only a public prefix and a keyed hash are kept.

use hermes_core::{KeyId, UnixMs};
use sqlx::Row;

use super::events::{NewEvent, record};
use super::{Fault, SqliteStore};
use crate::{ClientKey, StoreError};

pub(super) async fn add(store: &SqliteStore, key: &ClientKey) -> Result<(), Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let taken: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM client_key WHERE prefix = ?1 OR id = ?2)")
            .bind(&key.prefix)
            .bind(key.id.to_string())
            .fetch_one(&mut *transaction)
            .await?;
    if taken {
        let what = format!("the client key `{}`", key.prefix);
        return Err(StoreError::Taken { what }.into());
    }
    sqlx::query(
        "INSERT INTO client_key (id, name, prefix, hash, created, revoked) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(key.id.to_string())
    .bind(&key.name)
    .bind(&key.prefix)
    .bind(&key.hash)
    .bind(key.created.as_millis())
    .bind(key.revoked.map(UnixMs::as_millis))
    .execute(&mut *transaction)
    .await?;
    let detail = format!("client key `{}` made", key.name);
    let event = NewEvent {
        credential: None,
        kind: "key-created",
        detail: &detail,
        generation: None,
    };
    record(&mut transaction, key.created, event).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn list(store: &SqliteStore) -> Result<Vec<ClientKey>, Fault> {
    let mut reader = store.reader().await?;
    let rows = sqlx::query("SELECT * FROM client_key ORDER BY created, id")
        .fetch_all(&mut *reader)
        .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok(ClientKey {
                id: id.parse().map_err(|_| StoreError::Damaged {
                    row: format!("client_key `{id}`"),
                })?,
                name: row.try_get("name")?,
                prefix: row.try_get("prefix")?,
                hash: row.try_get("hash")?,
                created: UnixMs::from_millis(row.try_get("created")?),
                revoked: row.try_get::<Option<i64>, _>("revoked")?.map(UnixMs::from_millis),
            })
        })
        .collect()
}

pub(super) async fn revoke(store: &SqliteStore, id: KeyId, now: UnixMs) -> Result<bool, Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let name: Option<String> = sqlx::query_scalar(
        "UPDATE client_key SET revoked = coalesce(revoked, ?2) WHERE id = ?1 RETURNING name",
    )
    .bind(id.to_string())
    .bind(now.as_millis())
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(name) = name else {
        return Ok(false);
    };
    let detail = format!("client key `{name}` revoked");
    let event = NewEvent {
        credential: None,
        kind: "key-revoked",
        detail: &detail,
        generation: None,
    };
    record(&mut transaction, now, event).await?;
    transaction.commit().await?;
    Ok(true)
}
