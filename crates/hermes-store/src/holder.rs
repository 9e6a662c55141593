//! Who holds the key that wraps the data key: the keyring, a passphrase, or a key file.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hermes_core::{Random, Secret};
use hermes_text::errors::store as text;
use hermes_text::{Both, Lang};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::files::{self, Places};
use crate::seal::{decrypt, encrypt, framed};
use crate::{Keyring, KeyringProblem, Protection, StoreError, thread};

/// A keyring that asks the person may take longer; the person then tries again with the keyring open.
const KEYRING_LIMIT: Duration = Duration::from_secs(2);
/// First word of a key file.
const KEY_FILE_MARK: &str = "hermes-store-key-1";
const KEY_FILE_LIMIT: u64 = 1024;

/// Asks for the passphrase; true means a new one is being chosen.
pub type AskPassphrase = Box<dyn Fn(bool) -> Result<Secret, StoreError> + Send + Sync>;

/// Who is to hold the key of a store that is being created. An existing store keeps the holder it was made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HolderChoice {
    /// The keyring if it answers, else a key file.
    #[default]
    Auto,
    /// The operating system's keyring.
    Keyring,
    /// A passphrase.
    Passphrase,
    /// A file of mode 0600 in the config folder.
    KeyFile,
}

/// The holder as recorded in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    Keyring,
    Passphrase,
    KeyFile,
}

impl Holder {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::KeyFile => "key-file",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Keyring, Self::Passphrase, Self::KeyFile]
            .into_iter()
            .find(|holder| holder.as_str() == text)
    }
}

/// The store's first row. Opening `wrapped_key` proves every other field.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) store_id: String,
    pub(crate) lab: bool,
    pub(crate) schema: i64,
    pub(crate) created: i64,
    pub(crate) key_id: String,
    pub(crate) holder: Holder,
    /// How the passphrase is stretched, as JSON.
    pub(crate) stretch: Option<String>,
    pub(crate) wrapped_key: Vec<u8>,
}

impl Header {
    fn context(&self) -> Vec<u8> {
        framed(&[
            b"hermes header 1",
            self.store_id.as_bytes(),
            &[u8::from(self.lab)],
            &self.schema.to_be_bytes(),
            &self.created.to_be_bytes(),
            self.key_id.as_bytes(),
            self.holder.as_str().as_bytes(),
            self.stretch.as_deref().unwrap_or("").as_bytes(),
        ])
    }
}

/// Parameters of Argon2id; the defaults are the second recommended set of RFC 9106 section 4.
#[derive(Serialize, Deserialize)]
struct Stretch {
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Where the holders are reached.
pub(crate) struct Keys {
    pub(crate) places: Places,
    pub(crate) keyring: Arc<dyn Keyring>,
    pub(crate) passphrase: Option<AskPassphrase>,
    pub(crate) random: Arc<dyn Random>,
}

type Key = Secret<[u8; 32]>;
/// The key that seals the secrets of one store.
pub(crate) type DataKey = Key;

impl Keys {
    /// Chooses a holder for a new store, gives it a key, and fills in the header. Returns the data key.
    pub(crate) async fn create(
        &self,
        header: &mut Header,
        choice: HolderChoice,
    ) -> Result<DataKey, StoreError> {
        let holder_secret = match choice {
            HolderChoice::Passphrase => {
                header.holder = Holder::Passphrase;
                header.stretch = Some(self.new_stretch());
                None
            }
            HolderChoice::KeyFile => Some(self.new_key_file(header)?),
            HolderChoice::Keyring => Some(
                self.new_keyring_entry(header)
                    .await
                    .map_err(|problem| key(Both::of(|lang| problem.message(lang))))?,
            ),
            HolderChoice::Auto => match self.new_keyring_entry(header).await {
                Ok(secret) => Some(secret),
                Err(problem) => {
                    tracing::info!(%problem, "the store's key goes to a key file");
                    Some(self.new_key_file(header)?)
                }
            },
        };
        let wrapping = match holder_secret {
            Some(secret) => derive(secret.expose(), &header.store_id),
            None => self.stretched(header, true).await?,
        };
        let data_key = self.random_key();
        header.wrapped_key = encrypt(
            &wrapping,
            data_key.expose(),
            &header.context(),
            self.random.as_ref(),
        );
        Ok(data_key)
    }

    /// The data key of an existing store.
    pub(crate) async fn unlock(&self, header: &Header) -> Result<DataKey, StoreError> {
        let plain = self.unwrapped(header).await?.1;
        let bytes =
            <[u8; 32]>::try_from(plain.expose().as_slice()).map_err(|_| key(Both::of(text::key_length)))?;
        Ok(Secret::new(bytes))
    }

    /// The header for another schema, wrapped again so that the schema stays proven.
    pub(crate) async fn move_to_schema(&self, header: &Header, schema: i64) -> Result<Header, StoreError> {
        let (wrapping, plain) = self.unwrapped(header).await?;
        let mut next = header.clone();
        next.schema = schema;
        next.wrapped_key = encrypt(&wrapping, plain.expose(), &next.context(), self.random.as_ref());
        Ok(next)
    }

    /// What people are told about the holder.
    pub(crate) fn protection(&self, holder: Holder) -> Protection {
        match holder {
            Holder::Keyring => Protection::Keyring,
            Holder::Passphrase => Protection::Passphrase,
            Holder::KeyFile => Protection::KeyFile {
                path: self.places.key_file().display().to_string(),
            },
        }
    }

    /// The wrapping key and what it opens.
    async fn unwrapped(&self, header: &Header) -> Result<(Key, Secret<Vec<u8>>), StoreError> {
        let wrapping = self.wrapping_key(header).await?;
        let plain = decrypt(&wrapping, &header.wrapped_key, &header.context())
            .ok_or_else(|| key(Both::of(text::key_other)))?;
        Ok((wrapping, plain))
    }

    async fn wrapping_key(&self, header: &Header) -> Result<Key, StoreError> {
        match header.holder {
            Holder::Keyring => {
                let found = self.ask_keyring(&header.store_id, None).await;
                let secret = found
                    .map_err(|problem| key(Both::of(|lang| problem.message(lang))))?
                    .ok_or_else(|| key(Both::of(|lang| text::keyring_no_entry(lang, &header.store_id))))?;
                Ok(derive(secret.expose(), &header.store_id))
            }
            Holder::Passphrase => self.stretched(header, false).await,
            Holder::KeyFile => {
                let secret = self.read_key_file(&header.store_id)?;
                Ok(derive(secret.expose(), &header.store_id))
            }
        }
    }

    fn random_key(&self) -> Key {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        Secret::new(bytes)
    }

    async fn new_keyring_entry(&self, header: &mut Header) -> Result<Secret<Vec<u8>>, KeyringProblem> {
        let secret = Secret::new(self.random_key().expose().to_vec());
        let kept = self.ask_keyring(&header.store_id, Some(secret.clone())).await?;
        if kept.as_ref() != Some(&secret) {
            return Err(KeyringProblem::Failed(Both::of(text::keyring_forgot)));
        }
        header.holder = Holder::Keyring;
        Ok(secret)
    }

    /// Sets the entry if there is something to set, then reads it.
    async fn ask_keyring(
        &self,
        store: &str,
        set: Option<Secret<Vec<u8>>>,
    ) -> Result<Option<Secret<Vec<u8>>>, KeyringProblem> {
        let keyring = Arc::clone(&self.keyring);
        let store = store.to_owned();
        let work = move || {
            if let Some(secret) = set {
                keyring.set(&store, &secret)?;
            }
            keyring.get(&store)
        };
        thread::limited(KEYRING_LIMIT, work)
            .await
            .unwrap_or(Err(KeyringProblem::Slow))
    }

    fn new_key_file(&self, header: &mut Header) -> Result<Secret<Vec<u8>>, StoreError> {
        // The config folder may be shared with readable files; the key file itself is private.
        if !files::exists(&self.places.config_folder) {
            files::make_folder(&self.places.config_folder)?;
        }
        let secret = Secret::new(self.random_key().expose().to_vec());
        let text = Secret::new(format!(
            "{KEY_FILE_MARK} {} {}\n",
            header.store_id,
            BASE64.encode(secret.expose())
        ));
        files::write_new(&self.places.key_file(), text.expose().as_bytes())?;
        header.holder = Holder::KeyFile;
        Ok(secret)
    }

    fn read_key_file(&self, store: &str) -> Result<Secret<Vec<u8>>, StoreError> {
        let path = self.places.key_file();
        let shown = path.display().to_string();
        let wrong = |what: fn(Lang, &str) -> String| key(Both::of(|lang| what(lang, &shown)));
        if !files::check_file(&path)? {
            return Err(wrong(text::key_file_missing));
        }
        let text = Secret::new(files::read(&path, KEY_FILE_LIMIT)?);
        let text = std::str::from_utf8(text.expose()).map_err(|_| wrong(text::key_file_damaged))?;
        let mut words = text.split_whitespace();
        if words.next() != Some(KEY_FILE_MARK) {
            return Err(wrong(text::key_file_damaged));
        }
        if words.next() != Some(store) {
            return Err(wrong(text::key_file_other));
        }
        let secret = words
            .next()
            .and_then(|word| BASE64.decode(word).ok())
            .map(Secret::new);
        secret
            .filter(|secret| secret.expose().len() == 32)
            .ok_or_else(|| wrong(text::key_file_damaged))
    }

    fn new_stretch(&self) -> String {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        let stretch = Stretch {
            salt: BASE64.encode(salt),
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 4,
        };
        serde_json::to_string(&stretch).expect("a flat struct of text and numbers is valid JSON")
    }

    async fn stretched(&self, header: &Header, new: bool) -> Result<Key, StoreError> {
        let ask = self
            .passphrase
            .as_ref()
            .ok_or_else(|| key(Both::of(text::nobody_to_ask)))?;
        let passphrase = ask(new)?;
        let damaged = || key(Both::of(text::stretch_damaged));
        let text = header.stretch.as_deref().ok_or_else(damaged)?;
        let stretch: Stretch = serde_json::from_str(text).map_err(|_| damaged())?;
        let salt = BASE64.decode(&stretch.salt).map_err(|_| damaged())?;
        // The numbers are proven only by the key they lead to, so they are held to what a machine can do.
        if stretch.memory_kib > 1024 * 1024 || stretch.passes > 16 || stretch.lanes > 16 {
            return Err(damaged());
        }
        let params = Params::new(stretch.memory_kib, stretch.passes, stretch.lanes, Some(32))
            .map_err(|_| damaged())?;
        let work = move || {
            let mut bytes = [0; 32];
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut bytes)
                .map(|()| Secret::new(bytes))
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| StoreError::Backend(Both::same(error.to_string())))?
            .map_err(|_| key(Both::of(text::no_memory)))
    }
}

/// The id of the store that a key file was made for; none when there is no readable one.
pub(crate) fn key_file_store(places: &Places) -> Result<Option<String>, StoreError> {
    if !files::check_file(&places.key_file())? {
        return Ok(None);
    }
    let text = Secret::new(files::read(&places.key_file(), KEY_FILE_LIMIT)?);
    let words = std::str::from_utf8(text.expose()).unwrap_or_default();
    Ok(words.split_whitespace().nth(1).map(str::to_owned))
}

/// The wrapping key from 32 random bytes.
fn derive(secret: &[u8], store: &str) -> Key {
    let mut bytes = [0; 32];
    Hkdf::<Sha256>::new(Some(store.as_bytes()), secret)
        .expand(b"hermes store wrapping key 1", &mut bytes)
        .expect("32 bytes are within what one SHA-256 expansion gives");
    Secret::new(bytes)
}

fn key(problem: Both) -> StoreError {
    StoreError::Key { problem }
}
