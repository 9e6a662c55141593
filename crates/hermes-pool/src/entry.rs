//! One credential in the snapshot: its row, how its requests are sent, and its token once it has been opened.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hermes_catalog::{ErrorAction, Provider};
use hermes_core::{Bound, CoolCause, Credential, Explain as _, Health, Material, Protocol, Secret, UnixMs};
use hermes_store::StoreError;
use hermes_text::{Both, Lang};

use crate::api::Leased;
use crate::bounds::Bounds;
use crate::keyless;
use crate::pool::Inner;
use crate::runtime::{self, Ignored, Runtime};
use crate::slot::Slot;

/// A token with at most this much left is not handed out while it can be renewed.
pub(crate) const SHORTEST_LEFT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) credential: Credential,
    pub(crate) slot: Arc<Slot>,
    /// Which change in memory made it; 0 when it came from the store.
    pub(crate) stamp: u64,
    /// The catalogue row, or why there is none.
    pub(crate) outlook: Arc<Result<Outlook, Both>>,
    /// Where the provider was switched off.
    pub(crate) switched_off: Option<Arc<Both>>,
    opened: OnceLock<Result<Arc<Opened>, Both>>,
}

/// What the catalogue and the settings say about a credential.
pub(crate) struct Outlook {
    pub(crate) runtimes: Vec<Runtime>,
    pub(crate) ignored: Vec<Ignored>,
    /// How long before its end a token is renewed at most; none where tokens are not renewed.
    lead: Option<Duration>,
    /// Whether an address is not the shipped row's, so that only the sealed note of the login can allow it.
    pub(crate) is_moved: bool,
    /// What the row's rules for a block know.
    objections: Vec<Both>,
}

/// An opened token.
pub(crate) struct Opened {
    pub(crate) access: Secret,
    leased: Vec<Arc<Leased>>,
    /// The protocols whose address the login was not made for, with what is wrong.
    moved: Vec<(Protocol, Both)>,
}

/// Whether a credential can serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its token is good.
    Fresh,
    /// Its token is good for a while and due for renewal.
    Due,
    /// Its token has ended, or nearly so, and can be renewed.
    Stale,
    /// Its token has ended and cannot be renewed.
    Ended,
    /// It rests.
    Resting(UnixMs, CoolCause),
    /// A person has to act, or the catalogue has no use for it.
    Out,
}

impl Standing {
    pub(crate) fn is_usable(&self) -> bool {
        matches!(self, Self::Fresh | Self::Due | Self::Stale)
    }

    /// Why it rests, if it does.
    pub(crate) fn rest(&self) -> Option<CoolCause> {
        match self {
            Self::Resting(_, cause) => Some(*cause),
            _ => None,
        }
    }
}

impl Entry {
    pub(crate) fn new(pool: &Inner, credential: Credential) -> Self {
        Self::with_slot(pool, credential, Arc::default())
    }

    fn with_slot(pool: &Inner, credential: Credential, slot: Arc<Slot>) -> Self {
        let settings = pool.settings.get(&credential.provider);
        let off = settings.filter(|settings| settings.enabled == Some(false));
        let switched_off = off.map(|settings| Arc::new(settings.origin.clone()));
        let entry = Self {
            outlook: Arc::new(outlook(pool, &credential)),
            credential,
            slot,
            stamp: 0,
            switched_off,
            opened: OnceLock::new(),
        };
        if keyless::is_keyless(&entry.credential) {
            entry.put(pool, &keyless::material());
        }
        entry
    }

    /// The entry after its row changed. An opened token is kept while it is the same one under the same name.
    pub(crate) fn with(&self, pool: &Inner, credential: Credential) -> Self {
        let old = &self.credential;
        // An entry that was renewed here does not know its token's fingerprint before the store tells it.
        let same_print = old.fingerprint.is_empty() || old.fingerprint == credential.fingerprint;
        let same_token = old.generation == credential.generation
            && same_print
            && old.label == credential.label
            && old.billing == credential.billing
            && old.method == credential.method
            && old.region == credential.region;
        if same_token {
            return Self {
                credential,
                stamp: 0,
                ..self.clone()
            };
        }
        if old.generation != credential.generation {
            self.slot.resume();
        }
        Self::with_slot(pool, credential, Arc::clone(&self.slot))
    }

    /// The entry after its token was renewed and stored.
    pub(crate) fn renewed(&self, pool: &Inner, generation: u64, material: &Material, now: UnixMs) -> Self {
        let mut credential = self.credential.clone();
        credential.generation = generation;
        credential.refreshed = Some(now);
        credential.fingerprint.clear();
        credential.expires = material.expires;
        credential.earliest_refresh = material.earliest_refresh;
        credential.has_refresh = material.refresh.is_some();
        credential.scopes.clone_from(&material.scopes);
        let entry = Self::with_slot(pool, credential, Arc::clone(&self.slot));
        entry.put(pool, material);
        entry
    }

    /// Opens the secret unless that was done before. A damaged secret is noted with the entry.
    ///
    /// # Errors
    /// A passing fault of the store, which says nothing about the credential.
    pub(crate) async fn open(&self, pool: &Inner) -> Result<(), StoreError> {
        if self.opened.get().is_some() {
            return Ok(());
        }
        match pool.store.material(self.credential.id).await {
            Ok((generation, material)) if generation == self.credential.generation => {
                self.put(pool, &material);
                Ok(())
            }
            // The row has moved on, or is gone: the reload brings its new state, and until then nothing is handed out.
            Ok(_) | Err(StoreError::Missing { .. }) => pool.reload().await,
            Err(error @ (StoreError::Damaged { .. } | StoreError::Key { .. })) => {
                let label = &self.credential.label;
                let problem = error.text();
                tracing::warn!(label, %problem, "the secret of a login cannot be opened");
                // It stays with this generation; a new login or a restored store brings another entry.
                drop(self.opened.set(Err(problem)));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn put(&self, pool: &Inner, material: &Material) {
        let opened = match &*self.outlook {
            Err(problem) => Err(problem.clone()),
            Ok(_) => self.opened_with(pool, material),
        };
        drop(self.opened.set(opened));
    }

    fn opened_with(&self, pool: &Inner, material: &Material) -> Result<Arc<Opened>, Both> {
        let row = &self.credential;
        let settings = pool.settings.get(&row.provider);
        let provider = pool.row(row)?;
        let (mut runtimes, _) =
            runtime::resolve(provider, row, &material.extra, settings).map_err(|error| error.text())?;
        let mut moved = Vec::new();
        if !keyless::is_keyless(row) {
            let bounds = Bounds::of(&pool.catalog, row, &material.extra);
            bounds.check_refresh(provider)?;
            runtimes.retain(|runtime| match bounds.check_runtime(runtime) {
                Ok(()) => true,
                Err(problem) => {
                    moved.push((runtime.protocol, problem));
                    false
                }
            });
        }
        if let ([], Some((_, problem))) = (runtimes.as_slice(), moved.first()) {
            return Err(problem.clone());
        }
        let label: Arc<str> = Arc::from(row.label.as_str());
        let leased = runtimes.into_iter().map(|runtime| {
            Arc::new(Leased {
                id: row.id,
                label: Arc::clone(&label),
                provider: row.provider.clone(),
                generation: row.generation,
                secret: Bound::new(material.access.clone(), runtime.origins()),
                runtime: Arc::new(runtime),
                billing: row.billing,
            })
        });
        Ok(Arc::new(Opened {
            access: material.access.clone(),
            leased: leased.collect(),
            moved,
        }))
    }

    /// The opened token; none when it has not been opened yet.
    pub(crate) fn opened(&self) -> Option<Result<&Arc<Opened>, &Both>> {
        self.opened.get().map(Result::as_ref)
    }

    /// Why it can never serve as it is: no catalogue row, or a secret that cannot be opened.
    pub(crate) fn defect(&self) -> Option<&Both> {
        let unopened = self.opened.get().and_then(|opened| opened.as_ref().err());
        self.outlook.as_ref().as_ref().err().or(unopened)
    }

    /// Why the provider objected, in every language: a block is stored with the English words of its rule.
    pub(crate) fn objection(&self, stored: &str) -> Both {
        let outlook = self.outlook.as_ref().as_ref();
        let mut known = outlook.into_iter().flat_map(|outlook| &outlook.objections);
        let found = known.find(|words| words.get(Lang::En) == stored);
        found.cloned().unwrap_or_else(|| Both::same(stored))
    }

    pub(crate) fn protocols(&self) -> impl Iterator<Item = Protocol> {
        let runtimes = self
            .outlook
            .as_ref()
            .as_ref()
            .map(|outlook| outlook.runtimes.as_slice());
        runtimes
            .unwrap_or_default()
            .iter()
            .map(|runtime| runtime.protocol)
    }

    /// Whether only its sealed half tells if it may be sent where the catalogue says.
    pub(crate) fn is_moved(&self) -> bool {
        let outlook = self.outlook.as_ref().as_ref();
        outlook.is_ok_and(|outlook| outlook.is_moved) && !keyless::is_keyless(&self.credential)
    }

    pub(crate) fn can_refresh(&self) -> bool {
        self.credential.has_refresh && self.lead().is_some()
    }

    fn lead(&self) -> Option<Duration> {
        self.outlook
            .as_ref()
            .as_ref()
            .ok()
            .and_then(|outlook| outlook.lead)
    }

    /// Whether it is an API key, whose refusal no refresh can mend.
    pub(crate) fn is_key(&self) -> bool {
        !self.credential.has_refresh && self.credential.expires.is_none()
    }

    /// When its token is to be renewed: the catalogue's lead before the end, a tenth of its life at most, and not before
    /// the issuer allows it; none when it cannot be renewed or names no end.
    pub(crate) fn due(&self) -> Option<UnixMs> {
        let row = &self.credential;
        let (expires, lead) = (row.expires?, self.lead()?);
        if !row.has_refresh {
            return None;
        }
        let life = expires.since(row.refreshed.unwrap_or(row.created));
        let ahead = self.slot.ahead_permille.load(Ordering::Relaxed);
        let due = expires.minus(lead.min(life / 10) * ahead / 1000);
        let due = due.min(expires);
        // An earlier call is taken for an attack, so this wins even over the end of the token.
        Some(row.earliest_refresh.map_or(due, |earliest| due.max(earliest)))
    }

    /// How it stands for a model, or for any when none is named.
    pub(crate) fn stands(&self, model: Option<&str>, now: UnixMs) -> Standing {
        if self.switched_off.is_some() || self.defect().is_some() {
            return Standing::Out;
        }
        match &self.credential.health {
            Health::NeedsLogin { .. } | Health::Disabled | Health::Blocked { .. } => return Standing::Out,
            Health::Ready | Health::Cooling { .. } => {}
        }
        if let Some((until, cause)) = self.resting(model, now) {
            return Standing::Resting(until, cause);
        }
        self.token_stands(now)
    }

    /// How its token stands, whatever is held against the credential.
    pub(crate) fn token_stands(&self, now: UnixMs) -> Standing {
        let Some(expires) = self.credential.expires else {
            return Standing::Fresh;
        };
        match self.due() {
            None if now < expires => Standing::Fresh,
            None => Standing::Ended,
            Some(due) if now < due && now < expires => Standing::Fresh,
            // It has ended, and its issuer does not take a renewal yet.
            Some(due) if now < due => Standing::Resting(due, CoolCause::RefreshFailed),
            Some(_) if now.plus(SHORTEST_LEFT) < expires => Standing::Due,
            Some(_) => match self.slot.paused_until(now) {
                Some(_) if now < expires => Standing::Due,
                Some(until) => Standing::Resting(until, CoolCause::RefreshFailed),
                None => Standing::Stale,
            },
        }
    }

    /// Whether its token has not ended yet.
    pub(crate) fn is_alive(&self, now: UnixMs) -> bool {
        self.credential.expires.is_none_or(|expires| now < expires)
    }
}

impl Opened {
    /// Why requests of a protocol are not sent.
    pub(crate) fn moved(&self, protocol: Protocol) -> Option<&Both> {
        let moved = self.moved.iter().find(|(one, _)| *one == protocol);
        moved.map(|(_, problem)| problem)
    }

    /// Every address that is not used, with what is wrong.
    pub(crate) fn all_moved(&self) -> impl Iterator<Item = &(Protocol, Both)> {
        self.moved.iter()
    }

    pub(crate) fn leased(&self, protocol: Protocol) -> Option<&Arc<Leased>> {
        self.leased
            .iter()
            .find(|leased| leased.runtime.protocol == protocol)
    }
}

fn objections(provider: &Provider) -> Vec<Both> {
    let rules = provider.errors.iter();
    let blocks = rules.filter(|rule| rule.action == ErrorAction::Block);
    blocks.map(|rule| rule.note.clone()).collect()
}

fn outlook(pool: &Inner, credential: &Credential) -> Result<Outlook, Both> {
    let provider = pool.row(credential)?;
    let settings = pool.settings.get(&credential.provider);
    let (runtimes, ignored) = runtime::resolve(provider, credential, &serde_json::Map::new(), settings)
        .map_err(|error| error.text())?;
    let method = provider
        .login
        .iter()
        .find(|method| method.id == credential.method);
    let refresh = method.and_then(|method| method.refresh.as_ref());
    let bounds = Bounds::of(&pool.catalog, credential, &serde_json::Map::new());
    let stays = bounds.check_refresh(provider).is_ok()
        && runtimes
            .iter()
            .all(|runtime| bounds.check_runtime(runtime).is_ok());
    Ok(Outlook {
        is_moved: !stays,
        objections: objections(provider),
        lead: refresh.map(|refresh| Duration::from_secs(refresh.lead_s)),
        runtimes,
        ignored,
    })
}
