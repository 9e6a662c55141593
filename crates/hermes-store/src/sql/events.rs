//! The record of changes.

use hermes_core::{Credential, CredentialId, UnixMs};

use crate::Event;
use crate::db::{Db, Row, args, unsigned};
use crate::fault::Fault;

/// Older events are dropped, so that the store stays small enough to be checked at every start.
const KEPT: i64 = 5_000;

/// What is recorded.
pub(crate) struct NewEvent<'a> {
    pub(crate) credential: Option<CredentialId>,
    pub(crate) kind: &'static str,
    pub(crate) detail: &'a str,
    pub(crate) generation: Option<u64>,
}

impl<'a> NewEvent<'a> {
    /// An event of a credential at its present generation.
    pub(crate) fn of(credential: &Credential, kind: &'static str, detail: &'a str) -> Self {
        Self {
            credential: Some(credential.id),
            kind,
            detail,
            generation: Some(credential.generation),
        }
    }

    /// An event that is about no credential.
    pub(crate) fn general(kind: &'static str, detail: &'a str) -> Self {
        Self {
            credential: None,
            kind,
            detail,
            generation: None,
        }
    }
}

/// Keeps an event in the store and tells the log.
pub(crate) async fn record(db: &mut Db<'_>, now: UnixMs, event: NewEvent<'_>) -> Result<(), Fault> {
    let (kind, detail, generation) = (event.kind, event.detail, event.generation);
    let credential = event.credential.map(|id| id.to_string()).unwrap_or_default();
    tracing::info!(target: "hermes::event", credential, kind, detail, ?generation, "state changed");
    let id = db
        .number(
            "INSERT INTO event (at, cred_id, kind, detail, gen) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            args![
                now,
                event.credential.map(|id| id.to_string()),
                kind,
                detail,
                generation
            ],
        )
        .await?;
    // Once in a while is enough, and most transactions are spared the second statement.
    if id % 64 == 0 {
        db.run("DELETE FROM event WHERE id <= $1", args![id - KEPT])
            .await?;
    }
    Ok(())
}

pub(crate) async fn list(
    db: &mut Db<'_>,
    credential: Option<CredentialId>,
    limit: u32,
) -> Result<Vec<Event>, Fault> {
    let rows = match credential {
        Some(id) => {
            let text = "SELECT * FROM event WHERE cred_id = $2 ORDER BY id DESC LIMIT $1";
            db.all(text, args![limit, id.to_string()]).await?
        }
        None => {
            db.all("SELECT * FROM event ORDER BY id DESC LIMIT $1", args![limit])
                .await?
        }
    };
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Event, Fault> {
    Ok(Event {
        at: UnixMs::from_millis(row.get("at")?),
        credential: row
            .get::<Option<String>>("cred_id")?
            .and_then(|id| id.parse().ok()),
        kind: row.get("kind")?,
        detail: row.get("detail")?,
        generation: row.get::<Option<i64>>("gen")?.map(unsigned),
    })
}
