//! The log of requests.

use std::collections::HashMap;

use async_trait::async_trait;
use hermes_core::{CredentialId, UnixMs};

use crate::back::Back;
use crate::fault::Fault;
use crate::session::Until;
use crate::sql::{log, requests, usage};
use crate::store::{SqlStore, reading, transaction, writing};
use crate::{
    RankAsk, Ranking, RequestFilter, RequestLog, RequestPage, RequestRow, StoreError, UsageAsk, UsageRow,
};
use crate::{postgres, sqlite};

/// Runs `$work` on the log: that of a file is a file of its own, and gives `$none` before anything was written.
macro_rules! reading_log {
    ($store:ident, $db:ident => $work:expr, $none:expr) => {
        match &$store.back {
            Back::Sqlite(file) => {
                let outcome = async {
                    let Some(mut guard) = sqlite::log::existing(file).await? else {
                        return Ok($none);
                    };
                    let $db = &mut sqlite::log::begin(&mut guard).await?;
                    $work.await
                };
                let outcome: Result<_, Fault> = outcome.await;
                outcome.map_err(|fault| fault.at(&file.places.log()))
            }
            Back::Postgres(_) => reading!($store, $db => $work),
        }
    };
}

#[async_trait]
impl RequestLog for SqlStore {
    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError> {
        match &self.back {
            Back::Sqlite(file) => sqlite::log::append(file, requests)
                .await
                .map_err(|fault| fault.at(&file.places.log())),
            Back::Postgres(_) => writing!(self, db => postgres::log::append(db, requests)),
        }
    }

    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError> {
        reading_log!(self, db => log::request(db, id), None)
    }

    async fn requests(&self, filter: &RequestFilter) -> Result<RequestPage, StoreError> {
        reading_log!(self, db => requests::page(db, filter), RequestPage::default())
    }

    async fn last_requests(
        &self,
        credentials: &[CredentialId],
    ) -> Result<HashMap<CredentialId, UnixMs>, StoreError> {
        reading_log!(self, db => requests::last(db, credentials), HashMap::new())
    }

    async fn usage(&self, ask: &UsageAsk) -> Result<Vec<UsageRow>, StoreError> {
        reading_log!(self, db => usage::usage(db, ask), Vec::new())
    }

    async fn ranking(&self, ask: &RankAsk) -> Result<Ranking, StoreError> {
        let empty = || Ranking {
            steps: ask.period.steps(ask.now),
            ..Ranking::default()
        };
        if let Some(found) = reading_log!(self, db => usage::rank::ranking(db, ask, true), Some(empty()))? {
            return Ok(found);
        }
        match &self.back {
            Back::Sqlite(file) => sqlite::log::bring_up(file, ask)
                .await
                .map_err(|fault| fault.at(&file.places.log()))?,
            Back::Postgres(_) => writing!(self, db => usage::rank::bring_up(db, ask))?,
        }
        if let Some(found) = reading_log!(self, db => usage::rank::ranking(db, ask, true), Some(empty()))? {
            return Ok(found);
        }
        // A process whose clock is in another hour was faster.
        let found = reading_log!(self, db => usage::rank::ranking(db, ask, false), None)?;
        Ok(found.unwrap_or_else(empty))
    }
}
