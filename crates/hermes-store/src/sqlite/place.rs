//! Labels and order within a provider, and removal.

use hermes_core::{CredentialId, NewCredential, ProviderId, UnixMs};
use sqlx::SqliteConnection;

use super::credentials::one;
use super::events::{NewEvent, record};
use super::{Fault, SqliteStore};
use crate::StoreError;

/// Longest label, in characters.
const LABEL_LIMIT: usize = 64;

/// A label without control characters or surrounding blanks, cut to its limit.
pub(super) fn clean(label: &str) -> String {
    let printable: String = label.chars().filter(|c| !c.is_control()).collect();
    let cut: String = printable.trim().chars().take(LABEL_LIMIT).collect();
    cut.trim_end().to_owned()
}

/// What must be unique: labels that differ only in case are the same.
pub(super) fn label_key(label: &str) -> String {
    clean(label).to_lowercase()
}

async fn is_taken(
    connection: &mut SqliteConnection,
    provider: &ProviderId,
    label: &str,
) -> Result<bool, Fault> {
    let query = "SELECT EXISTS (SELECT 1 FROM credential WHERE provider = ?1 AND label_key = ?2)";
    Ok(sqlx::query_scalar(query)
        .bind(provider.as_str())
        .bind(label_key(label))
        .fetch_one(connection)
        .await?)
}

fn taken(provider: &ProviderId, label: &str) -> Fault {
    let what = format!("the label `{label}` of `{provider}`");
    StoreError::Taken { what }.into()
}

/// The label of a new credential: the chosen one, else the account's name, else the provider and the next free number.
pub(super) async fn free_label(
    connection: &mut SqliteConnection,
    login: &NewCredential,
) -> Result<String, Fault> {
    let provider = &login.provider;
    let filled = |label: &Option<String>| label.as_deref().map(clean).filter(|label| !label.is_empty());
    if let Some(label) = filled(&login.label) {
        if is_taken(connection, provider, &label).await? {
            return Err(taken(provider, &label));
        }
        return Ok(label);
    }
    let display = filled(&login.account.display);
    let mut number = 1_u32;
    loop {
        let label = match &display {
            Some(name) if number == 1 => name.clone(),
            Some(name) => numbered(name, number),
            None => clean(&format!("{provider}-{number}")),
        };
        if !is_taken(connection, provider, &label).await? {
            return Ok(label);
        }
        number += 1;
    }
}

/// `name (2)`, within the limit.
fn numbered(name: &str, number: u32) -> String {
    let ending = format!(" ({number})");
    let room = LABEL_LIMIT - ending.len();
    let mut label: String = name.chars().take(room).collect();
    label.push_str(&ending);
    label
}

/// The provider's credentials in order.
pub(super) async fn provider_order(
    connection: &mut SqliteConnection,
    provider: &ProviderId,
) -> Result<Vec<String>, Fault> {
    Ok(
        sqlx::query_scalar("SELECT id FROM credential WHERE provider = ?1 ORDER BY priority")
            .bind(provider.as_str())
            .fetch_all(connection)
            .await?,
    )
}

/// Numbers the provider's credentials from zero in this order.
async fn renumber(
    connection: &mut SqliteConnection,
    provider: &ProviderId,
    order: &[String],
) -> Result<(), Fault> {
    // Out of the way first: SQLite checks uniqueness row by row.
    sqlx::query("UPDATE credential SET priority = -1 - priority WHERE provider = ?1")
        .bind(provider.as_str())
        .execute(&mut *connection)
        .await?;
    for (place, id) in (0_i64..).zip(order) {
        sqlx::query("UPDATE credential SET priority = ?2 WHERE id = ?1")
            .bind(id)
            .bind(place)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn rename(
    store: &SqliteStore,
    id: CredentialId,
    label: &str,
    now: UnixMs,
) -> Result<(), Fault> {
    let label = clean(label);
    if label.is_empty() {
        let what = "text in the new label".to_owned();
        return Err(StoreError::Missing { what }.into());
    }
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let credential = one(&mut transaction, id).await?;
    let same = label_key(&credential.label) == label_key(&label);
    if !same && is_taken(&mut transaction, &credential.provider, &label).await? {
        return Err(taken(&credential.provider, &label));
    }
    sqlx::query("UPDATE credential SET label = ?2, label_key = ?3 WHERE id = ?1")
        .bind(id.to_string())
        .bind(&label)
        .bind(label_key(&label))
        .execute(&mut *transaction)
        .await?;
    let detail = format!("renamed from `{}` to `{label}`", credential.label);
    record(
        &mut transaction,
        now,
        event(id, "renamed", &detail, credential.generation),
    )
    .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn set_priority(
    store: &SqliteStore,
    id: CredentialId,
    place: u32,
    now: UnixMs,
) -> Result<(), Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let credential = one(&mut transaction, id).await?;
    let own = id.to_string();
    let mut order = provider_order(&mut transaction, &credential.provider).await?;
    order.retain(|other| *other != own);
    let place = usize::try_from(place).unwrap_or(usize::MAX).min(order.len());
    order.insert(place, own);
    renumber(&mut transaction, &credential.provider, &order).await?;
    let detail = format!("moved from place {} to {place}", credential.priority);
    record(
        &mut transaction,
        now,
        event(id, "moved", &detail, credential.generation),
    )
    .await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn remove(store: &SqliteStore, id: CredentialId, now: UnixMs) -> Result<(), Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let credential = one(&mut transaction, id).await?;
    sqlx::query("DELETE FROM credential WHERE id = ?1")
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
    let order = provider_order(&mut transaction, &credential.provider).await?;
    renumber(&mut transaction, &credential.provider, &order).await?;
    let detail = format!("`{}` of `{}` removed", credential.label, credential.provider);
    record(
        &mut transaction,
        now,
        event(id, "removed", &detail, credential.generation),
    )
    .await?;
    Ok(transaction.commit().await?)
}

fn event<'a>(id: CredentialId, kind: &'static str, detail: &'a str, generation: u64) -> NewEvent<'a> {
    NewEvent {
        credential: Some(id),
        kind,
        detail,
        generation: Some(generation),
    }
}
