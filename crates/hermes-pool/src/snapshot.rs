//! Every credential at one moment. Requests read it without a lock.
//!
//! Each entry has a cell of its own, so that a change of one costs the same however many there are. Only where credentials
//! come, go or move is a new snapshot made, over the same cells.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::{ArcSwap, Guard};
use hermes_core::{CredentialId, Health, Protocol, ProviderId};

use crate::choice::lane::Lane;
use crate::entry::Entry;

/// The place of one credential.
pub(crate) struct Cell(ArcSwap<Entry>);

impl Cell {
    pub(crate) fn new(entry: Entry) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(entry)))
    }

    /// The entry as it is now, without a count of its own: for a short look.
    pub(crate) fn look(&self) -> Guard<Arc<Entry>> {
        self.0.load()
    }

    pub(crate) fn entry(&self) -> Arc<Entry> {
        self.0.load_full()
    }
}

/// A provider's credentials by priority.
pub(crate) struct Members {
    pub(crate) lane: Arc<Lane>,
    cells: Vec<Arc<Cell>>,
    /// How many of them the provider objected to.
    blocked: AtomicUsize,
}

#[derive(Default)]
pub(crate) struct Snapshot {
    pools: BTreeMap<ProviderId, Members>,
    cells: HashMap<CredentialId, Arc<Cell>>,
}

impl Snapshot {
    pub(crate) fn new(cells: Vec<Arc<Cell>>, lane: impl Fn(&ProviderId) -> Arc<Lane>) -> Self {
        let mut sorted: Vec<_> = cells.into_iter().map(|cell| (cell.entry(), cell)).collect();
        sorted.sort_by_key(|(entry, _)| (entry.credential.priority, entry.credential.id));
        let mut snapshot = Self::default();
        for (entry, cell) in sorted {
            let row = &entry.credential;
            snapshot.cells.insert(row.id, Arc::clone(&cell));
            if !snapshot.pools.contains_key(&row.provider) {
                let members = Members::new(lane(&row.provider));
                snapshot.pools.insert(row.provider.clone(), members);
            }
            if let Some(members) = snapshot.pools.get_mut(&row.provider) {
                members.cells.push(cell);
                *members.blocked.get_mut() += usize::from(is_blocked(&entry));
            }
        }
        snapshot
    }

    pub(crate) fn members(&self, provider: &ProviderId) -> Option<&Members> {
        self.pools.get(provider)
    }

    /// A provider's credentials by priority.
    pub(crate) fn of(&self, provider: &ProviderId) -> Vec<Arc<Entry>> {
        let members = self.pools.get(provider);
        members.map_or_else(Vec::new, |members| {
            members.cells().iter().map(|cell| cell.entry()).collect()
        })
    }

    pub(crate) fn speaks(&self, provider: &ProviderId, protocol: Protocol) -> bool {
        let members = self.pools.get(provider);
        members.is_some_and(|members| members.speaks(protocol))
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = Arc<Entry>> {
        self.pools
            .values()
            .flat_map(Members::cells)
            .map(|cell| cell.entry())
    }

    pub(crate) fn providers(&self) -> impl Iterator<Item = &ProviderId> {
        self.pools.keys()
    }

    pub(crate) fn cell(&self, id: CredentialId) -> Option<&Arc<Cell>> {
        self.cells.get(&id)
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &Arc<Cell>> {
        self.cells.values()
    }

    pub(crate) fn get(&self, id: CredentialId) -> Option<Arc<Entry>> {
        self.cells.get(&id).map(|cell| cell.entry())
    }

    /// Puts another entry into a cell, whose place stays. To be called by one writer at a time.
    pub(crate) fn put(&self, cell: &Cell, entry: Arc<Entry>) {
        let (before, after) = (is_blocked(&cell.look()), is_blocked(&entry));
        let members = self.pools.get(&entry.credential.provider);
        cell.0.store(entry);
        match (members, before, after) {
            (Some(members), false, true) => drop(members.blocked.fetch_add(1, Ordering::AcqRel)),
            (Some(members), true, false) => drop(members.blocked.fetch_sub(1, Ordering::AcqRel)),
            _ => {}
        }
    }
}

impl Members {
    fn new(lane: Arc<Lane>) -> Self {
        Self {
            lane,
            cells: Vec::new(),
            blocked: AtomicUsize::new(0),
        }
    }

    pub(crate) fn cells(&self) -> &[Arc<Cell>] {
        &self.cells
    }

    /// The member that the provider objected to, if there is one.
    pub(crate) fn blocked(&self) -> Option<Arc<Entry>> {
        if self.blocked.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut entries = self.cells.iter().map(|cell| cell.entry());
        entries.find(|entry| is_blocked(entry))
    }

    pub(crate) fn speaks(&self, protocol: Protocol) -> bool {
        self.cells
            .iter()
            .any(|cell| cell.look().protocols().any(|one| one == protocol))
    }
}

fn is_blocked(entry: &Entry) -> bool {
    matches!(entry.credential.health, Health::Blocked { .. })
}
