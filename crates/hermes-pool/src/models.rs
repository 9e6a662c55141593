//! Which models a provider serves: those that the catalogue knows, and those that the provider told, kept in the store so that they
//! are known without a network too.

mod read;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use hermes_core::{ProviderId, UnixMs};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::PoolError;
use crate::pool::{Inner, Pool};
use crate::slot::hold;

/// How old a list may be before it is asked for anew.
const FRESH: Duration = Duration::from_hours(24);
/// The shortest time between two asks of one provider, however the first one ended.
const ASKED_EVERY: Duration = Duration::from_mins(10);

/// A model as its provider lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedModel {
    /// Id to put into requests.
    pub id: String,
    /// Name for people, where one is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Release date, where one is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<UnixMs>,
}

impl ListedModel {
    /// One of which nothing but the id is known.
    pub fn known(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: None,
            created: None,
        }
    }
}

/// What one provider told.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Told {
    at: UnixMs,
    models: Vec<ListedModel>,
}

/// The lists of every provider that told one.
#[derive(Default)]
pub(crate) struct ModelLists {
    told: ArcSwap<Lists>,
    asked: Mutex<HashMap<ProviderId, UnixMs>>,
    writer: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Lists {
    of: HashMap<ProviderId, Arc<Told>>,
    /// Who lists a model.
    servers: HashMap<String, Vec<ProviderId>>,
}

impl Lists {
    fn with(&self, provider: &ProviderId, told: Arc<Told>) -> Self {
        let mut of = self.of.clone();
        of.insert(provider.clone(), told);
        let mut servers: HashMap<String, Vec<ProviderId>> = HashMap::new();
        for (provider, told) in &of {
            for model in &told.models {
                servers
                    .entry(model.id.clone())
                    .or_default()
                    .push(provider.clone());
            }
        }
        Self { of, servers }
    }
}

impl Pool {
    /// Models of a provider: those of the catalogue in its order, then what else the provider told.
    pub fn models(&self, provider: &ProviderId) -> Vec<ListedModel> {
        let row = self.inner.catalog.get(provider);
        let known = row.map(|row| row.models.known.as_slice()).unwrap_or_default();
        let lists = self.inner.models.told.load();
        let told = lists.of.get(provider).map(|told| told.models.as_slice());
        let told = told.unwrap_or_default();
        let by_id: HashMap<&str, &ListedModel> =
            told.iter().map(|model| (model.id.as_str(), model)).collect();
        let names: HashSet<&str> = known.iter().map(String::as_str).collect();
        let first = known.iter().map(|id| match by_id.get(id.as_str()) {
            Some(model) => (*model).clone(),
            None => ListedModel::known(id),
        });
        let rest = told.iter().filter(|model| !names.contains(model.id.as_str()));
        first.chain(rest.cloned()).collect()
    }

    /// Providers that told of a model. Costs one look at memory.
    pub fn tellers(&self, model: &str) -> Vec<ProviderId> {
        let lists = self.inner.models.told.load();
        lists.servers.get(model).cloned().unwrap_or_default()
    }

    /// Reads the lists that were kept, of every provider that something is signed in to.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn load_models(&self) -> Result<(), PoolError> {
        for provider in self.providers() {
            self.inner.load_list(&provider).await?;
        }
        Ok(())
    }

    /// Providers whose list is due: something is signed in, the list is a day old, and it was not asked for in the last ten minutes.
    /// They count as asked from now on.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn due_models(&self) -> Result<Vec<ProviderId>, PoolError> {
        let now = self.inner.clock.now();
        let mut due = Vec::new();
        for provider in self.providers() {
            let row = self.inner.catalog.get(&provider);
            let tells = row.is_some_and(hermes_catalog::Provider::tells_models);
            if !tells || self.inner.is_recent(&provider, now) || self.inner.was_asked(&provider, now) {
                continue;
            }
            // Another process may have asked since.
            self.inner.load_list(&provider).await?;
            if !self.inner.is_recent(&provider, now) {
                hold(&self.inner.models.asked).insert(provider.clone(), now);
                due.push(provider);
            }
        }
        Ok(due)
    }

    /// Keeps the answer of a provider's model list; gives how many models it has, and nothing when it is no list of models.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep_models(&self, provider: &ProviderId, body: &Value) -> Result<Option<usize>, PoolError> {
        let now = self.inner.clock.now();
        let Some(models) = read::list(body, now) else {
            return Ok(None);
        };
        let told = Told { at: now, models };
        let text = serde_json::to_string(&told).unwrap_or_default();
        self.inner
            .store
            .set_setting(&setting(provider), Some(&text))
            .await?;
        let count = told.models.len();
        self.inner.take_list(provider, told).await;
        Ok(Some(count))
    }
}

impl Inner {
    fn is_recent(&self, provider: &ProviderId, now: UnixMs) -> bool {
        let lists = self.models.told.load();
        lists
            .of
            .get(provider)
            .is_some_and(|told| told.at.plus(FRESH) > now)
    }

    fn was_asked(&self, provider: &ProviderId, now: UnixMs) -> bool {
        let asked = hold(&self.models.asked).get(provider).copied();
        asked.is_some_and(|at| at.plus(ASKED_EVERY) > now)
    }

    async fn load_list(&self, provider: &ProviderId) -> Result<(), PoolError> {
        let Some(text) = self.store.setting(&setting(provider)).await? else {
            return Ok(());
        };
        match serde_json::from_str(&text) {
            Ok(told) => self.take_list(provider, told).await,
            // A newer version may write it otherwise; it is asked for anew.
            Err(error) => tracing::warn!(%provider, %error, "a kept list of models cannot be read"),
        }
        Ok(())
    }

    async fn take_list(&self, provider: &ProviderId, told: Told) {
        let _one_at_a_time = self.models.writer.lock().await;
        let lists = self.models.told.load();
        self.models
            .told
            .store(Arc::new(lists.with(provider, Arc::new(told))));
    }
}

/// The setting that keeps a provider's list.
fn setting(provider: &ProviderId) -> String {
    format!("models.{provider}")
}

#[cfg(test)]
mod tests;
