//! The processes that renew tokens, as they are seen by others.

use std::time::Duration;

use hermes_core::UnixMs;

use crate::db::{Db, args};
use crate::fault::Fault;
use crate::lease::GRACE;
use crate::node::Node;

/// Rows of processes that were not seen for longer are dropped.
const KEPT: Duration = Duration::from_hours(24);

/// Who holds a lease.
pub(crate) struct Holder {
    pub(crate) node: String,
    pub(crate) machine: String,
    pub(crate) boot: String,
    /// Whether its last sign of life is older than the grace, or was never given.
    pub(crate) silent: bool,
}

/// A sign of life. `keeper` tells of a process that renews ahead; one that was a keeper stays one.
pub(crate) async fn seen(db: &mut Db<'_>, node: &Node, keeper: bool, now: UnixMs) -> Result<(), Fault> {
    db.run(
        "INSERT INTO node (id, machine, boot, keeper, seen) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, \
         keeper = CASE WHEN excluded.keeper = 1 THEN 1 ELSE node.keeper END",
        args![&node.id, &node.machine, &node.boot, keeper, now],
    )
    .await?;
    db.run("DELETE FROM node WHERE seen < $1", args![now.minus(KEPT)])
        .await?;
    Ok(())
}

/// The keepers that gave a sign of life within the grace.
pub(crate) async fn keepers(db: &mut Db<'_>, now: UnixMs) -> Result<Vec<String>, Fault> {
    let text = "SELECT id FROM node WHERE keeper = 1 AND seen > $1 ORDER BY id";
    let rows = db.all(text, args![now.minus(GRACE)]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// A process that ends in order is not waited for.
pub(crate) async fn left(db: &mut Db<'_>, node: &Node) -> Result<(), Fault> {
    db.run("DELETE FROM node WHERE id = $1", args![&node.id]).await?;
    Ok(())
}
