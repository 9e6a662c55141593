//! Credentials without their secrets: listing and the identity rule.

use std::collections::HashMap;

use hermes_core::{
    Account, Credential, CredentialId, Health, Identity, Material, NewCredential, ProviderId, UnixMs,
};
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::events::{NewEvent, record};
use super::health::{self, Kept};
use super::place::{clean, free_label, label_key, provider_order};
use super::secrets::write_secrets;
use super::{Tools, change, json, pools, text};
use crate::db::{Db, Row, args, unsigned};
use crate::fault::Fault;
use crate::{Changes, Saved, StoreError};

/// Every column of a credential, its sealed ones among them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.*, s.gen, s.expires, s.earliest_refresh, s.scopes, s.access, s.refresh, s.extra, ",
            "CAST(CASE WHEN s.refresh IS NULL THEN 0 ELSE 1 END AS bigint) AS has_refresh, ",
            "coalesce(l.at_fingerprint, '') AS fingerprint FROM credential c ",
            "JOIN credential_secret s ON s.cred_id = c.id ",
            "LEFT JOIN credential_lease l ON l.cred_id = c.id ",
            $rest
        )
    };
}

/// Damaged rows are left out with a warning, so that one of them does not hide the others; `check` names them.
pub(crate) async fn list(db: &mut Db<'_>) -> Result<Vec<Credential>, Fault> {
    let rows = rows(db).await?;
    let kept = health::all(db).await?;
    Ok(readable(&rows, &kept))
}

fn readable(rows: &[Row], kept: &HashMap<String, Kept>) -> Vec<Credential> {
    let read = |row| match read(row, kept) {
        Ok(credential) => Some(credential),
        Err(fault) => {
            tracing::warn!(?fault, "left out a damaged credential");
            None
        }
    };
    rows.iter().filter_map(read).collect()
}

pub(crate) async fn rows(db: &mut Db<'_>) -> Result<Vec<Row>, Fault> {
    db.all(select!("ORDER BY c.provider, c.priority"), args![]).await
}

/// What changed after a version. A version that this store has never had tells of another history, as after the loss of a
/// primary: everything is read then.
pub(crate) async fn changes(db: &mut Db<'_>, since: Option<i64>) -> Result<Changes, Fault> {
    let version = change::get(db, "version").await?;
    let removed = change::get(db, "removed").await?;
    let Some(since) = since.filter(|since| *since >= removed && *since <= version) else {
        return Ok(Changes {
            version,
            whole: true,
            credentials: list(db).await?,
        });
    };
    let text = select!("JOIN credential_change x ON x.cred_id = c.id WHERE x.changed > $1 ORDER BY c.id");
    let rows = db.all(text, args![since]).await?;
    let kept = health::since(db, since).await?;
    Ok(Changes {
        version,
        whole: false,
        credentials: readable(&rows, &kept),
    })
}

/// A credential's row with its sealed columns, and what is held against it.
pub(crate) async fn row(
    db: &mut Db<'_>,
    id: CredentialId,
) -> Result<Option<(Row, HashMap<String, Kept>)>, Fault> {
    let Some(row) = db
        .maybe(select!("WHERE c.id = $1"), args![id.to_string()])
        .await?
    else {
        return Ok(None);
    };
    Ok(Some((row, health::of(db, id).await?)))
}

/// Makes other transactions that write this credential wait for this one's end; what is read of it afterwards stays so.
pub(crate) async fn lock(db: &mut Db<'_>, id: CredentialId) -> Result<(), Fault> {
    let text = "SELECT id FROM credential WHERE id = $1 FOR UPDATE";
    db.on_server(text, args![id.to_string()]).await
}

/// A credential, or the error that says there is none.
pub(crate) async fn one(db: &mut Db<'_>, id: CredentialId) -> Result<Credential, Fault> {
    let (row, kept) = row(db, id).await?.ok_or_else(|| missing(id))?;
    read(&row, &kept)
}

pub(crate) fn missing(id: CredentialId) -> StoreError {
    StoreError::Missing {
        what: Both::of(|lang| text::credential(lang, id)),
    }
}

pub(crate) fn read(row: &Row, kept: &HashMap<String, Kept>) -> Result<Credential, Fault> {
    let id: String = row.get("id")?;
    let damaged = |column: &str| StoreError::Damaged {
        row: Both::of(|lang| text::row_credential(lang, &id, column)),
    };
    let held = kept.get(&id).cloned().unwrap_or_default();
    if let Some(column) = held.damaged {
        return Err(damaged(column).into());
    }
    let number = |value: i64, column| u32::try_from(value).map_err(|_| damaged(column));
    Ok(Credential {
        id: id.parse().map_err(|_| damaged("id"))?,
        provider: ProviderId::new(row.get::<String>("provider")?),
        identity: Identity {
            issuer: row.get("issuer")?,
            subject: row.get("subject")?,
            organisation: row.get("organisation")?,
        },
        label: row.get("label")?,
        method: row.get("method")?,
        region: row.get("region")?,
        billing: json(&row.get::<String>("billing")?).ok_or_else(|| damaged("billing"))?,
        priority: number(row.get("priority")?, "priority")?,
        source: json(&row.get::<String>("source")?).ok_or_else(|| damaged("source"))?,
        account: Account {
            display: row.get("display")?,
            plan: row.get("plan")?,
        },
        created: UnixMs::from_millis(row.get("created")?),
        refreshed: row.time("refreshed")?,
        generation: unsigned(row.get("gen")?),
        expires: row.time("expires")?,
        earliest_refresh: row.time("earliest_refresh")?,
        has_refresh: row.flag("has_refresh")?,
        scopes: json(&row.get::<String>("scopes")?).ok_or_else(|| damaged("scopes"))?,
        health: held.health,
        rests: held.rests,
        weight: number(row.get("weight")?, "weight")?,
        resets: unsigned(row.get("resets")?),
        fingerprint: row.get("fingerprint")?,
    })
}

/// The identity rule: the same account keeps id, label and priority; another one makes the pool larger.
pub(crate) async fn save_login(
    db: &mut Db<'_>,
    tools: Tools<'_>,
    login: &NewCredential,
    now: UnixMs,
) -> Result<Saved, Fault> {
    let login = &without_nul(login);
    pools::lock(db, &login.provider).await?;
    let text = select!(
        "WHERE c.provider = $1 AND c.issuer = $2 AND c.subject = $3 AND c.organisation IS NOT DISTINCT FROM $4"
    );
    let identity = &login.identity;
    let values = args![
        login.provider.as_str(),
        &identity.issuer,
        &identity.subject,
        &identity.organisation
    ];
    let mut known = db.maybe(text, values).await?;
    if let Some(row) = &known {
        // A renewal may be committed meanwhile: the generation is read anew once nobody else can move it.
        let id = read(row, &HashMap::new())?.id;
        lock(db, id).await?;
        known = self::row(db, id).await?.map(|(row, _)| row);
    }
    let replaced = known.is_some();
    let credential = match known {
        Some(row) => renewed(read(&row, &HashMap::new())?, login, now),
        None => added(db, tools, login, now).await?,
    };
    write_credential(db, &credential).await?;
    write_secrets(db, tools.sealer, &credential, &login.material).await?;
    health::clear(db, credential.id).await?;
    let detail = if replaced {
        "signed in again, tokens replaced"
    } else {
        "signed in"
    };
    record(db, now, NewEvent::of(&credential, "login", detail)).await?;
    change::touch(db, credential.id).await?;
    let fingerprint = tools.sealer.fingerprint(credential.id, &login.material.access);
    let credential = Credential {
        fingerprint,
        ..credential
    };
    Ok(Saved { credential, replaced })
}

/// What a provider says of an account, without the one character that PostgreSQL's text cannot hold: what is sealed is bound to
/// it, and must be read as it was written.
fn without_nul(login: &NewCredential) -> NewCredential {
    let clean = |text: &String| text.replace('\0', "\u{fffd}");
    let mut login = login.clone();
    let (identity, account) = (&mut login.identity, &mut login.account);
    identity.issuer = clean(&identity.issuer);
    identity.subject = clean(&identity.subject);
    identity.organisation = identity.organisation.as_ref().map(clean);
    account.display = account.display.as_ref().map(clean);
    account.plan = account.plan.as_ref().map(clean);
    login
}

/// The same account signed in again: id, label, priority and first date stay.
fn renewed(old: Credential, login: &NewCredential, now: UnixMs) -> Credential {
    Credential {
        method: login.method.clone(),
        region: login.region.clone(),
        billing: login.billing,
        source: login.source.clone(),
        account: login.account.clone(),
        refreshed: Some(now),
        generation: old.generation + 1,
        health: Health::Ready,
        rests: Vec::new(),
        ..with_material(old, &login.material)
    }
}

/// Another account: a new credential at the end of its provider's order.
async fn added(
    db: &mut Db<'_>,
    tools: Tools<'_>,
    login: &NewCredential,
    now: UnixMs,
) -> Result<Credential, Fault> {
    let label = free_label(db, login).await?;
    let place = provider_order(db, &login.provider).await?.len();
    let credential = Credential {
        id: CredentialId::new(now, tools.random),
        provider: login.provider.clone(),
        identity: login.identity.clone(),
        label,
        method: login.method.clone(),
        region: login.region.clone(),
        billing: login.billing,
        priority: u32::try_from(place).unwrap_or(u32::MAX),
        source: login.source.clone(),
        account: login.account.clone(),
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
    Ok(with_material(credential, &login.material))
}

/// The credential with the plain facts of its new secrets.
pub(crate) fn with_material(credential: Credential, material: &Material) -> Credential {
    Credential {
        expires: material.expires,
        earliest_refresh: material.earliest_refresh,
        has_refresh: material.refresh.is_some(),
        scopes: material.scopes.clone(),
        ..credential
    }
}

pub(crate) async fn write_credential(db: &mut Db<'_>, credential: &Credential) -> Result<(), Fault> {
    db.run(
        "INSERT INTO credential (id, provider, issuer, subject, organisation, label, label_key, method, region, \
         billing, priority, source, display, plan, created, refreshed, weight, resets) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (id) DO UPDATE SET method = excluded.method, region = excluded.region, \
         billing = excluded.billing, source = excluded.source, display = excluded.display, \
         plan = excluded.plan, refreshed = excluded.refreshed",
        args![
            credential.id.to_string(),
            credential.provider.as_str(),
            &credential.identity.issuer,
            &credential.identity.subject,
            &credential.identity.organisation,
            clean(&credential.label),
            label_key(&credential.label),
            &credential.method,
            &credential.region,
            text(&credential.billing),
            credential.priority,
            text(&credential.source),
            &credential.account.display,
            &credential.account.plan,
            credential.created,
            credential.refreshed,
            credential.weight,
            credential.resets,
        ],
    )
    .await?;
    Ok(())
}
