use std::collections::HashMap;

use async_trait::async_trait;
use hermes_core::{CredentialId, UnixMs};

use crate::{RankAsk, Ranking, RequestFilter, RequestPage, RequestRow, StoreError, UsageAsk, UsageRow};

/// The log of requests and what they used.
#[async_trait]
pub trait RequestLog: Send + Sync {
    /// Adds usage and request rows, in one transaction.
    async fn append_log(&self, requests: &[RequestRow]) -> Result<(), StoreError>;

    /// One request.
    async fn request(&self, id: &str) -> Result<Option<RequestRow>, StoreError>;

    /// The requests that a filter lets through, newest first, and where the list goes on.
    async fn requests(&self, filter: &RequestFilter) -> Result<RequestPage, StoreError>;

    /// When the newest request of each credential began; those without one are left out.
    async fn last_requests(
        &self,
        credentials: &[CredentialId],
    ) -> Result<HashMap<CredentialId, UnixMs>, StoreError>;

    /// Usage by time and group, oldest first. Latencies are of requests since the log keeps them.
    async fn usage(&self, ask: &UsageAsk) -> Result<Vec<UsageRow>, StoreError>;

    /// The groups that were used most in a time up to now. It costs the same however many groups there are, but for the first look after
    /// an hour or day has begun without a request.
    async fn ranking(&self, ask: &RankAsk) -> Result<Ranking, StoreError>;
}
