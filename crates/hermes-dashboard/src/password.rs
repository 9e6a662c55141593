//! The password that signs a browser on another machine in. The store keeps what Argon2id makes of it and of a sealed key, so that
//! whoever has the store's files alone cannot even guess.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use hermes_core::{Random, Secret};
use hermes_pool::{Store, StoreError};
use hermes_text::Both;
use hermes_text::errors::api as say;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// The setting that holds the outcome.
const SETTING: &str = "dashboard-password";
/// The secret setting with the sealed key.
const KEY_SETTING: &str = "dashboard-password-key";
/// Shortest and longest password, characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=1000;
/// What OWASP recommends for Argon2id: 19 MiB, two passes, one lane. Less than a passphrase of the store takes, since strangers may
/// make us do it.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of salt, key and outcome.
const SALT: usize = 16;
const KEY: usize = 32;
const TAG: usize = 32;

/// What is kept of a password.
#[derive(Serialize, Deserialize)]
struct Kept {
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    tag: String,
}

/// The password of a store's dashboard. Clones share it.
#[derive(Clone)]
pub struct Passwords {
    store: Arc<dyn Store>,
    random: Arc<dyn Random>,
}

/// That a password was right, while it is the one that is set.
pub(crate) struct Proof(String);

/// What is wrong with a new password, as the rest of a sentence; none when it can be used.
pub fn password_problem(password: &Secret) -> Option<String> {
    let (shortest, longest) = (LENGTHS.start(), LENGTHS.end());
    match trimmed(password).chars().count() {
        count if count < *shortest => Some(format!("has {count} characters, and needs {shortest} at least")),
        count if count > *longest => Some(format!("is longer than {longest} characters")),
        _ => None,
    }
}

/// Terminals and forms take the white space around it in different ways, so it does not count.
fn trimmed(password: &Secret) -> &str {
    password.expose().trim()
}

impl Passwords {
    /// The password that a store keeps.
    pub fn new(store: Arc<dyn Store>, random: Arc<dyn Random>) -> Self {
        Self { store, random }
    }

    /// Whether there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_set(&self) -> Result<bool, StoreError> {
        Ok(self.store.setting(SETTING).await?.is_some())
    }

    /// Sets it, and ends every session; how many there were. What a person typed is checked with [`password_problem`] before.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set(&self, password: &Secret) -> Result<u64, StoreError> {
        let mut salt = [0; SALT];
        self.random.fill(&mut salt);
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(TAG)).map_err(|_| damaged())?;
        let tag = stretch(params, self.key().await?, salt.to_vec(), password).await?;
        let kept = Kept {
            salt: BASE64.encode(salt),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            tag: BASE64.encode(tag),
        };
        let text = serde_json::to_string(&kept).expect("a flat struct of text and numbers is valid JSON");
        self.store.set_setting(SETTING, Some(&text)).await?;
        self.store.end_sessions().await
    }

    /// Removes it, and ends every session; how many there were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove(&self) -> Result<u64, StoreError> {
        self.store.set_setting(SETTING, None).await?;
        self.store.end_sessions().await
    }

    /// Whether it is this one. Takes some hundredths of a second of a processor, and 19 MiB.
    pub(crate) async fn check(&self, password: &Secret) -> Result<Option<Proof>, StoreError> {
        let Some(text) = self.store.setting(SETTING).await? else {
            return Ok(None);
        };
        let kept: Kept = serde_json::from_str(&text).map_err(|_| damaged())?;
        let decoded = |text: &str| BASE64.decode(text).map_err(|_| damaged());
        let (salt, tag) = (decoded(&kept.salt)?, decoded(&kept.tag)?);
        // The numbers are not sealed, so they are held to what a machine can do.
        if kept.memory_kib > 256 * 1024 || kept.passes > 16 || kept.lanes > 16 {
            return Err(damaged());
        }
        let params =
            Params::new(kept.memory_kib, kept.passes, kept.lanes, Some(TAG)).map_err(|_| damaged())?;
        let made = stretch(params, self.key().await?, salt, password).await?;
        let is_right = bool::from(made[..].ct_eq(&tag));
        Ok(is_right.then_some(Proof(text)))
    }

    /// Whether a password that was right is still the one that is set.
    pub(crate) async fn holds(&self, proof: &Proof) -> Result<bool, StoreError> {
        Ok(self.store.setting(SETTING).await?.as_deref() == Some(&proof.0))
    }

    async fn key(&self) -> Result<Secret, StoreError> {
        let make = || {
            let mut bytes = [0; KEY];
            self.random.fill(&mut bytes);
            Secret::new(BASE64.encode(bytes))
        };
        self.store.secret_setting(KEY_SETTING, &make).await
    }
}

async fn stretch(
    params: Params,
    key: Secret,
    salt: Vec<u8>,
    password: &Secret,
) -> Result<[u8; TAG], StoreError> {
    let password = Secret::from(trimmed(password));
    let work = move || {
        let mut tag = [0; TAG];
        Argon2::new_with_secret(
            key.expose().as_bytes(),
            Algorithm::Argon2id,
            Version::V0x13,
            params,
        )
        .and_then(|argon| argon.hash_password_into(password.expose().as_bytes(), &salt, &mut tag))
        .map(|()| tag)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Backend(Both::same(error.to_string())))?
        .map_err(|error| StoreError::Backend(Both::of(|lang| say::stretch(lang, error))))
}

fn damaged() -> StoreError {
    StoreError::Backend(Both::of(say::password_damaged))
}
