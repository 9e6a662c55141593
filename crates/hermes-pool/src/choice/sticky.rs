//! Where conversations went, so that each stays with the credential whose prompt cache knows it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hermes_core::CredentialId;

/// Requests of different conversations seldom meet at the same lock.
const SHARDS: usize = 16;
/// Conversations in one generation of a shard. Two generations of 16 shards hold 65,536.
const ROOM: usize = 2048;

/// A bounded table. The conversations that were heard of longest ago go first, a generation at a time.
#[derive(Default)]
pub(crate) struct Sticky {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    young: HashMap<u64, CredentialId>,
    old: HashMap<u64, CredentialId>,
}

impl Sticky {
    /// Where a conversation went last.
    pub(crate) fn get(&self, conversation: u64) -> Option<CredentialId> {
        let mut shard = self.shard(conversation);
        if let Some(id) = shard.young.get(&conversation) {
            return Some(*id);
        }
        let id = shard.old.remove(&conversation)?;
        shard.put(conversation, id);
        Some(id)
    }

    pub(crate) fn put(&self, conversation: u64, id: CredentialId) {
        self.shard(conversation).put(conversation, id);
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        let held = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.len() + shard.old.len()
        });
        held.sum()
    }

    fn shard(&self, conversation: u64) -> std::sync::MutexGuard<'_, Shard> {
        // The low bits choose the bucket inside a shard.
        let at = usize::try_from(conversation >> 60).unwrap_or(0) % SHARDS;
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn put(&mut self, conversation: u64, id: CredentialId) {
        if self.young.len() >= ROOM && !self.young.contains_key(&conversation) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(conversation, id);
    }
}
