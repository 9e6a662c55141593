//! The secret half of credentials: sealing, opening, and the commit of a refresh.

use hermes_core::{Credential, CredentialId, Material, Secret, UnixMs};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::credentials::{missing, read, row, rows, text, with_material};
use super::events::{NewEvent, record};
use super::{Fault, SqliteStore, attempts, settings, signed};
use crate::seal::{Cell, Sealer};
use crate::{Commit, StoreError};

/// The plain columns that decide where and how the secrets are used, or what is believed about them.
fn bound(credential: &Credential) -> String {
    serde_json::json!([
        credential.provider,
        credential.identity.issuer,
        credential.identity.subject,
        credential.identity.organisation,
        credential.method,
        credential.region,
        credential.billing,
        credential.source,
        credential.created,
        credential.expires,
        credential.earliest_refresh,
        credential.has_refresh,
        credential.scopes,
    ])
    .to_string()
}

fn cell<'a>(credential: &Credential, row: &'a str, column: &'static str, bound: &'a str) -> Cell<'a> {
    Cell {
        table: "credential_secret",
        row,
        column,
        generation: credential.generation,
        bound,
    }
}

/// Writes a credential's secrets under its generation and lets its refresh lease go.
pub(super) async fn write_secrets(
    connection: &mut SqliteConnection,
    sealer: &Sealer,
    credential: &Credential,
    material: &Material,
) -> Result<(), Fault> {
    let id = credential.id.to_string();
    let bound = bound(credential);
    let seal = |column, secret: &Secret| sealer.seal(cell(credential, &id, column, &bound), secret.expose());
    sqlx::query(
        "INSERT INTO credential_secret (cred_id, gen, access, refresh, extra, expires, earliest_refresh, scopes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (cred_id) DO UPDATE SET gen = excluded.gen, access = excluded.access, \
         refresh = excluded.refresh, extra = excluded.extra, expires = excluded.expires, \
         earliest_refresh = excluded.earliest_refresh, scopes = excluded.scopes",
    )
    .bind(&id)
    .bind(signed(credential.generation))
    .bind(seal("access", &material.access))
    .bind(material.refresh.as_ref().map(|secret| seal("refresh", secret)))
    .bind(seal("extra", &Secret::new(text(&material.extra))))
    .bind(credential.expires.map(UnixMs::as_millis))
    .bind(credential.earliest_refresh.map(UnixMs::as_millis))
    .bind(text(&credential.scopes))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT OR REPLACE INTO credential_lease (cred_id, gen, phase, attempts) VALUES (?1, ?2, 'idle', 0)",
    )
    .bind(&id)
    .bind(signed(credential.generation))
    .execute(connection)
    .await?;
    Ok(())
}

fn open(sealer: &Sealer, row: &SqliteRow) -> Result<(u64, Material), Fault> {
    let credential = read(row)?;
    let id = credential.id.to_string();
    let bound = bound(&credential);
    let unseal = |column: &'static str, blob: &[u8]| {
        sealer
            .open(cell(&credential, &id, column, &bound), blob)
            .ok_or_else(|| damaged(&credential, column))
    };
    let access = unseal("access", &row.try_get::<Vec<u8>, _>("access")?)?;
    let refresh = row
        .try_get::<Option<Vec<u8>>, _>("refresh")?
        .map(|blob| unseal("refresh", &blob))
        .transpose()?;
    let extra = unseal("extra", &row.try_get::<Vec<u8>, _>("extra")?)?;
    let material = Material {
        access,
        refresh,
        expires: credential.expires,
        earliest_refresh: credential.earliest_refresh,
        scopes: credential.scopes.clone(),
        extra: serde_json::from_str(extra.expose()).map_err(|_| damaged(&credential, "extra"))?,
    };
    Ok((credential.generation, material))
}

fn damaged(credential: &Credential, column: &str) -> StoreError {
    StoreError::Damaged {
        row: format!(
            "credential `{}` of `{}` (table credential_secret, row {}, column {column})",
            credential.label, credential.provider, credential.id
        ),
    }
}

pub(super) async fn material(store: &SqliteStore, id: CredentialId) -> Result<(u64, Material), Fault> {
    let found = row(&mut *store.reader().await?, id).await?;
    let found = found.ok_or_else(|| missing(id))?;
    open(store.sealer().await?, &found)
}

pub(super) async fn commit_refresh(
    store: &SqliteStore,
    id: CredentialId,
    generation: u64,
    material: Material,
    now: UnixMs,
) -> Result<Commit, Fault> {
    let sealer = store.sealer().await?;
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let Some(found) = row(&mut transaction, id).await? else {
        return Ok(Commit::Gone);
    };
    let current = read(&found)?;
    if current.generation != generation {
        return Ok(Commit::Superseded);
    }
    let next = Credential {
        generation: generation + 1,
        refreshed: Some(now),
        ..with_material(current, &material)
    };
    sqlx::query("UPDATE credential SET refreshed = ?2 WHERE id = ?1")
        .bind(id.to_string())
        .bind(now.as_millis())
        .execute(&mut *transaction)
        .await?;
    write_secrets(&mut transaction, sealer, &next, &material).await?;
    let event = NewEvent {
        credential: Some(id),
        kind: "refreshed",
        detail: "token renewed",
        generation: Some(next.generation),
    };
    record(&mut transaction, now, event).await?;
    transaction.commit().await?;
    Ok(Commit::Stored(next.generation))
}

/// Every problem that can be found by reading all there is.
pub(super) async fn check(store: &SqliteStore) -> Result<Vec<String>, Fault> {
    let sealer = store.sealer().await?;
    let mut reader = store.reader().await?;
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut *reader)
        .await?;
    let mut problems: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
    problems.extend(damaged_rows(&mut reader, sealer).await?);
    Ok(problems)
}

/// Opens every secret and names each row that does not open.
pub(crate) async fn damaged_rows(
    connection: &mut SqliteConnection,
    sealer: &Sealer,
) -> Result<Vec<String>, Fault> {
    let mut problems = Vec::new();
    let mut note = |outcome: Result<(), Fault>| match outcome {
        Err(Fault::Store(error)) => problems.push(error.to_string()),
        Err(Fault::Sql(error)) => problems.push(error.to_string()),
        Ok(()) => {}
    };
    for row in rows(connection).await? {
        note(open(sealer, &row).map(drop));
    }
    for row in attempts::rows(connection).await? {
        note(attempts::read(sealer, &row).map(drop));
    }
    let sealed: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT name, sealed FROM setting WHERE sealed IS NOT NULL ORDER BY name")
            .fetch_all(connection)
            .await?;
    for (name, blob) in sealed {
        if sealer.open(settings::cell(&name), &blob).is_none() {
            let row = format!("setting `{name}`, column sealed");
            note(Err(StoreError::Damaged { row }.into()));
        }
    }
    Ok(problems)
}
