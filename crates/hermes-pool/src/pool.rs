//! The pool itself: its parts, the snapshot that requests read, and how the snapshot follows the store.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use hermes_catalog::{Catalog, Provider};
use hermes_core::{Clock, Credential, CredentialId, Faults, Protocol, ProviderId, Random, Secret, UnixMs};
use hermes_oauth::Engine;
use hermes_store::Store;
use hermes_text::Both;
use hermes_text::errors::pool as text;
use tokio::sync::watch;

use crate::api::{Ask, View};
use crate::choice::lane::Lane;
use crate::choice::sticky::Sticky;
use crate::entry::Entry;
use crate::error::PoolError;
use crate::lease::Lease;
use crate::logins::{Logins, Running};
use crate::models::ModelLists;
use crate::runtime::ProviderSettings;
use crate::snapshot::Snapshot;
use crate::work::Work;
use crate::{target, view};

/// A difference of the clocks that a person should know of.
const CLOCK_WARNING_MS: i64 = 60_000;

/// The setting that keeps the last large difference, milliseconds; for people.
pub const CLOCK_SETTING: &str = "clock_ahead_ms";

/// What a pool is made of.
pub struct PoolParts {
    /// Where credentials and login attempts are kept.
    pub store: Arc<dyn Store>,
    /// Provider facts.
    pub catalog: Arc<Catalog>,
    /// Runs logins and refreshes.
    pub engine: Engine,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What the config file says about providers.
    pub settings: HashMap<ProviderId, ProviderSettings>,
    /// Where a lab strikes; [`Faults::none`] outside labs.
    pub faults: Faults,
    /// A private folder of this home that its processes share while they run; made when it is needed. Without one, turns
    /// are counted for this process alone.
    pub run: Option<PathBuf>,
}

/// Every credential of this machine, ready to be leased. Clones share one state.
#[derive(Clone)]
pub struct Pool {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) settings: HashMap<ProviderId, ProviderSettings>,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) work: Work,
    pub(crate) running: Running,
    pub(crate) faults: Faults,
    /// How far the issuers' clocks are ahead of ours, milliseconds.
    pub(crate) clock_ahead: AtomicI64,
    pub(crate) run: Option<PathBuf>,
    pub(crate) lanes: Mutex<HashMap<ProviderId, Arc<Lane>>>,
    pub(crate) sticky: Sticky,
    pub(crate) models: ModelLists,
    /// The version of the store that the snapshot stands for.
    pub(crate) seen: tokio::sync::Mutex<Option<i64>>,
    pub(crate) writer: Mutex<()>,
    pub(crate) stamp: AtomicU64,
    /// Counts the snapshots, for those who show them.
    pub(crate) moved: watch::Sender<u64>,
}

impl Pool {
    /// An empty pool; [`Pool::reload`] fills it.
    pub fn new(parts: PoolParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                store: parts.store,
                catalog: parts.catalog,
                engine: parts.engine,
                clock: parts.clock,
                random: parts.random,
                settings: parts.settings,
                snapshot: ArcSwap::from_pointee(Snapshot::default()),
                work: Work::default(),
                running: Running::default(),
                faults: parts.faults,
                clock_ahead: AtomicI64::new(0),
                run: parts.run,
                lanes: Mutex::default(),
                sticky: Sticky::default(),
                models: ModelLists::default(),
                seen: tokio::sync::Mutex::default(),
                writer: Mutex::default(),
                stamp: AtomicU64::new(0),
                moved: watch::Sender::default(),
            }),
        }
    }

    /// Reads every credential from the store. Opens no secret.
    ///
    /// # Errors
    /// Those of the store; the snapshot is then as it was.
    pub async fn reload(&self) -> Result<(), PoolError> {
        Ok(self.inner.reload().await?)
    }

    /// Opens the secret of every usable credential, so that no request has to. A secret that cannot be opened is shown
    /// with its credential; the others serve.
    pub async fn warm(&self) {
        self.inner.warm().await;
    }

    /// Opens the secrets of those credentials whose address is not the shipped catalogue's, to see whether they were signed
    /// in for it. Others need no look, so their key is not asked for. One that cannot be opened now is shown as it was.
    pub async fn examine(&self) {
        let snapshot = self.inner.snapshot.load_full();
        for entry in snapshot.entries().filter(|entry| entry.is_moved()) {
            if let Err(error) = entry.open(&self.inner).await {
                tracing::warn!(label = entry.credential.label, %error, "it is not known what a login may reach");
            }
        }
    }

    /// Keeps the snapshot up to date and tokens fresh until the future is dropped: looks at the store's version every
    /// second, reloads when it moved, and renews tokens ahead of their end.
    pub async fn follow(&self) {
        crate::renewal::keeper::follow(&self.inner).await;
    }

    /// Waits until every refresh under way and every background write has ended. To be called before the program ends:
    /// a token call that is cut off may cost the login.
    pub async fn settle(&self) {
        self.inner.work.idle().await;
    }

    /// Every credential with its state, by provider and priority. Makes no call and opens no secret.
    pub fn views(&self) -> Vec<View> {
        let now = self.inner.clock.now();
        self.inner
            .snapshot
            .load()
            .entries()
            .map(|entry| view::of(&entry, now))
            .collect()
    }

    /// The first credentials of [`Pool::views`]. Costs as much as they are, however many there are.
    pub fn first_views(&self, most: usize) -> Vec<View> {
        let now = self.inner.clock.now();
        let snapshot = self.inner.snapshot.load();
        let first = snapshot.entries().take(most);
        first.map(|entry| view::of(&entry, now)).collect()
    }

    /// The providers that something is signed in to, in the order of [`Pool::views`].
    pub fn providers(&self) -> Vec<ProviderId> {
        self.inner.snapshot.load().providers().cloned().collect()
    }

    /// Moves whenever a credential or its state changes, by whichever process.
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.inner.moved.subscribe()
    }

    /// One provider's credentials with their states, by priority.
    pub fn views_of(&self, provider: &ProviderId) -> Vec<View> {
        let now = self.inner.clock.now();
        let snapshot = self.inner.snapshot.load();
        snapshot
            .of(provider)
            .iter()
            .map(|entry| view::of(entry, now))
            .collect()
    }

    /// The label of a credential. Costs one look at memory, however many there are.
    pub fn label(&self, id: CredentialId) -> Option<String> {
        let snapshot = self.inner.snapshot.load();
        let cell = snapshot.cell(id)?;
        Some(cell.look().credential.label.clone())
    }

    /// The providers that something is signed in to and that speak a protocol.
    pub fn speakers(&self, protocol: Protocol) -> Vec<ProviderId> {
        let snapshot = self.inner.snapshot.load();
        let speaks = |provider: &&ProviderId| snapshot.speaks(provider, protocol);
        snapshot.providers().filter(speaks).cloned().collect()
    }

    /// Whether something is signed in to a provider and speaks a protocol.
    pub fn speaks(&self, provider: &ProviderId, protocol: Protocol) -> bool {
        self.inner.snapshot.load().speaks(provider, protocol)
    }

    /// Whether a conversation went to a provider before.
    pub fn knows(&self, provider: &ProviderId, conversation: u64) -> bool {
        let key = self.inner.lane(provider).key(conversation);
        self.inner.sticky.get(key).is_some()
    }

    /// Whether anything is signed in for a provider, usable or not. Costs one look at memory.
    pub fn has_login(&self, provider: &ProviderId) -> bool {
        self.inner.snapshot.load().members(provider).is_some()
    }

    /// The credential that a TARGET names: a label, `PROVIDER:LABEL`, `PROVIDER:INDEX` (from 1), the beginning of an id,
    /// or a provider that has one credential.
    ///
    /// # Errors
    /// [`PoolError::Target`] when it names none, or several (with their names), [`PoolError::NoLogin`] for a provider
    /// without credentials.
    pub fn find(&self, target: &str) -> Result<View, PoolError> {
        let snapshot = self.inner.snapshot.load();
        let entry = target::find(&self.inner.catalog, &snapshot, target)?;
        Ok(view::of(&entry, self.inner.clock.now()))
    }

    /// A credential for one request. Answers at once while the token is fresh; waits for the one refresh under way when
    /// it has ended.
    ///
    /// # Errors
    /// [`PoolError::NoLogin`], [`PoolError::Protocol`], [`PoolError::SwitchedOff`], [`PoolError::Blocked`] or
    /// [`PoolError::Exhausted`].
    pub async fn lease(&self, ask: &Ask<'_>) -> Result<Lease, PoolError> {
        crate::choice::choose::lease(&self.inner, ask).await
    }

    /// A fresh access token or the key of a credential, when it ends, and how the credential stands.
    ///
    /// # Errors
    /// [`PoolError::Refresh`] when the token has ended and could not be renewed, [`PoolError::Exhausted`] when the
    /// credential is switched off, blocked or needs a login.
    pub async fn token(&self, id: CredentialId) -> Result<(Secret, Option<UnixMs>, View), PoolError> {
        crate::admin::token(&self.inner, id).await
    }

    /// Renews a credential's token now, due or not.
    ///
    /// # Errors
    /// [`PoolError::Refresh`] when it cannot be renewed.
    pub async fn refresh(&self, id: CredentialId) -> Result<View, PoolError> {
        crate::admin::refresh(&self.inner, id).await
    }

    /// Login attempts.
    pub fn logins(&self) -> Logins {
        Logins::new(Arc::clone(&self.inner))
    }
}

impl Inner {
    pub(crate) fn entry(&self, id: CredentialId) -> Result<Arc<Entry>, PoolError> {
        let found = self.snapshot.load().get(id);
        found.ok_or_else(|| PoolError::Target(Both::of(|lang| text::no_id(lang, id))))
    }

    /// The catalogue row of a credential.
    pub(crate) fn row(&self, credential: &Credential) -> Result<&Provider, Both> {
        let id = &credential.provider;
        self.catalog
            .get(id)
            .ok_or_else(|| Both::of(|lang| text::no_row(lang, id)))
    }

    /// Notes how far an issuer's clock is ahead. A large difference is told once, since the end of every token is reckoned by
    /// this machine's clock.
    pub(crate) async fn note_clock(&self, ahead_ms: Option<i64>) {
        let Some(ahead) = ahead_ms else { return };
        let before = self.clock_ahead.swap(ahead, Ordering::AcqRel);
        if ahead.abs() < CLOCK_WARNING_MS || before.abs() >= CLOCK_WARNING_MS {
            return;
        }
        tracing::warn!(
            ahead_ms = ahead,
            "this machine's clock differs from that of an issuer"
        );
        if let Err(error) = self
            .store
            .set_setting(CLOCK_SETTING, Some(&ahead.to_string()))
            .await
        {
            tracing::debug!(%error, "the difference of the clocks was not noted");
        }
    }

    pub(crate) async fn warm(&self) {
        let now = self.clock.now();
        let snapshot = self.snapshot.load_full();
        for entry in snapshot
            .entries()
            .filter(|entry| entry.stands(None, now).is_usable())
        {
            if let Err(error) = entry.open(self).await {
                tracing::warn!(label = entry.credential.label, %error, "a secret could not be read; it is tried again");
            }
        }
    }
}
