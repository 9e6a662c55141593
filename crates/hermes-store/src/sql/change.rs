//! The version that moves with every change, and which credential moved it.

use hermes_core::CredentialId;

use crate::db::{Db, args};
use crate::fault::Fault;

/// Notes that a credential changed. To be called last in a transaction: the counter's row stays locked until the commit, so
/// versions become visible in their order and a reader that has seen one has missed none before it.
pub(crate) async fn touch(db: &mut Db<'_>, id: CredentialId) -> Result<i64, Fault> {
    let version = bump(db).await?;
    db.run(
        "INSERT INTO credential_change (cred_id, changed) VALUES ($1, $2) \
         ON CONFLICT (cred_id) DO UPDATE SET changed = excluded.changed",
        args![id.to_string(), version],
    )
    .await?;
    Ok(version)
}

/// Notes a change that is no single credential's; the new version.
pub(crate) async fn bump(db: &mut Db<'_>) -> Result<i64, Fault> {
    let text = "UPDATE counter SET value = value + 1 WHERE name = 'version' RETURNING value";
    db.number(text, args![]).await
}

/// Notes that a credential is gone, or that a reader has to begin anew.
pub(crate) async fn touch_whole(db: &mut Db<'_>, gone: Option<CredentialId>) -> Result<(), Fault> {
    let version = bump(db).await?;
    set(db, "removed", version).await?;
    if let Some(id) = gone {
        let text = "DELETE FROM credential_change WHERE cred_id = $1";
        db.run(text, args![id.to_string()]).await?;
    }
    Ok(())
}

/// A counter; 0 when it was never set.
pub(crate) async fn get(db: &mut Db<'_>, name: &str) -> Result<i64, Fault> {
    db.number("SELECT value FROM counter WHERE name = $1", args![name])
        .await
}

/// Sets a counter.
pub(crate) async fn set(db: &mut Db<'_>, name: &str, value: i64) -> Result<(), Fault> {
    db.run(
        "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![name, value],
    )
    .await?;
    Ok(())
}

/// Adds one to a counter; its new value.
pub(crate) async fn count(db: &mut Db<'_>, name: &str) -> Result<i64, Fault> {
    db.number(
        "INSERT INTO counter (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 \
         RETURNING value",
        args![name],
    )
    .await
}
