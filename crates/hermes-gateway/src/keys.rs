//! The gateway's client keys: made here, shown once, stored as a keyed hash, checked in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Clock, KeyId, Random, Secret, UnixMs};
use hermes_pool::{ClientKey, Store, StoreError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// `hk-`, eight public characters, `-`, 32 random bytes as base64url.
const LENGTH: usize = 3 + PUBLIC + 1 + 43;
const PUBLIC: usize = 8;
/// The characters that are hard to mistake for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Name of the store's secret setting that keys the hash.
const HASH_SETTING: &str = "client-key-hash";

/// The client keys. Checking one reads memory only; the snapshot follows the store.
pub struct Keys {
    store: Arc<dyn Store>,
    hash_key: Secret,
    snapshot: ArcSwap<Snapshot>,
}

#[derive(Default)]
struct Snapshot {
    version: i64,
    by_prefix: HashMap<String, (KeyId, String)>,
}

/// A key that was just made.
#[derive(Debug)]
pub struct NewKey {
    /// What is stored.
    pub key: ClientKey,
    /// The key itself; it is shown once and can never be had again.
    pub secret: Secret,
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

    /// Makes and stores a key.
    pub async fn create(
        &self,
        name: &str,
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
        };
        self.store.add_key(&key).await?;
        self.reload().await?;
        Ok(NewKey { key, secret })
    }

    /// Every key, oldest first, revoked ones too.
    pub async fn list(&self) -> Result<Vec<ClientKey>, StoreError> {
        self.store.keys().await
    }

    /// Revokes a key; false when there is none.
    pub async fn revoke(&self, id: KeyId, now: UnixMs) -> Result<bool, StoreError> {
        let found = self.store.revoke_key(id, now).await?;
        self.reload().await?;
        Ok(found)
    }

    /// Whose key this is; none for anything that is not a living key. The comparison takes the same time for every wrong key.
    pub fn verify(&self, presented: &str) -> Option<KeyId> {
        if presented.len() != LENGTH || !presented.starts_with("hk-") {
            return None;
        }
        let snapshot = self.snapshot.load();
        let (id, hash) = snapshot.by_prefix.get(presented.get(..3 + PUBLIC)?)?;
        let same = self.hash(presented).as_bytes().ct_eq(hash.as_bytes());
        bool::from(same).then_some(*id)
    }

    /// Takes over what the store holds now.
    pub async fn reload(&self) -> Result<(), StoreError> {
        let version = self.store.version().await?;
        let keys = self.store.keys().await?;
        let living = keys.into_iter().filter(|key| key.revoked.is_none());
        let by_prefix = living.map(|key| (key.prefix, (key.id, key.hash))).collect();
        self.snapshot.store(Arc::new(Snapshot { version, by_prefix }));
        Ok(())
    }

    /// Follows changes that other processes make, until dropped. A store that cannot be read leaves the keys as they are.
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
