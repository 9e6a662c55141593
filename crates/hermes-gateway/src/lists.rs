//! Asks providers which models they serve. What they tell is kept by the pool.

use std::time::Duration;

use futures_util::future::join_all;
use hermes_core::{Protocol, ProviderId};
use hermes_http::SendBody;
use hermes_pool::{Ask, Lease};
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use tokio::time::timeout;

use crate::gateway::Gateway;
use crate::headers;
use crate::job::attach;

/// Longest wait for one provider; the client that asks for models waits as long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest list, bytes: OpenRouter's is about 1 MB (2026-11).
const LONGEST: usize = 8 << 20;

/// How the ask of one provider ended.
#[derive(Debug)]
pub struct ListAsked {
    /// Provider.
    pub provider: ProviderId,
    /// How many models it lists, or what went wrong, in English.
    pub outcome: Result<usize, String>,
}

impl Gateway {
    /// Asks the signed-in providers whose lists are a day old.
    pub(crate) async fn ask_due_models(&self) {
        match self.parts.pool.due_models().await {
            Ok(due) => drop(self.ask_models(due).await),
            Err(error) => tracing::warn!(%error, "kept lists of models cannot be read"),
        }
    }

    /// Asks these providers for their models, all at once. Where that fails, the list that was kept stays.
    pub async fn ask_models(&self, providers: Vec<ProviderId>) -> Vec<ListAsked> {
        join_all(providers.into_iter().map(async |provider| {
            let asked = timeout(PATIENCE, self.ask_list(&provider));
            let outcome = asked
                .await
                .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
            if let Err(why) = &outcome {
                tracing::info!(%provider, why, "the list of models did not come");
            }
            ListAsked { provider, outcome }
        }))
        .await
    }

    async fn ask_list(&self, provider: &ProviderId) -> Result<usize, String> {
        let lease = self.lister(provider).await?;
        let leased = lease.leased();
        let url = leased.runtime.models_endpoint.as_ref();
        let url = url.ok_or("it has no list of models")?;
        let mut request = Request::new(SendBody::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = url.as_str().parse().map_err(|_| "its address cannot be called")?;
        *request.headers_mut() = headers::upstream(&HeaderMap::new(), &leased.runtime, &self.agent);
        let attach = attach(leased);
        let sent = self.parts.http.send(request, attach.as_ref());
        let response = sent.await.map_err(|error| error.to_string())?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("it answered {status}"));
        }
        let body = Limited::new(response.into_body(), LONGEST).collect().await;
        let body = body
            .map_err(|_| "its answer broke off, or is too long")?
            .to_bytes();
        let list: Value = serde_json::from_slice(&body).map_err(|_| "its answer is not JSON")?;
        let kept = self.parts.pool.keep_models(provider, &list).await;
        kept.map_err(|error| error.to_string())?
            .ok_or_else(|| "its answer is no list of models".to_owned())
    }

    /// A credential that reaches the provider's list, by whichever protocol has one.
    async fn lister(&self, provider: &ProviderId) -> Result<Lease, String> {
        let pool = &self.parts.pool;
        let row = self.parts.catalog.get(provider);
        let rows = row.map(|row| row.runtime.as_slice()).unwrap_or_default();
        let mut last = "it has no list of models".to_owned();
        let has_list = |protocol: &Protocol| {
            let listed = |row: &&hermes_catalog::RuntimeRow| row.models_path.is_some();
            rows.iter().filter(listed).any(|row| row.protocol == *protocol)
        };
        for protocol in Protocol::ALL.into_iter().filter(has_list) {
            let ask = Ask {
                provider,
                protocol,
                model: "",
                tried: &[],
                conversation: None,
            };
            match pool.lease(&ask).await {
                Ok(lease) => return Ok(lease),
                Err(error) => last = error.to_string(),
            }
        }
        Err(last)
    }
}
