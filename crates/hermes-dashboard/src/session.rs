//! Sessions of browsers and scripts: a one-time code from the terminal becomes a token that the page keeps for itself.
//!
//! Both are random values of which only hashes are stored, so that every process of a home knows them, and ending them takes effect at
//! once. There are no cookies on this machine: those would go to every other port of it too. `far.rs` is about other machines, `guard.rs`
//! asks for the token.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Clock, Random, Secret, UnixMs};
use hermes_pool::{SessionRow, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::password::Passwords;

/// How long a link can be opened.
const CODE_LIFE: Duration = Duration::from_mins(1);
/// A session ends when it was not used for so long.
const IDLE: Duration = Duration::from_mins(30);
/// A session ends at the latest after so long.
const LIFE: Duration = Duration::from_hours(12);
/// A use is noted when the last one that was noted is older than this.
const NOTED: Duration = Duration::from_mins(1);

/// The sessions of a store. Clones share it.
#[derive(Clone)]
pub struct Sessions {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    passwords: Passwords,
}

/// A session that has just begun.
pub(crate) struct NewSession {
    pub(crate) token: Secret,
    pub(crate) expires: UnixMs,
}

/// The session of a request, for handlers behind the guard.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) hash: String,
    /// Its short public id.
    pub(crate) id: String,
    /// When it began.
    pub(crate) created: UnixMs,
}

impl Sessions {
    /// The sessions that a store keeps.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            passwords: Passwords::new(Arc::clone(&store), Arc::clone(&random)),
            store,
            clock,
            random,
        }
    }

    /// Makes a code that opens one session within a minute.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn issue_code(&self) -> Result<Secret, StoreError> {
        let code = self.random_text::<16>();
        let now = self.clock.now();
        let hash = hash(code.expose());
        self.store.add_code(&hash, now.plus(CODE_LIFE), now).await?;
        Ok(code)
    }

    /// Ends every session, and every code that could open one; how many sessions there were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_all(&self) -> Result<u64, StoreError> {
        self.store.end_sessions().await
    }

    /// Uses a code up; none when it is wrong, was used, or is too old.
    pub(crate) async fn redeem(&self, code: &str) -> Result<Option<NewSession>, StoreError> {
        let now = self.clock.now();
        if !self.store.take_code(&hash(code), now).await? {
            return Ok(None);
        }
        self.begin().await.map(Some)
    }

    /// Opens a session with the password; none when it is wrong, or none is set.
    pub(crate) async fn sign_in(&self, password: &Secret) -> Result<Option<NewSession>, StoreError> {
        let Some(proof) = self.passwords.check(password).await? else {
            return Ok(None);
        };
        let session = self.begin().await?;
        // A password that is changed meanwhile ends the sessions there are, and this one may not have been among them.
        if self.passwords.holds(&proof).await? {
            return Ok(Some(session));
        }
        self.store.end_session(&hash(session.token.expose())).await?;
        Ok(None)
    }

    async fn begin(&self) -> Result<NewSession, StoreError> {
        let now = self.clock.now();
        let token = self.random_text::<32>();
        let mut id = [0; 6];
        self.random.fill(&mut id);
        let (id, expires) = (URL_SAFE_NO_PAD.encode(id), now.plus(LIFE));
        let hash = hash(token.expose());
        self.store.add_session(&hash, &id, now, expires).await?;
        Ok(NewSession { token, expires })
    }

    /// The session of a token that is still good; its use is noted.
    pub(crate) async fn check(&self, token: &str) -> Result<Option<Current>, StoreError> {
        let (hash, now) = (hash(token), self.clock.now());
        let Some(row) = self.store.session(&hash, IDLE, now).await? else {
            return Ok(None);
        };
        if now.since(row.used) >= NOTED {
            self.store.touch_session(&hash, now).await?;
        }
        Ok(Some(Current {
            hash,
            id: row.id,
            created: row.created,
        }))
    }

    /// Whether a session goes on; being open is a use.
    pub(crate) async fn goes_on(&self, current: &Current) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let Some(row) = self.store.session(&current.hash, IDLE, now).await? else {
            return Ok(false);
        };
        if now.since(row.used) >= NOTED {
            self.store.touch_session(&current.hash, now).await?;
        }
        Ok(true)
    }

    /// Every session that holds, the newest first.
    pub(crate) async fn all(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.store.sessions(IDLE, self.clock.now()).await
    }

    /// Ends a session.
    pub(crate) async fn end(&self, current: &Current) -> Result<bool, StoreError> {
        self.store.end_session(&current.hash).await
    }

    fn random_text<const SIZE: usize>(&self) -> Secret {
        let mut bytes = [0; SIZE];
        self.random.fill(&mut bytes);
        Secret::new(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// SHA-256 as text. The values are random, so a plain hash cannot be guessed back, and finding a row by it tells nothing by its time.
fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}
