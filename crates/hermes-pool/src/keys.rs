//! The gateway's client keys: made here, shown once, stored as a keyed hash, checked in memory. `known.rs` is what one request
//! needs of its key.

mod known;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Clock, KeyId, Random, Secret, UnixMs};
use hermes_store::{ClientKey, KeyLimits, Store, StoreError};
use hermes_text::Word;
use hermes_text::errors::pool as text;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub use known::KnownKey;

/// `hk-`, eight public characters, `-`, 32 random bytes as base64url.
const LENGTH: usize = 3 + PUBLIC + 1 + 43;
const PUBLIC: usize = 8;
/// The characters that are hard to mistake for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Name of the store's secret setting that keys the hash.
const HASH_SETTING: &str = "client-key-hash";
/// How often the use of one key is written to the store.
const NOTED_EVERY: Duration = Duration::from_mins(1);
/// Longest name of a key, and of a model that a key is limited to, characters.
const LONGEST_NAME: usize = 100;
const LONGEST_MODEL: usize = 200;
/// Most models that a key is limited to; each request is compared with all of them.
const MOST_MODELS: usize = 64;
/// The highest limit that is one.
const MOST_PER_MINUTE: u32 = 1_000_000;

/// The client keys. Checking one reads memory only; the snapshot follows the store.
pub struct Keys {
    store: Arc<dyn Store>,
    hash_key: Secret,
    snapshot: ArcSwap<Snapshot>,
}

#[derive(Default)]
struct Snapshot {
    version: i64,
    by_prefix: HashMap<String, Arc<KnownKey>>,
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// What is stored.
    pub key: ClientKey,
    /// The key itself; it is shown once and can never be had again.
    pub secret: Secret,
}

/// What is wrong with a wish for a key, in words for a person; none when it can be made.
pub fn key_problem(name: &str, limits: &KeyLimits) -> Option<Word> {
    let is_plain = |text: &str, longest| {
        !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
    };
    if !is_plain(name, LONGEST_NAME) {
        return Some(text::key_name);
    }
    if limits
        .requests_per_minute
        .is_some_and(|limit| limit == 0 || limit > MOST_PER_MINUTE)
    {
        return Some(text::key_limit);
    }
    if limits.models.len() > MOST_MODELS {
        return Some(text::key_models);
    }
    let plain = limits.models.iter().all(|model| is_plain(model, LONGEST_MODEL));
    (!plain).then_some(text::key_model)
}

impl Keys {
    /// Reads the keys; the hashing key is made at the first call.
    pub async fn load(store: Arc<dyn Store>, random: &(dyn Random + Sync)) -> Result<Self, StoreError> {
        let hash_key = store
            .secret_setting(HASH_SETTING, &|| Secret::new(random_text(random)))
            .await?;
        let keys = Self {
            store,
            hash_key,
            snapshot: ArcSwap::default(),
        };
        keys.reload().await?;
        Ok(keys)
    }

    /// Makes and stores a key. What a person typed is checked with [`key_problem`] before.
    pub async fn create(
        &self,
        name: &str,
        limits: KeyLimits,
        now: UnixMs,
        random: &(dyn Random + Sync),
    ) -> Result<NewKey, StoreError> {
        let mut bytes = [0; PUBLIC];
        random.fill(&mut bytes);
        let public: String = bytes
            .iter()
            .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
            .collect();
        let prefix = format!("hk-{public}");
        let tail = Zeroizing::new(random_text(random));
        let secret = Secret::new(format!("{prefix}-{}", tail.as_str()));
        let key = ClientKey {
            id: KeyId::new(now, random),
            name: name.to_owned(),
            hash: self.hash(secret.expose()),
            prefix,
            created: now,
            revoked: None,
            last_used: None,
            limits,
        };
        self.store.add_key(&key).await?;
        self.reload().await?;
        Ok(NewKey { key, secret })
    }

    /// Every key, oldest first, revoked ones too. The last use is this process's where that is later than the store's.
    pub async fn list(&self) -> Result<Vec<ClientKey>, StoreError> {
        let mut keys = self.store.keys().await?;
        let snapshot = self.snapshot.load();
        for key in &mut keys {
            let known = snapshot.by_prefix.get(&key.prefix);
            key.last_used = key.last_used.max(known.and_then(|known| known.used()));
        }
        Ok(keys)
    }

    /// Revokes a key; false when there is none.
    pub async fn revoke(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError> {
        let found = self.store.revoke_key(id, now).await?;
        self.reload().await?;
        Ok(found)
    }

    /// The key that was presented, and notes its use; none for anything that is not a living key. The comparison takes the same
    /// time for every wrong key. Takes no lock and asks no store.
    pub fn verify(&self, presented: &str, now: UnixMs) -> Option<Arc<KnownKey>> {
        if presented.len() != LENGTH || !presented.starts_with("hk-") {
            return None;
        }
        let snapshot = self.snapshot.load();
        let known = snapshot.by_prefix.get(presented.get(..3 + PUBLIC)?)?;
        let same = self.hash(presented).as_bytes().ct_eq(known.hash().as_bytes());
        if !bool::from(same) {
            return None;
        }
        known.note(now);
        Some(Arc::clone(known))
    }

    /// Takes over what the store holds now. What this process counts of a key stays.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let version = self.store.version().await?;
        let keys = self.store.keys().await?;
        let before = self.snapshot.load();
        let living = keys.into_iter().filter(|key| key.revoked.is_none());
        let by_prefix = living
            .map(|key| {
                let known = before.by_prefix.get(&key.prefix);
                let same = known.filter(|known| known.id() == key.id && *known.limits() == key.limits);
                let known = same.map_or_else(|| Arc::new(KnownKey::new(&key)), Arc::clone);
                (key.prefix, known)
            })
            .collect();
        self.snapshot.store(Arc::new(Snapshot { version, by_prefix }));
        Ok(())
    }

    /// Follows changes that other processes make, and writes last uses, until dropped. A store that cannot be read leaves the
    /// keys as they are.
    pub async fn follow(&self, clock: &dyn Clock) {
        loop {
            clock.sleep(Duration::from_secs(1)).await;
            let moved = match self.store.version().await {
                Ok(version) => version != self.snapshot.load().version,
                Err(_) => false,
            };
            if moved && let Err(error) = self.reload().await {
                tracing::warn!(%error, "client keys could not be read again");
            }
            self.write_uses(NOTED_EVERY).await;
        }
    }

    /// Writes every last use that the store does not know yet. For the end of the program.
    pub async fn settle(&self) {
        self.write_uses(Duration::ZERO).await;
    }

    /// Writes the uses of keys that are at least so much later than what was written before.
    async fn write_uses(&self, after: Duration) {
        let snapshot = self.snapshot.load_full();
        let mut due: Vec<_> = snapshot
            .by_prefix
            .values()
            .filter_map(|known| Some((known, known.unwritten(after)?)))
            .collect();
        if due.is_empty() {
            return;
        }
        // Several gateways write in one order, so that none waits for another in a circle.
        due.sort_by_key(|(known, _)| known.id());
        let uses: Vec<_> = due.iter().map(|(known, at)| (known.id(), *at)).collect();
        match self.store.note_key_uses(&uses).await {
            Ok(()) => due.iter().for_each(|(known, at)| known.written(*at)),
            Err(error) => tracing::debug!(%error, "last uses of client keys were not noted"),
        }
    }

    fn hash(&self, key: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.hash_key.expose().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(key.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

fn random_text(random: &dyn Random) -> String {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut());
    URL_SAFE_NO_PAD.encode(bytes.as_ref())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests;
