//! What a provider's pool remembers from one snapshot to the next.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hermes_core::{ProviderId, Random, Strategy};

use crate::choice::probe::Probing;
use crate::choice::turns::Turns;

pub(crate) struct Lane {
    strategy: AtomicU8,
    pub(crate) turns: Turns,
    /// Held while the weighted strategy counts, so that its counts stay balanced.
    pub(crate) weighing: Mutex<()>,
    dice: AtomicU64,
    salt: u64,
    organisations: Mutex<HashMap<String, Arc<Probing>>>,
}

impl Lane {
    pub(crate) fn new(provider: &ProviderId, run: Option<&Path>, random: &dyn Random) -> Self {
        let mut seed = [0; 8];
        random.fill(&mut seed);
        Self {
            strategy: AtomicU8::new(0),
            turns: Turns::new(run, provider),
            weighing: Mutex::default(),
            dice: AtomicU64::new(u64::from_le_bytes(seed)),
            salt: hashed(provider.as_str()),
            organisations: Mutex::default(),
        }
    }

    pub(crate) fn strategy(&self) -> Strategy {
        let place = usize::from(self.strategy.load(Ordering::Relaxed));
        Strategy::ALL.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn set_strategy(&self, strategy: Strategy) {
        let place = Strategy::ALL.iter().position(|one| *one == strategy);
        let place = place.and_then(|place| u8::try_from(place).ok());
        self.strategy.store(place.unwrap_or(0), Ordering::Relaxed);
    }

    /// A number that nobody has to be unable to guess (SplitMix64).
    pub(crate) fn roll(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.dice.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A conversation's key with this provider: one client may hold the same conversation with several.
    pub(crate) fn key(&self, conversation: u64) -> u64 {
        conversation ^ self.salt
    }

    /// The probes of an organisation, which its members share.
    pub(crate) fn organisation(&self, name: &str) -> Arc<Probing> {
        let mut all = self.organisations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(probing) = all.get(name) {
            return Arc::clone(probing);
        }
        Arc::clone(all.entry(name.to_owned()).or_default())
    }
}

/// The same in every process of one build: nothing random goes into it.
pub(crate) fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
