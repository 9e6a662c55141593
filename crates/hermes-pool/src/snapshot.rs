//! Every credential at one moment. Requests read it without a lock; a change makes a new one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hermes_core::{CredentialId, Protocol, ProviderId};

use crate::entry::Entry;

#[derive(Default)]
pub(crate) struct Snapshot {
    pools: BTreeMap<ProviderId, Vec<Arc<Entry>>>,
    ids: HashMap<CredentialId, Arc<Entry>>,
}

impl Snapshot {
    pub(crate) fn new(entries: Vec<Arc<Entry>>) -> Self {
        let mut pools: BTreeMap<ProviderId, Vec<Arc<Entry>>> = BTreeMap::new();
        for entry in &entries {
            pools
                .entry(entry.credential.provider.clone())
                .or_default()
                .push(Arc::clone(entry));
        }
        for pool in pools.values_mut() {
            pool.sort_by_key(|entry| (entry.credential.priority, entry.credential.id));
        }
        let ids = entries
            .into_iter()
            .map(|entry| (entry.credential.id, entry))
            .collect();
        Self { pools, ids }
    }

    /// A provider's credentials by priority.
    pub(crate) fn of(&self, provider: &ProviderId) -> &[Arc<Entry>] {
        self.pools.get(provider).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn speaks(&self, provider: &ProviderId, protocol: Protocol) -> bool {
        self.of(provider)
            .iter()
            .any(|entry| entry.protocols().any(|one| one == protocol))
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.pools.values().flatten()
    }

    pub(crate) fn providers(&self) -> impl Iterator<Item = &ProviderId> {
        self.pools.keys()
    }

    pub(crate) fn get(&self, id: CredentialId) -> Option<&Arc<Entry>> {
        self.ids.get(&id)
    }

    /// The same with one entry replaced.
    pub(crate) fn replace(&self, entry: &Arc<Entry>) -> Self {
        let id = entry.credential.id;
        let others = self.entries().filter(|one| one.credential.id != id).cloned();
        Self::new(others.chain([Arc::clone(entry)]).collect())
    }
}
