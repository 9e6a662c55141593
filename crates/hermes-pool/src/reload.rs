//! How the snapshot follows the store and the changes that are made here.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use hermes_core::{Credential, CredentialId, ProviderId, Scope};
use hermes_store::{PoolRow, StoreError};

use crate::choice::lane::Lane;
use crate::entry::Entry;
use crate::pool::Inner;
use crate::slot::hold;
use crate::snapshot::{Cell, Snapshot};
use crate::{health, keyless};

/// What a row that was just read does to its entry.
struct Merged {
    /// The entry in place of the old one; none when that one stays.
    entry: Option<Entry>,
    /// Whether everything that the row tells was taken over.
    whole: bool,
}

impl Inner {
    /// Reads what changed in the store since the last time. Readers go one after the other, so that none puts back what a
    /// later one has brought.
    pub(crate) async fn reload(&self) -> Result<(), StoreError> {
        let mut seen = self.seen.lock().await;
        let before = self.stamp.load(Ordering::Acquire);
        let changes = self.store.changes(*seen).await?;
        self.set_strategies(&self.store.pools().await?);
        // A row that was not taken over whole is read again.
        if self.apply(changes.credentials, changes.whole, before) {
            *seen = Some(changes.version);
        }
        Ok(())
    }

    /// Whether this version of the store is in the snapshot.
    pub(crate) async fn has_seen(&self, version: i64) -> bool {
        *self.seen.lock().await == Some(version)
    }

    /// Reads the store again unless that is being done already.
    pub(crate) async fn catch_up(&self) {
        let is_being_read = self.seen.try_lock().is_err();
        if !is_being_read && let Err(error) = self.reload().await {
            tracing::warn!(%error, "the logins could not be read again");
        }
    }

    /// Takes rows over; false when one of them has to be read again.
    fn apply(&self, rows: Vec<Credential>, whole: bool, before: u64) -> bool {
        let _guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.snapshot.load_full();
        let told: HashSet<CredentialId> = rows.iter().map(|row| row.id).collect();
        let (mut complete, mut moved) = (true, whole);
        let mut fresh = Vec::new();
        for row in rows {
            let Some(cell) = old.cell(row.id) else {
                fresh.push(self.cell(row));
                continue;
            };
            moved |= cell.look().credential.priority != row.priority;
            complete &= self.merge(&old, cell, row, before);
        }
        if moved || !fresh.is_empty() {
            let stays = |cell: &Arc<Cell>| {
                let row = &cell.look().credential;
                !keyless::is_keyless(row) && (!whole || told.contains(&row.id))
            };
            fresh.extend(old.cells().filter(|cell| stays(cell)).cloned());
            self.rebuild(&old, fresh);
        }
        complete
    }

    /// A snapshot of these stored credentials and of the endpoints that need none.
    fn rebuild(&self, old: &Snapshot, mut cells: Vec<Arc<Cell>>) {
        let stored: HashSet<ProviderId> = cells
            .iter()
            .map(|cell| cell.look().credential.provider.clone())
            .collect();
        for row in keyless::members(&self.catalog, |provider| stored.contains(provider)) {
            // What is in no store has its health here alone.
            cells.push(old.cell(row.id).cloned().unwrap_or_else(|| self.cell(row)));
        }
        let snapshot = Snapshot::new(cells, |provider| self.lane(provider));
        self.snapshot.store(Arc::new(snapshot));
        self.note_move();
    }

    fn cell(&self, mut row: Credential) -> Arc<Cell> {
        health::tidy(&mut row);
        Cell::new(Entry::new(self, row))
    }

    /// Takes one row over; false when it has to be read again.
    fn merge(&self, snapshot: &Snapshot, cell: &Arc<Cell>, mut row: Credential, before: u64) -> bool {
        health::tidy(&mut row);
        let old = cell.entry();
        let merged = self.merged(&old, row, before);
        if let Some(entry) = merged.entry {
            if old.credential.health != entry.credential.health
                || old.credential.rests != entry.credential.rests
            {
                self.end_waits(&old);
            }
            snapshot.put(cell, Arc::new(entry));
            self.note_move();
        }
        merged.whole
    }

    /// An entry that changed since the read began is newer than the row, and a health that is still being written is newer
    /// than the stored one. A person's reset is newer than both.
    fn merged(&self, old: &Entry, mut row: Credential, before: u64) -> Merged {
        if old.stamp > before {
            return Merged {
                entry: None,
                whole: false,
            };
        }
        // A renewed token that is durable on this machine only is newer than what the store has.
        if row.generation < old.credential.generation && hold(&old.slot.unsaved).is_some() {
            return Merged {
                entry: None,
                whole: false,
            };
        }
        let is_reset = row.resets != old.credential.resets;
        if is_reset {
            old.slot.clear();
        }
        let is_unsaved = old.slot.is_saving() && !is_reset && row.generation == old.credential.generation;
        if is_unsaved {
            row.health = old.credential.health.clone();
            row.rests.clone_from(&old.credential.rests);
        }
        let entry = (old.credential != row).then(|| old.with(self, row));
        Merged {
            entry,
            whole: !is_unsaved,
        }
    }

    /// What another process tried has an outcome.
    fn end_waits(&self, entry: &Entry) {
        entry.slot.probing.moved();
        for rest in &entry.credential.rests {
            if matches!(rest.scope, Scope::Organisation(_)) {
                entry.probing(self, &rest.scope).moved();
            }
        }
    }

    /// Reads the store again and gives the entry of one credential; none when it is gone.
    pub(crate) async fn reread(&self, id: CredentialId) -> Result<Option<Arc<Entry>>, StoreError> {
        self.reload().await?;
        Ok(self.snapshot.load().get(id))
    }

    /// Replaces one entry by what `change` makes of it; none when the credential is gone or `change` declines. Costs the
    /// same however many credentials there are.
    pub(crate) fn change(
        &self,
        id: CredentialId,
        change: impl FnOnce(&Entry) -> Option<Entry>,
    ) -> Option<Arc<Entry>> {
        let _guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.snapshot.load();
        let cell = snapshot.cell(id)?;
        let mut entry = change(&cell.look())?;
        entry.stamp = self.stamp.fetch_add(1, Ordering::AcqRel) + 1;
        let entry = Arc::new(entry);
        snapshot.put(cell, Arc::clone(&entry));
        self.note_move();
        Some(entry)
    }

    /// Tells those who show credentials that one has changed.
    fn note_move(&self) {
        self.moved.send_modify(|moves| *moves += 1);
    }

    /// What a provider's pool remembers, whether it has members or not.
    pub(crate) fn lane(&self, provider: &ProviderId) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(provider) {
            return Arc::clone(lane);
        }
        let lane = Arc::new(Lane::new(provider, self.run.as_deref(), &*self.random));
        lanes.insert(provider.clone(), Arc::clone(&lane));
        lane
    }

    fn set_strategies(&self, pools: &[PoolRow]) {
        for pool in pools {
            self.lane(&pool.provider).set_strategy(pool.strategy);
        }
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        for (provider, lane) in &*lanes {
            if pools.iter().all(|pool| pool.provider != *provider) {
                lane.set_strategy(hermes_core::Strategy::default());
            }
        }
    }
}
