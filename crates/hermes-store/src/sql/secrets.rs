//! The secret half of credentials: sealing, opening, and the commit of a refresh.

use std::collections::HashMap;

use hermes_core::{
    CoolCause, Credential, CredentialId, Explain as _, Health, Material, Scope, Secret, UnixMs,
};
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::credentials::{read, row, rows, with_material};
use super::events::{NewEvent, record};
use super::health::Kept;
use super::{attempts, change, credentials, settings, text};
use crate::db::{Db, Row, args};
use crate::fault::Fault;
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
pub(crate) async fn write_secrets(
    db: &mut Db<'_>,
    sealer: &Sealer,
    credential: &Credential,
    material: &Material,
) -> Result<(), Fault> {
    let id = credential.id.to_string();
    let bound = bound(credential);
    let seal = |column, secret: &Secret| sealer.seal(cell(credential, &id, column, &bound), secret.expose());
    db.run(
        "INSERT INTO credential_secret (cred_id, gen, access, refresh, extra, expires, earliest_refresh, scopes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (cred_id) DO UPDATE SET gen = excluded.gen, access = excluded.access, \
         refresh = excluded.refresh, extra = excluded.extra, expires = excluded.expires, \
         earliest_refresh = excluded.earliest_refresh, scopes = excluded.scopes",
        args![
            &id,
            credential.generation,
            seal("access", &material.access),
            material.refresh.as_ref().map(|secret| seal("refresh", secret)),
            seal("extra", &Secret::new(text(&material.extra))),
            credential.expires,
            credential.earliest_refresh,
            text(&credential.scopes),
        ],
    )
    .await?;
    db.run(
        "INSERT INTO credential_lease (cred_id, gen, phase, attempts, at_fingerprint, at_expires) \
         VALUES ($1, $2, 'idle', 0, $3, $4) \
         ON CONFLICT (cred_id) DO UPDATE SET gen = excluded.gen, phase = 'idle', attempt_id = NULL, attempts = 0, \
         holder_machine = NULL, holder_node = NULL, holder_boot = NULL, lease_until = NULL, \
         at_fingerprint = excluded.at_fingerprint, at_expires = excluded.at_expires, retry_at = NULL, cause = NULL",
        args![
            &id,
            credential.generation,
            sealer.fingerprint(credential.id, &material.access),
            credential.expires
        ],
    )
    .await?;
    Ok(())
}

/// Opens the secrets of a row.
pub(crate) fn open(
    sealer: &Sealer,
    row: &Row,
    kept: &HashMap<String, Kept>,
) -> Result<(u64, Material), Fault> {
    let credential = read(row, kept)?;
    let id = credential.id.to_string();
    let bound = bound(&credential);
    let unseal = |column: &'static str, blob: &[u8]| {
        sealer
            .open(cell(&credential, &id, column, &bound), blob)
            .ok_or_else(|| damaged(&credential, column))
    };
    let access = unseal("access", &row.get::<Vec<u8>>("access")?)?;
    let refresh = row
        .get::<Option<Vec<u8>>>("refresh")?
        .map(|blob| unseal("refresh", &blob))
        .transpose()?;
    let extra = unseal("extra", &row.get::<Vec<u8>>("extra")?)?;
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
        row: Both::of(|lang| {
            let (label, provider) = (&credential.label, &credential.provider);
            text::row_secret(lang, label, provider, credential.id, column)
        }),
    }
}

/// A received token is kept whoever holds the lease by now: only the generation decides. With how many rotations this store
/// has seen then.
pub(crate) async fn commit_refresh(
    db: &mut Db<'_>,
    sealer: &Sealer,
    id: CredentialId,
    generation: u64,
    material: &Material,
    now: UnixMs,
) -> Result<(Commit, i64), Fault> {
    credentials::lock(db, id).await?;
    // Conditional: of two commits at once one waits, and then finds the generation moved.
    let moved = db
        .run(
            "UPDATE credential_secret SET gen = gen + 1 WHERE cred_id = $1 AND gen = $2",
            args![id.to_string(), generation],
        )
        .await?;
    let Some((found, kept)) = row(db, id).await? else {
        return Ok((Commit::Gone, 0));
    };
    if moved == 0 {
        return Ok((Commit::Superseded, 0));
    }
    let current = read(&found, &kept)?;
    let next = Credential {
        generation: generation + 1,
        refreshed: Some(now),
        ..with_material(current, material)
    };
    db.run(
        "UPDATE credential SET refreshed = $2 WHERE id = $1",
        args![id.to_string(), now],
    )
    .await?;
    write_secrets(db, sealer, &next, material).await?;
    heal(db, &next).await?;
    record(db, now, NewEvent::of(&next, "refreshed", "token renewed")).await?;
    let rotations = change::count(db, "rotations").await?;
    change::touch(db, id).await?;
    Ok((Commit::Stored(next.generation), rotations))
}

/// A new token ends what was held against the old one. What the person or a limit of the account decided stays.
async fn heal(db: &mut Db<'_>, credential: &Credential) -> Result<(), Fault> {
    let ends = match &credential.health {
        Health::NeedsLogin { .. } => true,
        Health::Cooling { cause, .. } => matches!(cause, CoolCause::Unauthorised | CoolCause::RefreshFailed),
        Health::Ready | Health::Disabled | Health::Blocked { .. } => false,
    };
    if ends {
        db.run(
            "DELETE FROM credential_health WHERE cred_id = $1 AND scope = $2",
            args![credential.id.to_string(), text(&Scope::Account)],
        )
        .await?;
        let event = NewEvent::of(credential, "health", "ready: a new token came");
        record(db, credential.refreshed.unwrap_or(credential.created), event).await?;
    }
    Ok(())
}

/// Opens every secret and names each row that does not open.
pub(crate) async fn damaged_rows(db: &mut Db<'_>, sealer: &Sealer) -> Result<Vec<Both>, Fault> {
    let mut problems = Vec::new();
    let mut note = |outcome: Result<(), Fault>| match outcome {
        Err(Fault::Store(error)) => problems.push(error.text()),
        Err(Fault::Sql(error)) => problems.push(Both::same(error.to_string())),
        // Opening a secret waits for nobody.
        Err(Fault::Silent) | Ok(()) => {}
    };
    let kept = super::health::all(db).await?;
    for row in rows(db).await? {
        note(open(sealer, &row, &kept).map(drop));
    }
    for row in attempts::rows(db).await? {
        note(attempts::read(sealer, &row).map(drop));
    }
    let sealed = db
        .all(
            "SELECT name, sealed FROM setting WHERE sealed IS NOT NULL ORDER BY name",
            args![],
        )
        .await?;
    for row in sealed {
        let name: String = row.get("name")?;
        note(settings::open(sealer, &name, &row.get::<Vec<u8>>("sealed")?).map(drop));
    }
    Ok(problems)
}
