//! The refresh state machine's moves, each one conditional statement that leaves the row alone when it has moved on.
//!
//! No lock is held between moves and none is needed: a move names the generation and the attempt it believes in, and changes
//! nothing when either is another. Deadlines are reckoned by the database's clock.

use hermes_core::{Credential, CredentialId, Health, LoginCause, UnixMs};

use super::events::{NewEvent, record};
use super::{change, credentials, health, json, node, settings, text};
use crate::StoreError;
use crate::Suspicion;
use crate::db::{Db, Row, args, unsigned};
use crate::fault::Fault;
use crate::lease::{Attempt, GRACE, LEASE, Lease, LeaseMove, Phase};
use crate::node::Node;
use crate::place::Place;

/// A lease with what only this machine knows about its holder.
pub(crate) struct Found {
    pub(crate) lease: Lease,
    pub(crate) holder: Option<node::Holder>,
}

pub(crate) async fn find(db: &mut Db<'_>, id: CredentialId, now: UnixMs) -> Result<Option<Found>, Fault> {
    let text = "SELECT l.*, n.seen AS holder_seen FROM credential_lease l \
                LEFT JOIN node n ON n.id = l.holder_node WHERE l.cred_id = $1";
    let Some(row) = db.maybe(text, args![id.to_string()]).await? else {
        return Ok(None);
    };
    let quiet = change::get(db, "quiet_until").await?;
    read(&row, UnixMs::from_millis(quiet), now).map(Some)
}

fn read(row: &Row, quiet: UnixMs, now: UnixMs) -> Result<Found, Fault> {
    let until = row.time("lease_until")?;
    let lapsed = until.is_none_or(|until| until <= now);
    let token_ended = row.time("at_expires")?.is_none_or(|expires| expires <= now);
    let holder = match (
        row.get::<Option<String>>("holder_node")?,
        row.get("holder_machine")?,
    ) {
        (Some(node), Some(machine)) => Some(node::Holder {
            node,
            machine,
            boot: row.get::<Option<String>>("holder_boot")?.unwrap_or_default(),
            silent: row
                .time("holder_seen")?
                .is_none_or(|seen| seen.plus(GRACE) <= now),
        }),
        _ => None,
    };
    let lease = Lease {
        generation: unsigned(row.get("gen")?),
        phase: Phase::parse(&row.get::<String>("phase")?),
        attempt: row.get::<Option<String>>("attempt_id")?.map(Attempt::from_store),
        attempts: u32::try_from(row.get::<i64>("attempts")?).unwrap_or(u32::MAX),
        lapsed,
        grace_over: until.is_none_or(|until| until.plus(GRACE) <= now),
        // Nobody holds it, or the holder has said itself that its call is over.
        holder_gone: holder.is_none(),
        token_ended,
        retry_in: row
            .time("retry_at")?
            .filter(|at| *at > now)
            .map(|at| at.since(now)),
        quiet_for: (quiet > now).then(|| quiet.since(now)),
        cause: row
            .get::<Option<String>>("cause")?
            .and_then(|cause| json::<LoginCause>(&cause)),
        fingerprint: row.get::<Option<String>>("at_fingerprint")?.unwrap_or_default(),
    };
    Ok(Found { lease, holder })
}

/// Makes a move; none when the row has moved on, else the attempt that holds it then.
pub(crate) async fn make(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    by: &Node,
    step: &LeaseMove,
    now: UnixMs,
) -> Result<bool, Fault> {
    if matches!(step, LeaseMove::Acquire { .. } | LeaseMove::Resend { .. }) {
        check_heir(db).await?;
    }
    let changed = match step {
        LeaseMove::Acquire { attempt, gone, force } => {
            node::seen(db, by, false, now).await?;
            acquire(db, id, generation, by, (attempt, gone.as_ref(), *force), now).await?
        }
        LeaseMove::Mark(attempt) => mark(db, id, generation, attempt, now).await?,
        LeaseMove::Release { attempt, retry_after } => {
            let retry_at = retry_after.map(|span| now.plus(span));
            release(db, id, generation, attempt, retry_at).await?
        }
        LeaseMove::Doubt { attempt, .. } => doubt(db, id, generation, attempt, now).await?,
        LeaseMove::Presume { attempt, gone } => presume(db, id, generation, attempt, *gone, now).await?,
        LeaseMove::Resend { attempt, seen, safe } => {
            node::seen(db, by, false, now).await?;
            resend(db, id, generation, by, (attempt, seen, *safe), now).await?
        }
        LeaseMove::Condemn { attempt, .. } => {
            credentials::lock(db, id).await?;
            condemn(db, id, generation, attempt).await?
        }
    };
    if changed == 0 {
        return Ok(false);
    }
    tell(db, id, step, now).await?;
    Ok(true)
}

/// Another process may have moved the logins away since this one looked at the store's standing.
async fn check_heir(db: &mut Db<'_>) -> Result<(), Fault> {
    let Some(heir) = settings::get(db, "heir").await? else {
        return Ok(());
    };
    let place = settings::get(db, "place").await?;
    let place = place.as_deref().and_then(Place::parse).map(|place| place.path);
    Err(StoreError::Suspect {
        place: place.unwrap_or_default(),
        why: Suspicion::Moved { heir },
    }
    .into())
}

async fn acquire(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    by: &Node,
    (attempt, gone, force): (&Attempt, Option<&Attempt>, bool),
    now: UnixMs,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'leased', attempt_id = $3, holder_machine = $4, holder_node = $5, \
         holder_boot = $6, lease_until = $7, retry_at = NULL \
         WHERE cred_id = $1 AND gen = $2 \
         AND (phase = 'idle' OR (phase = 'leased' AND (lease_until <= $8 OR attempt_id = $9))) \
         AND (retry_at IS NULL OR retry_at <= $8 OR $10 = 1) \
         AND NOT EXISTS (SELECT 1 FROM counter WHERE name = 'quiet_until' AND value > $8)",
        args![
            id.to_string(),
            generation,
            attempt.as_str(),
            &by.machine,
            &by.id,
            &by.boot,
            now.plus(LEASE),
            now,
            gone.map(Attempt::as_str),
            force,
        ],
    )
    .await
}

/// Durable before the first byte is sent: from here on nobody may believe that the token is unspent.
async fn mark(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    attempt: &Attempt,
    now: UnixMs,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'sent', attempts = attempts + 1, lease_until = $5 \
         WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 AND phase = 'leased' AND lease_until > $4",
        args![id.to_string(), generation, attempt.as_str(), now, now.plus(LEASE)],
    )
    .await
}

/// Nothing was spent. A doubt about an earlier call of the same token remains one.
async fn release(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    attempt: &Attempt,
    retry_at: Option<UnixMs>,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET \
         phase = CASE WHEN phase = 'sent' AND attempts > 1 THEN 'uncertain' ELSE 'idle' END, \
         attempts = CASE WHEN phase = 'sent' THEN attempts - 1 ELSE attempts END, \
         attempt_id = CASE WHEN phase = 'sent' AND attempts > 1 THEN attempt_id ELSE NULL END, \
         holder_machine = NULL, holder_node = NULL, holder_boot = NULL, retry_at = $4 \
         WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 AND phase IN ('leased', 'sent')",
        args![id.to_string(), generation, attempt.as_str(), retry_at],
    )
    .await
}

/// The holder itself says that its call is over and that it does not know how it ended.
async fn doubt(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    attempt: &Attempt,
    now: UnixMs,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'uncertain', holder_machine = NULL, holder_node = NULL, \
         holder_boot = NULL, lease_until = $4 \
         WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 AND phase = 'sent'",
        args![id.to_string(), generation, attempt.as_str(), now],
    )
    .await
}

/// Somebody else takes a call for lost. The lapse alone is not enough.
async fn presume(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    attempt: &Attempt,
    gone: bool,
    now: UnixMs,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'uncertain' \
         WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 AND phase = 'sent' \
         AND lease_until <= $4 AND ($5 = 1 OR lease_until <= $6)",
        args![
            id.to_string(),
            generation,
            attempt.as_str(),
            now,
            gone,
            now.minus(GRACE)
        ],
    )
    .await
}

/// The one replay. `safe` is the provider's word that a spent token is taken again.
async fn resend(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    by: &Node,
    (attempt, seen, safe): (&Attempt, &Attempt, bool),
    now: UnixMs,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'sent', attempts = attempts + 1, attempt_id = $4, holder_machine = $5, \
         holder_node = $6, holder_boot = $7, lease_until = $8, retry_at = NULL \
         WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 AND phase = 'uncertain' AND attempts < 2 \
         AND (retry_at IS NULL OR retry_at <= $9) \
         AND ($10 = 1 OR ((lease_until IS NULL OR lease_until <= $11) AND (at_expires IS NULL OR at_expires <= $9))) \
         AND NOT EXISTS (SELECT 1 FROM counter WHERE name = 'quiet_until' AND value > $9)",
        args![
            id.to_string(),
            generation,
            seen.as_str(),
            attempt.as_str(),
            &by.machine,
            &by.id,
            &by.boot,
            now.plus(LEASE),
            now,
            safe,
            now.minus(GRACE),
        ],
    )
    .await
}

async fn condemn(
    db: &mut Db<'_>,
    id: CredentialId,
    generation: u64,
    attempt: &Attempt,
) -> Result<u64, Fault> {
    db.run(
        "UPDATE credential_lease SET phase = 'needs-login', holder_machine = NULL, holder_node = NULL, \
         holder_boot = NULL WHERE cred_id = $1 AND gen = $2 AND attempt_id = $3 \
         AND (phase = 'sent' OR (phase = 'uncertain' AND attempts >= 2))",
        args![id.to_string(), generation, attempt.as_str()],
    )
    .await
}

/// Records the moves that a person would ask about, and what follows from them.
async fn tell(db: &mut Db<'_>, id: CredentialId, step: &LeaseMove, now: UnixMs) -> Result<(), Fault> {
    let (kind, detail) = match step {
        LeaseMove::Doubt { problem, .. } => ("doubt", format!("a renewal's answer is missing: {problem}")),
        LeaseMove::Presume { .. } => (
            "doubt",
            "a renewal was left unfinished by a process that ended or was lost".to_owned(),
        ),
        LeaseMove::Resend { .. } => (
            "replay",
            "the same token is sent once more, after doubt".to_owned(),
        ),
        LeaseMove::Condemn { cause, .. } => {
            let current = credentials::one(db, id).await?;
            return end_login(db, &current, *cause, now).await;
        }
        LeaseMove::Acquire { .. } | LeaseMove::Mark(_) | LeaseMove::Release { .. } => return Ok(()),
    };
    let current = credentials::one(db, id).await?;
    record(db, now, NewEvent::of(&current, kind, &detail)).await
}

/// The mark of a dead login: its cause beside the lease, and the health that everybody sees.
async fn end_login(
    db: &mut Db<'_>,
    current: &Credential,
    cause: LoginCause,
    now: UnixMs,
) -> Result<(), Fault> {
    db.run(
        "UPDATE credential_lease SET cause = $2 WHERE cred_id = $1",
        args![current.id.to_string(), text(&cause)],
    )
    .await?;
    let dead = Health::NeedsLogin { cause };
    if current.health != Health::Disabled {
        health::clear(db, current.id).await?;
        health::put(db, current.id, &dead).await?;
    }
    let words = health::in_words(&dead);
    record(db, now, NewEvent::of(current, "health", &words)).await?;
    change::touch(db, current.id).await?;
    Ok(())
}

/// A person's reset: pauses end, and a login that only doubt has ended may be tried once more. One that the issuer itself has
/// refused stays as it is.
pub(crate) async fn forgive(db: &mut Db<'_>, id: CredentialId) -> Result<(), Fault> {
    db.run(
        "UPDATE credential_lease SET retry_at = NULL, \
         attempts = CASE WHEN phase = 'needs-login' AND cause = $2 THEN 1 ELSE attempts END, \
         phase = CASE WHEN phase = 'needs-login' AND cause = $2 THEN 'uncertain' ELSE phase END \
         WHERE cred_id = $1",
        args![id.to_string(), text(&LoginCause::InDoubt)],
    )
    .await?;
    Ok(())
}
