//! What is held against credentials: one row for each scope that rests, or one for the whole account.

use std::collections::HashMap;
use std::time::Duration;

use hermes_core::{CredentialId, Health, Lang, Rest, Scope, UnixMs};

use super::events::{NewEvent, record};
use super::{change, credentials, json, text};
use crate::db::{Db, Row, args};
use crate::fault::Fault;

/// The health of one credential as its rows tell it.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(crate) health: Health,
    pub(crate) rests: Vec<Rest>,
    /// The column that cannot be read.
    pub(crate) damaged: Option<&'static str>,
}

/// That of every credential that has any.
pub(crate) async fn all(db: &mut Db<'_>) -> Result<HashMap<String, Kept>, Fault> {
    gather(
        db.all("SELECT * FROM credential_health ORDER BY cred_id, scope", args![])
            .await?,
    )
}

/// That of one credential.
pub(crate) async fn of(db: &mut Db<'_>, id: CredentialId) -> Result<HashMap<String, Kept>, Fault> {
    let text = "SELECT * FROM credential_health WHERE cred_id = $1 ORDER BY scope";
    gather(db.all(text, args![id.to_string()]).await?)
}

/// That of the credentials that changed after a version.
pub(crate) async fn since(db: &mut Db<'_>, version: i64) -> Result<HashMap<String, Kept>, Fault> {
    let text = "SELECT h.* FROM credential_health h JOIN credential_change x ON x.cred_id = h.cred_id \
                WHERE x.changed > $1 ORDER BY h.cred_id, h.scope";
    gather(db.all(text, args![version]).await?)
}

fn gather(rows: Vec<Row>) -> Result<HashMap<String, Kept>, Fault> {
    let mut all: HashMap<String, Kept> = HashMap::new();
    for row in rows {
        let kept = all.entry(row.get("cred_id")?).or_default();
        match json::<Health>(&row.get::<String>("health")?) {
            Some(Health::Cooling { until, cause, scope }) if scope != Scope::Account => {
                kept.rests.push(Rest { scope, until, cause });
            }
            Some(health) => kept.health = health,
            None => kept.damaged = Some("health"),
        }
    }
    Ok(all)
}

pub(crate) async fn clear(db: &mut Db<'_>, id: CredentialId) -> Result<(), Fault> {
    db.run(
        "DELETE FROM credential_health WHERE cred_id = $1",
        args![id.to_string()],
    )
    .await?;
    Ok(())
}

/// The scope whose row a health is.
fn scope_of(health: &Health) -> Scope {
    match health {
        Health::Cooling { scope, .. } => scope.clone(),
        _ => Scope::Account,
    }
}

/// See [`crate::Store::set_health`].
pub(crate) async fn set(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: Option<u64>,
    health: &Health,
    now: UnixMs,
) -> Result<bool, Fault> {
    credentials::lock(db, id).await?;
    let current = match (credentials::row(db, id).await?, generation) {
        (Some((row, kept)), _) => credentials::read(&row, &kept)?,
        (None, Some(_)) => return Ok(false),
        (None, None) => return Err(credentials::missing(id).into()),
    };
    if generation.is_some_and(|generation| generation != current.generation) {
        return Ok(false);
    }
    let partial = scope_of(health) != Scope::Account;
    let same = if partial {
        current.rests.iter().any(|rest| as_health(rest) == *health)
    } else {
        current.health == *health && (*health != Health::Ready || current.rests.is_empty())
    };
    if same {
        return Ok(true);
    }
    if !partial {
        clear(db, id).await?;
    }
    if *health != Health::Ready {
        put(db, id, health).await?;
    }
    record(db, now, NewEvent::of(&current, "health", &in_words(health))).await?;
    change::touch(db, id).await?;
    Ok(true)
}

fn as_health(rest: &Rest) -> Health {
    Health::Cooling {
        until: rest.until,
        cause: rest.cause,
        scope: rest.scope.clone(),
    }
}

pub(crate) async fn put(db: &mut Db<'_>, id: CredentialId, health: &Health) -> Result<(), Fault> {
    let until = match health {
        Health::Cooling { until, .. } => Some(*until),
        _ => None,
    };
    db.run(
        "INSERT INTO credential_health (cred_id, scope, until, health, seq) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (cred_id, scope) DO UPDATE SET until = excluded.until, health = excluded.health, \
         probe_until = NULL, seq = credential_health.seq + 1",
        args![id.to_string(), text(&scope_of(health)), until, text(health)],
    )
    .await?;
    Ok(())
}

/// See [`crate::Store::end_rest`].
pub(crate) async fn end_rest(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    scope: &Scope,
    now: UnixMs,
) -> Result<bool, Fault> {
    credentials::lock(db, id).await?;
    let Some((row, kept)) = credentials::row(db, id).await? else {
        return Ok(false);
    };
    let current = credentials::read(&row, &kept)?;
    if current.generation != generation {
        return Ok(false);
    }
    let text = "DELETE FROM credential_health WHERE cred_id = $1 AND scope = $2 AND until IS NOT NULL";
    if db.run(text, args![id.to_string(), super::text(scope)]).await? == 0 {
        return Ok(true);
    }
    let detail = match scope {
        Scope::Account => "ready".to_owned(),
        Scope::Model(name) | Scope::Organisation(name) => format!("ready again for `{name}`"),
    };
    record(db, now, NewEvent::of(&current, "health", &detail)).await?;
    change::touch(db, id).await?;
    Ok(true)
}

/// See [`crate::Store::claim_probe`].
pub(crate) async fn claim_probe(
    db: &mut Db<'_>,
    id: CredentialId,
    scope: &Scope,
    span: Duration,
    now: UnixMs,
) -> Result<bool, Fault> {
    let row = "SELECT count(*) FROM credential_health WHERE cred_id = $1 AND scope = $2";
    if db.number(row, args![id.to_string(), text(scope)]).await? == 0 {
        // The cool-down never reached the store, or another probe has ended it.
        return Ok(true);
    }
    let claimed = db
        .run(
            "UPDATE credential_health SET probe_until = $3 \
             WHERE cred_id = $1 AND scope = $2 AND (probe_until IS NULL OR probe_until <= $4)",
            args![id.to_string(), text(scope), now.plus(span), now],
        )
        .await?;
    Ok(claimed == 1)
}

/// See [`crate::Store::reset`].
pub(crate) async fn reset(db: &mut Db<'_>, id: CredentialId, now: UnixMs) -> Result<(), Fault> {
    credentials::lock(db, id).await?;
    let current = credentials::one(db, id).await?;
    db.run(
        "UPDATE credential SET resets = resets + 1 WHERE id = $1",
        args![id.to_string()],
    )
    .await?;
    super::lease::forgive(db, id).await?;
    if current.health != Health::Disabled {
        clear(db, id).await?;
    }
    record(db, now, NewEvent::of(&current, "reset", "reset by a person")).await?;
    change::touch(db, id).await?;
    Ok(())
}

pub(crate) fn in_words(health: &Health) -> String {
    match health {
        Health::Ready => "ready".to_owned(),
        Health::Cooling { cause, scope, .. } => match scope {
            Scope::Account => format!("cooling down: {}", cause.words(Lang::En)),
            Scope::Model(model) => format!("cooling down for `{model}`: {}", cause.words(Lang::En)),
            Scope::Organisation(name) => format!("cooling down for `{name}`: {}", cause.words(Lang::En)),
        },
        Health::NeedsLogin { cause } => format!("needs login: {}", cause.words(Lang::En)),
        Health::Disabled => "disabled".to_owned(),
        Health::Blocked { rule } => format!("blocked: {rule}"),
    }
}
