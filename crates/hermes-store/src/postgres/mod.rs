//! The PostgreSQL back end: a database that several machines share.
//!
//! Nothing depends on a session: no advisory lock, no LISTEN, no named statement, no setting that outlives a transaction. So
//! it works behind a pooler in transaction mode, and a connection may break at any moment.

mod create;
mod crowd;
mod history;
pub(crate) mod log;
mod steps;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Secret, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};

pub(crate) use create::open;

use crate::StoreError;
use crate::db::{Db, args, unsigned};
use crate::fault::Fault;
use crate::place::Place;
use crate::session::Session;

/// Connections of one process. A refresh needs one at a time, a reader another; the rest is for bursts.
const CONNECTIONS: u32 = 4;
/// How long a command may take, the wait for a connection included.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
/// How long one try to get a connection may take. The pauses between attempts at a full server grow to a fifth of it.
const TRY: Duration = Duration::from_secs(3);
/// A connection that nobody used is given back, so that many idle processes do not fill the server.
const IDLE: Duration = Duration::from_secs(30);

/// A connection pool to the server.
pub(crate) struct Server {
    pool: PgPool,
    address: String,
    /// Whether the server tells the timeline of its write-ahead log.
    has_timeline: bool,
}

/// A store's address as people may see it: without user and password.
pub fn shown_address(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return "postgres://".to_owned();
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let host = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("host="))
        .filter(|host| !host.is_empty());
    match host {
        Some(host) => {
            let base = place.rsplit_once('/').map_or("", |(_, base)| base);
            format!("{scheme}://{}/{base}", host.replace("%2F", "/"))
        }
        None => format!("{scheme}://{place}"),
    }
}

impl Server {
    /// Prepares connections; none is made before it is needed.
    fn connect(address: &Secret) -> Result<Self, StoreError> {
        let shown = shown_address(address.expose());
        let options = PgConnectOptions::from_str(address.expose()).map_err(|_| StoreError::Away {
            place: shown.clone(),
            problem: Both::of(text::not_address),
        })?;
        // Poolers refuse parameters that they do not know.
        let options = options
            .statement_cache_capacity(0)
            .extra_float_digits(None)
            .application_name("hermes");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(TRY)
            .idle_timeout(IDLE)
            .after_release(crowd::gives_back(Arc::default()))
            .connect_lazy_with(options);
        let server = Self {
            pool,
            address: shown,
            has_timeline: false,
        };
        Ok(server)
    }

    /// Learns what the server can do.
    async fn learn(&mut self, db: &mut Db<'_>) -> Result<(), Fault> {
        self.has_timeline = history::is_known(db).await?;
        Ok(())
    }

    /// The address without user and password.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A connection; where a server or this process has none to spare, one is waited for until the caller's time is over.
    pub(crate) async fn session(&self, write: bool) -> Result<Session<'static>, Fault> {
        loop {
            match self.pool.acquire().await {
                Err(sqlx::Error::PoolTimedOut) => self.answers().await?,
                outcome => {
                    let connection = outcome?;
                    return Ok(Session::Postgres { connection, write });
                }
            }
        }
    }

    /// Tells a server that cannot be reached from one that is full: the connection pool only says that it waited.
    async fn answers(&self) -> Result<(), Fault> {
        match PgConnection::connect_with(&self.pool.connect_options()).await {
            Err(error @ sqlx::Error::Io(_)) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The server and the database in it. A dump that was read into another server or database is another place; a standby has
    /// the ids of its primary.
    pub(crate) async fn place(&self, db: &mut Db<'_>) -> Result<Place, Fault> {
        let name = db
            .maybe("SELECT CAST(current_database() AS text)", args![])
            .await?;
        let mut place = Place {
            machine: String::new(),
            path: name.map_or(Ok(String::new()), |row| row.nth(0))?,
            device: 0,
            inode: 0,
        };
        if self.has_timeline {
            let text = "SELECT CAST(system_identifier AS text) FROM pg_control_system()";
            let server = db.maybe(text, args![]).await?;
            place.machine = server.map_or(Ok(String::new()), |row| row.nth(0))?;
            let text = "SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = current_database()";
            place.inode = unsigned(db.number(text, args![]).await?);
        }
        Ok(place)
    }

    /// Whether the history is the one that was seen last; true where the server does not tell.
    async fn has_same_history(&self, db: &mut Db<'_>) -> Result<bool, Fault> {
        Ok(!self.has_timeline || history::is_the_same(db).await?)
    }

    pub(crate) async fn watch_history(&self, db: &mut Db<'_>, now: UnixMs) -> Result<(), Fault> {
        if self.has_timeline {
            history::watch(db, now).await?;
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests;
