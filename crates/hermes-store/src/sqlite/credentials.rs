//! Credentials without their secrets: listing, the identity rule, health.

use hermes_core::{
    Account, Credential, CredentialId, Health, Identity, Material, NewCredential, ProviderId, Scope, UnixMs,
};
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::events::{NewEvent, record};
use super::place::{clean, free_label, label_key, provider_order};
use super::secrets::write_secrets;
use super::{Fault, SqliteStore, unsigned};
use crate::seal::Sealer;
use crate::{Saved, StoreError};

/// Every column of a credential but its secrets.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.*, s.gen, s.expires, s.earliest_refresh, s.scopes, s.refresh IS NOT NULL AS has_refresh, ",
            "s.access, s.refresh, s.extra, h.health FROM credential c ",
            "JOIN credential_secret s ON s.cred_id = c.id ",
            "LEFT JOIN credential_health h ON h.cred_id = c.id ",
            $rest
        )
    };
}

/// Damaged rows are left out with a warning, so that one of them does not hide the others; `check` names them.
pub(super) async fn list(store: &SqliteStore) -> Result<Vec<Credential>, Fault> {
    let rows = rows(&mut *store.reader().await?).await?;
    Ok(rows
        .iter()
        .filter_map(|row| match read(row) {
            Ok(credential) => Some(credential),
            Err(fault) => {
                tracing::warn!(?fault, "left out a damaged credential");
                None
            }
        })
        .collect())
}

pub(super) async fn rows(connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, Fault> {
    Ok(sqlx::query(select!("ORDER BY c.provider, c.priority"))
        .fetch_all(connection)
        .await?)
}

/// A credential's row with its sealed columns.
pub(super) async fn row(
    connection: &mut SqliteConnection,
    id: CredentialId,
) -> Result<Option<SqliteRow>, Fault> {
    Ok(sqlx::query(select!("WHERE c.id = ?1"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?)
}

/// A credential, or the error that says there is none.
pub(super) async fn one(connection: &mut SqliteConnection, id: CredentialId) -> Result<Credential, Fault> {
    let row = row(connection, id).await?.ok_or_else(|| missing(id))?;
    read(&row)
}

pub(super) fn missing(id: CredentialId) -> StoreError {
    StoreError::Missing {
        what: format!("credential `{id}`"),
    }
}

pub(super) fn read(row: &SqliteRow) -> Result<Credential, Fault> {
    let id: String = row.try_get("id")?;
    let damaged = |column: &str| StoreError::Damaged {
        row: format!("credential `{id}`, column {column}"),
    };
    let time = |column| -> Result<Option<UnixMs>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(UnixMs::from_millis))
    };
    let health: Option<String> = row.try_get("health")?;
    Ok(Credential {
        id: id.parse().map_err(|_| damaged("id"))?,
        provider: ProviderId::new(row.try_get::<String, _>("provider")?),
        identity: Identity {
            issuer: row.try_get("issuer")?,
            subject: row.try_get("subject")?,
            organisation: row.try_get("organisation")?,
        },
        label: row.try_get("label")?,
        method: row.try_get("method")?,
        region: row.try_get("region")?,
        billing: json(&row.try_get::<String, _>("billing")?).ok_or_else(|| damaged("billing"))?,
        priority: u32::try_from(row.try_get::<i64, _>("priority")?).map_err(|_| damaged("priority"))?,
        source: json(&row.try_get::<String, _>("source")?).ok_or_else(|| damaged("source"))?,
        account: Account {
            display: row.try_get("display")?,
            plan: row.try_get("plan")?,
        },
        created: UnixMs::from_millis(row.try_get("created")?),
        refreshed: time("refreshed")?,
        generation: unsigned(row.try_get("gen")?),
        expires: time("expires")?,
        earliest_refresh: time("earliest_refresh")?,
        has_refresh: row.try_get("has_refresh")?,
        scopes: json(&row.try_get::<String, _>("scopes")?).ok_or_else(|| damaged("scopes"))?,
        health: match health {
            Some(text) => json(&text).ok_or_else(|| damaged("health"))?,
            None => Health::Ready,
        },
        rests: Vec::new(),
        weight: 1,
        resets: 0,
        fingerprint: String::new(),
    })
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

pub(super) fn text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data with text keys is valid JSON")
}

pub(super) async fn save_login(
    store: &SqliteStore,
    login: NewCredential,
    now: UnixMs,
) -> Result<Saved, Fault> {
    // The key comes first: without it nothing is touched.
    let sealer = store.sealer().await?;
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let saved = save_within(store, &mut transaction, sealer, login, now).await?;
    transaction.commit().await?;
    Ok(saved)
}

/// The identity rule, inside a transaction that owns the write lock.
pub(super) async fn save_within(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
    sealer: &Sealer,
    login: NewCredential,
    now: UnixMs,
) -> Result<Saved, Fault> {
    let known = sqlx::query(select!(
        "WHERE c.provider = ?1 AND c.issuer = ?2 AND c.subject = ?3 AND c.organisation IS ?4"
    ))
    .bind(login.provider.as_str())
    .bind(&login.identity.issuer)
    .bind(&login.identity.subject)
    .bind(&login.identity.organisation)
    .fetch_optional(&mut *connection)
    .await?;
    let replaced = known.is_some();
    let (credential, material) = match known {
        Some(row) => renewed(read(&row)?, login, now),
        None => added(store, connection, login, now).await?,
    };
    write_credential(connection, &credential).await?;
    write_secrets(connection, sealer, &credential, &material).await?;
    clear_health(connection, credential.id).await?;
    let detail = if replaced {
        "signed in again, tokens replaced"
    } else {
        "signed in"
    };
    let event = NewEvent {
        credential: Some(credential.id),
        kind: "login",
        detail,
        generation: Some(credential.generation),
    };
    record(connection, now, event).await?;
    Ok(Saved { credential, replaced })
}

/// The same account signed in again: id, label, priority and first date stay.
fn renewed(old: Credential, login: NewCredential, now: UnixMs) -> (Credential, Material) {
    let credential = Credential {
        method: login.method,
        region: login.region,
        billing: login.billing,
        source: login.source,
        account: login.account,
        refreshed: Some(now),
        generation: old.generation + 1,
        health: Health::Ready,
        ..with_material(old, &login.material)
    };
    (credential, login.material)
}

/// Another account: a new credential at the end of its provider's order.
async fn added(
    store: &SqliteStore,
    connection: &mut SqliteConnection,
    login: NewCredential,
    now: UnixMs,
) -> Result<(Credential, Material), Fault> {
    let label = free_label(connection, &login).await?;
    let place = provider_order(connection, &login.provider).await?.len();
    let credential = Credential {
        id: CredentialId::new(now, store.random.as_ref()),
        provider: login.provider,
        identity: login.identity,
        label,
        method: login.method,
        region: login.region,
        billing: login.billing,
        priority: u32::try_from(place).unwrap_or(u32::MAX),
        source: login.source,
        account: login.account,
        created: now,
        refreshed: None,
        generation: 1,
        expires: None,
        earliest_refresh: None,
        has_refresh: false,
        scopes: Vec::new(),
        health: Health::Ready,
        rests: Vec::new(),
        weight: 1,
        resets: 0,
        fingerprint: String::new(),
    };
    Ok((with_material(credential, &login.material), login.material))
}

/// The credential with the plain facts of its new secrets.
pub(super) fn with_material(credential: Credential, material: &Material) -> Credential {
    Credential {
        expires: material.expires,
        earliest_refresh: material.earliest_refresh,
        has_refresh: material.refresh.is_some(),
        scopes: material.scopes.clone(),
        ..credential
    }
}

async fn write_credential(connection: &mut SqliteConnection, credential: &Credential) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO credential (id, provider, issuer, subject, organisation, label, label_key, method, region, \
         billing, priority, source, display, plan, created, refreshed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
         ON CONFLICT (id) DO UPDATE SET method = excluded.method, region = excluded.region, \
         billing = excluded.billing, source = excluded.source, display = excluded.display, \
         plan = excluded.plan, refreshed = excluded.refreshed",
    )
    .bind(credential.id.to_string())
    .bind(credential.provider.as_str())
    .bind(&credential.identity.issuer)
    .bind(&credential.identity.subject)
    .bind(&credential.identity.organisation)
    .bind(clean(&credential.label))
    .bind(label_key(&credential.label))
    .bind(&credential.method)
    .bind(&credential.region)
    .bind(text(&credential.billing))
    .bind(credential.priority)
    .bind(text(&credential.source))
    .bind(&credential.account.display)
    .bind(&credential.account.plan)
    .bind(credential.created.as_millis())
    .bind(credential.refreshed.map(UnixMs::as_millis))
    .execute(connection)
    .await?;
    Ok(())
}

async fn clear_health(connection: &mut SqliteConnection, id: CredentialId) -> Result<(), Fault> {
    sqlx::query("DELETE FROM credential_health WHERE cred_id = ?1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn set_health(
    store: &SqliteStore,
    id: CredentialId,
    generation: Option<u64>,
    health: Health,
    now: UnixMs,
) -> Result<bool, Fault> {
    let mut writer = store.writer().await?;
    let mut transaction = writer.begin().await?;
    let current = match (row(&mut transaction, id).await?, generation) {
        (Some(row), _) => read(&row)?,
        (None, Some(_)) => return Ok(false),
        (None, None) => return Err(missing(id).into()),
    };
    if generation.is_some_and(|generation| generation != current.generation) {
        return Ok(false);
    }
    if current.health == health {
        return Ok(true);
    }
    clear_health(&mut transaction, id).await?;
    if health != Health::Ready {
        insert_health(&mut transaction, id, &health).await?;
    }
    let event = NewEvent {
        credential: Some(id),
        kind: "health",
        detail: &in_words(&health),
        generation: Some(current.generation),
    };
    record(&mut transaction, now, event).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn insert_health(
    connection: &mut SqliteConnection,
    id: CredentialId,
    health: &Health,
) -> Result<(), Fault> {
    let (scope, until) = match health {
        Health::Cooling { until, scope, .. } => (scope.clone(), Some(until.as_millis())),
        _ => (Scope::Account, None),
    };
    sqlx::query(
        "INSERT INTO credential_health (cred_id, scope, until, health, seq) \
         VALUES (?1, ?2, ?3, ?4, (SELECT value FROM counter WHERE name = 'version'))",
    )
    .bind(id.to_string())
    .bind(text(&scope))
    .bind(until)
    .bind(text(health))
    .execute(connection)
    .await?;
    Ok(())
}

fn in_words(health: &Health) -> String {
    match health {
        Health::Ready => "ready".to_owned(),
        Health::Cooling { cause, scope, .. } => match scope {
            Scope::Account => format!("cooling down: {}", cause.words()),
            Scope::Model(model) => format!("cooling down for `{model}`: {}", cause.words()),
            Scope::Organisation(name) => format!("cooling down for `{name}`: {}", cause.words()),
        },
        Health::NeedsLogin { cause } => format!("needs login: {}", cause.words()),
        Health::Disabled => "disabled".to_owned(),
        Health::Blocked { rule } => format!("blocked: {rule}"),
    }
}
