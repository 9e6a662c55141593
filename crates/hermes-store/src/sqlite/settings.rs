//! Settings: plain ones, and secret ones that are sealed.

use hermes_core::Secret;
use sqlx::SqliteConnection;

use super::{Fault, SqliteStore};
use crate::StoreError;
use crate::seal::Cell;

pub(super) fn cell(name: &str) -> Cell<'_> {
    Cell {
        table: "setting",
        row: name,
        column: "sealed",
        generation: 0,
        bound: "",
    }
}

async fn sealed(connection: &mut SqliteConnection, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let blob: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT sealed FROM setting WHERE name = ?1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(blob.flatten())
}

pub(super) async fn secret(
    store: &SqliteStore,
    name: &str,
    make: &(dyn Fn() -> Secret + Sync),
) -> Result<Secret, Fault> {
    let sealer = store.sealer().await?;
    let opened = |blob: Vec<u8>| {
        sealer.open(cell(name), &blob).ok_or_else(|| {
            let row = format!("setting `{name}`, column sealed");
            Fault::from(StoreError::Damaged { row })
        })
    };
    let mut reader = store.reader().await?;
    if let Some(blob) = sealed(&mut reader, name).await? {
        return opened(blob);
    }
    drop(reader);
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    // Another process may have made it since.
    if let Some(blob) = sealed(&mut transaction, name).await? {
        return opened(blob);
    }
    let made = make();
    let changed =
        sqlx::query("INSERT INTO setting (name, sealed) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(sealer.seal(cell(name), made.expose()))
            .execute(&mut *transaction)
            .await?;
    if changed.rows_affected() == 0 {
        return Err(taken(name));
    }
    transaction.commit().await?;
    Ok(made)
}

pub(super) async fn get(store: &SqliteStore, name: &str) -> Result<Option<String>, Fault> {
    let mut reader = store.reader().await?;
    let value: Option<Option<String>> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
        .bind(name)
        .fetch_optional(&mut *reader)
        .await?;
    Ok(value.flatten())
}

pub(super) async fn set(store: &SqliteStore, name: &str, value: Option<&str>) -> Result<(), Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    if sealed(&mut transaction, name).await?.is_some() {
        return Err(taken(name));
    }
    let query = match value {
        Some(value) => sqlx::query(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value),
        None => sqlx::query("DELETE FROM setting WHERE name = ?1").bind(name),
    };
    query.execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

fn taken(name: &str) -> Fault {
    let what = format!("the setting `{name}`");
    StoreError::Taken { what }.into()
}
