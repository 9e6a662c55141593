//! The tables of a server's store: how they are made, and how older ones are brought up to date.

use std::time::Duration;

use sqlx::{PgConnection, Transaction};

use super::Server;
use crate::db::Db;
use crate::fault::Fault;
use crate::holder::Header;
use crate::open::Setup;
use crate::schema;
use crate::session::Until;
use crate::sql::header;

/// How long the steps may take: indexes are made over a month of requests.
const LIMIT: Duration = Duration::from_mins(10);
/// The schema that the first step makes; each further step makes the next one. Steps are only ever added.
const FIRST: usize = 2;
pub(super) const STEPS: &[&str] = &[
    include_str!("../../migrations/postgres_0002.sql"),
    include_str!("../../migrations/postgres_0003.sql"),
    include_str!("../../migrations/postgres_0004.sql"),
    include_str!("../../migrations/postgres_0005.sql"),
    include_str!("../../migrations/postgres_0006.sql"),
    include_str!("../../migrations/postgres_0007.sql"),
];

/// Makes what is missing after a schema; 0 stands for an empty database. The caller holds the transaction.
pub(super) async fn make(connection: &mut PgConnection, from: i64) -> Result<(), sqlx::Error> {
    let done = usize::try_from(from).unwrap_or(0).saturating_sub(FIRST - 1);
    for step in STEPS.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Brings an older store to the newest schema in one transaction. Programs that have it open go on: steps only add.
pub(super) async fn upgrade(server: &Server, setup: &Setup, stored: &Header) -> Result<(), Fault> {
    let next = setup.keys.move_to_schema(stored, schema::NEWEST).await?;
    let work = async {
        let connection = server.pool.acquire().await?;
        let mut transaction = Transaction::begin(connection, None).await?;
        // Whoever opens the store at the same moment waits here, and then finds another row in its place.
        let found: Option<i64> = sqlx::query_scalar("SELECT schema FROM header WHERE id = 1 FOR UPDATE")
            .persistent(false)
            .fetch_optional(&mut *transaction)
            .await?;
        if found != Some(stored.schema) {
            return Ok(());
        }
        make(&mut transaction, stored.schema).await?;
        let mut db = Db::Postgres(transaction);
        header::write(&mut db, &next).await?;
        db.commit().await
    };
    Until::after(Some(LIMIT)).wait(work).await
}
