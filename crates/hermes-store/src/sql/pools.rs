//! Pools: how each chooses. Their rows also put changes of a provider's order one after the other.

use hermes_core::{ProviderId, Strategy, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::change;
use super::events::{NewEvent, record};
use crate::db::{Db, args};
use crate::fault::Fault;
use crate::{PoolRow, StoreError};

/// Makes other transactions that change this provider's labels or order wait for this one's end.
pub(crate) async fn lock(db: &mut Db<'_>, provider: &ProviderId) -> Result<(), Fault> {
    db.run(
        "INSERT INTO pool (provider, strategy, turns) VALUES ($1, $2, 0) \
         ON CONFLICT (provider) DO UPDATE SET turns = pool.turns + 1",
        args![provider.as_str(), Strategy::default().as_str()],
    )
    .await?;
    Ok(())
}

pub(crate) async fn list(db: &mut Db<'_>) -> Result<Vec<PoolRow>, Fault> {
    let rows = db
        .all("SELECT provider, strategy FROM pool ORDER BY provider", args![])
        .await?;
    rows.iter()
        .map(|row| {
            let provider: String = row.get("provider")?;
            let strategy = row.get::<String>("strategy")?.parse();
            Ok(PoolRow {
                strategy: strategy.map_err(|_| StoreError::Damaged {
                    row: Both::of(|lang| text::row_pool(lang, &provider)),
                })?,
                provider: ProviderId::new(provider),
            })
        })
        .collect()
}

pub(crate) async fn set_strategy(
    db: &mut Db<'_>,
    provider: &ProviderId,
    strategy: Strategy,
    now: UnixMs,
) -> Result<(), Fault> {
    lock(db, provider).await?;
    db.run(
        "UPDATE pool SET strategy = $2 WHERE provider = $1",
        args![provider.as_str(), strategy.as_str()],
    )
    .await?;
    let detail = format!("`{provider}` now chooses by {}", strategy.as_str());
    record(db, now, NewEvent::general("strategy", &detail)).await?;
    change::bump(db).await?;
    Ok(())
}
