//! The store over either back end: its parts, and how a transaction is run.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use hermes_core::{Clock, CredentialId, Random, UnixMs};
use tokio::sync::OnceCell;

use crate::back::Back;
use crate::fault::Fault;
use crate::holder::{DataKey, Header, Keys};
use crate::node::Node;
use crate::seal::Sealer;
use crate::session::Until;
use crate::sql::{Tools, change, events, settings};
use crate::{Commit, Store, StoreError, StoreInfo, Suspicion, place, spill};

/// An open store.
pub(crate) struct SqlStore {
    pub(crate) info: StoreInfo,
    /// The file, or the address of the database without its password.
    pub(crate) path: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) back: Back,
    /// Where this machine notes what it has seen of the store.
    pub(crate) marks: Vec<PathBuf>,
    why_suspect: Mutex<Option<Suspicion>>,
    header: Header,
    keys: Keys,
    sealer: OnceCell<Sealer>,
    node: OnceCell<Node>,
}

/// What a store is made of once its file or database has been verified.
pub(crate) struct Parts {
    pub(crate) info: StoreInfo,
    pub(crate) header: Header,
    pub(crate) keys: Keys,
    /// The data key, if the store has just been created.
    pub(crate) new_key: Option<DataKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) back: Back,
    pub(crate) marks: Vec<PathBuf>,
    pub(crate) suspect: Option<Suspicion>,
}

/// Runs `$work` in a transaction of a session, and commits it.
macro_rules! transaction {
    ($store:ident, $session:ident, $until:ident, $db:ident => $work:expr) => {
        async {
            let mut session = $until.wait($store.back.$session()).await?;
            let work = async {
                let mut transaction = session.begin().await?;
                let $db = &mut transaction;
                match $work.await {
                    Ok(value) => transaction.commit().await.map(|()| value),
                    Err(fault) => transaction.undo(fault).await,
                }
            };
            let outcome = $until.wait(work).await;
            if matches!(outcome, Err(Fault::Silent)) {
                session.abandon();
            }
            outcome
        }
    };
}
pub(crate) use transaction;

/// Runs `$work` in a transaction that writes. PostgreSQL may undo one of two that are in each other's way; it is run again.
macro_rules! writing {
    ($store:ident, $db:ident => $work:expr) => {{
        let until = Until::after($store.back.limit());
        let mut tries = 0;
        loop {
            let outcome: Result<_, Fault> =
                transaction!($store, writer, until, $db => $work).await;
            match outcome {
                Err(fault) if fault.is_collision() && tries < 8 => tries += 1,
                Err(fault) => break Err(fault.at(&$store.path)),
                Ok(value) => break Ok(value),
            }
        }
    }};
}
pub(crate) use writing;

/// Runs `$work` in a transaction that only reads.
macro_rules! reading {
    ($store:ident, $db:ident => $work:expr) => {{
        let until = Until::after($store.back.limit());
        let outcome: Result<_, Fault> = transaction!($store, reader, until, $db => $work).await;
        outcome.map_err(|fault| fault.at(&$store.path))
    }};
}
pub(crate) use reading;

impl SqlStore {
    pub(crate) fn new(parts: Parts) -> Self {
        let random = Arc::clone(&parts.keys.random);
        let sealer = parts.new_key.map(|key| sealer(&parts.header, key, &random));
        Self {
            info: parts.info,
            path: parts.back.path(),
            clock: parts.clock,
            random,
            back: parts.back,
            marks: parts.marks,
            why_suspect: Mutex::new(parts.suspect),
            header: parts.header,
            keys: parts.keys,
            sealer: OnceCell::new_with(sealer),
            node: OnceCell::new(),
        }
    }

    /// The data key, fetched from its holder at the first call.
    pub(crate) async fn sealer(&self) -> Result<&Sealer, StoreError> {
        let unlock = async || {
            let key = self.keys.unlock(&self.header).await?;
            Ok(sealer(&self.header, key, &self.random))
        };
        self.sealer.get_or_try_init(unlock).await
    }

    pub(crate) async fn tools(&self) -> Result<Tools<'_>, StoreError> {
        Ok(Tools {
            sealer: self.sealer().await?,
            random: &*self.random,
        })
    }

    /// This process among those that renew; entered at the first call.
    pub(crate) async fn node(&self) -> Result<&Node, StoreError> {
        let enter = async || Node::enter(&self.keys.places, &*self.random).await;
        self.node.get_or_try_init(enter).await
    }

    pub(crate) fn why_suspect(&self) -> Option<Suspicion> {
        self.why_suspect
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_suspect(&self, why: Option<Suspicion>) {
        *self.why_suspect.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    pub(crate) fn check_standing(&self) -> Result<(), StoreError> {
        match self.why_suspect() {
            Some(why) => Err(StoreError::Suspect {
                place: self.info.place.clone(),
                why,
            }),
            None => Ok(()),
        }
    }

    /// The folder of received tokens.
    pub(crate) fn spills(&self) -> PathBuf {
        self.keys.places.spill()
    }

    /// Offers every kept token in the order of generations: one that was lost with the last commits may be followed by the next.
    pub(crate) async fn offer(
        &self,
        only: Option<CredentialId>,
        now: UnixMs,
    ) -> Result<Vec<(CredentialId, Commit)>, StoreError> {
        let mut outcomes = Vec::new();
        for one in spill::kept(&self.spills(), self.sealer().await?, only, now)? {
            let offered = self.commit_refresh(one.credential, one.generation, one.material, now);
            let commit = match offered.await {
                Ok(commit) => commit,
                // A row that is broken keeps no other token waiting.
                Err(error @ StoreError::Damaged { .. }) => {
                    tracing::warn!(%error, "a kept token cannot be stored");
                    continue;
                }
                Err(error) => return Err(error),
            };
            outcomes.push((one.credential, commit));
            if !self.back.may_lose_commits() || now.since(one.at) > spill::KEPT {
                crate::files::remove(&one.path)?;
            }
        }
        Ok(outcomes)
    }

    pub(crate) async fn sign_of_life(&self) -> Result<Vec<String>, StoreError> {
        let node = self.node().await?;
        let mut names = writing!(self, db => async {
            let now = db.now(&*self.clock).await?;
            self.back.watch_history(db, now).await?;
            crate::sql::node::seen(db, node, true, now).await?;
            crate::sql::node::keepers(db, now).await
        })?;
        names.retain(|name| *name != node.id);
        names.insert(0, node.id.clone());
        Ok(names)
    }

    pub(crate) async fn declare_good(&self, now: UnixMs) -> Result<(), StoreError> {
        let rotations = writing!(self, db => async {
            let here = self.back.place(db).await?.to_text();
            settings::set(db, "place", Some(&here)).await?;
            settings::set(db, "heir", None).await?;
            let words = "this store is the one in use, a person said";
            events::record(db, now, events::NewEvent::general("adopted", words)).await?;
            change::get(db, "rotations").await
        })?;
        place::note(&self.marks, &self.info.id, rotations);
        self.set_suspect(None);
        Ok(())
    }

    pub(crate) async fn leave(&self) {
        if self.node.get().is_none() {
            return;
        }
        // A database that is away has no use for the farewell; the row ages by itself.
        if let Ok(node) = self.node().await {
            let _: Result<(), StoreError> = writing!(self, db => crate::sql::node::left(db, node));
            node.leave();
        }
    }
}

fn sealer(header: &Header, key: DataKey, random: &Arc<dyn Random>) -> Sealer {
    Sealer::new(&header.store_id, &header.key_id, key, Arc::clone(random))
}
