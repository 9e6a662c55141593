//! What a reader that follows the changes sees, and writers in each other's way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CoolCause, Credential, CredentialId, Health, ProviderId, Scope, Strategy, UnixMs};
use hermes_store::{Changes, Commit, Store};
use tokio::task::JoinSet;

use crate::support::{Home, login, material, now};

/// What a reader holds that is told of changes only.
#[derive(Default)]
struct View {
    version: Option<i64>,
    credentials: BTreeMap<CredentialId, Credential>,
}

impl View {
    async fn follow(&mut self, store: &Arc<dyn Store>) -> bool {
        let Changes {
            version,
            whole,
            credentials,
        } = store.changes(self.version).await.unwrap();
        assert!(self.version.is_none_or(|before| before <= version));
        self.version = Some(version);
        if whole {
            self.credentials.clear();
        }
        for one in credentials {
            self.credentials.insert(one.id, one);
        }
        whole
    }

    async fn is_true(&self, store: &Arc<dyn Store>) {
        let listed = store.credentials().await.unwrap();
        let listed: BTreeMap<_, _> = listed.into_iter().map(|one| (one.id, one)).collect();
        assert_eq!(self.credentials, listed);
    }
}

async fn logins(store: &Arc<dyn Store>, count: usize) -> Vec<CredentialId> {
    let mut ids = Vec::new();
    for number in 0..count {
        let saved = store.save_login(login(&format!("account-{number}")), now());
        ids.push(saved.await.unwrap().credential.id);
    }
    ids
}

fn cooling(number: i64, scope: Scope) -> Health {
    Health::Cooling {
        until: UnixMs::from_millis(now().as_millis() + number),
        cause: CoolCause::RateLimit,
        scope,
    }
}

pub(crate) async fn changes_are_the_rows_that_changed(home: Home) {
    let store = home.open().await;
    let ids = logins(&store, 3).await;
    let first = store.changes(None).await.unwrap();
    assert!(first.whole && first.credentials.len() == 3);
    let since = Some(first.version);
    let none = store.changes(since).await.unwrap();
    assert_eq!((none.whole, none.version), (false, first.version));
    assert_eq!(none.credentials, []);
    store.rename(ids[1], "other", now()).await.unwrap();
    let health = cooling(9, Scope::Model("m".to_owned()));
    store.set_health(ids[2], None, health, now()).await.unwrap();
    let changes = store.changes(since).await.unwrap();
    assert!(!changes.whole && changes.version > first.version);
    let mut changed: Vec<_> = changes.credentials.iter().map(|one| one.id).collect();
    changed.sort();
    let mut wanted = ids[1..].to_vec();
    wanted.sort();
    assert_eq!(changed, wanted);
    assert!(changes.credentials.iter().any(|one| one.rests.len() == 1));
    assert_eq!(
        store.changes(Some(changes.version)).await.unwrap().credentials,
        []
    );
}

pub(crate) async fn changes_begin_anew_after_removal_reorder_and_an_unknown_version(home: Home) {
    let store = home.open().await;
    let ids = logins(&store, 3).await;
    let mut view = View::default();
    assert!(view.follow(&store).await);
    store.remove(ids[0], now()).await.unwrap();
    assert!(view.follow(&store).await);
    view.is_true(&store).await;
    store.set_priority(ids[2], 0, now()).await.unwrap();
    assert!(view.follow(&store).await);
    view.is_true(&store).await;
    assert!(!view.follow(&store).await);
    for unknown in [view.version.map(|version| version + 1), Some(i64::MAX), Some(-1)] {
        assert!(store.changes(unknown).await.unwrap().whole);
    }
}

pub(crate) async fn changes_tell_of_every_kind_of_write(home: Home) {
    let store = home.open().await;
    let id = logins(&store, 1).await[0];
    let mut view = View::default();
    view.follow(&store).await;
    for step in 0..7 {
        match step {
            0 => drop(store.commit_refresh(id, 1, material("b"), now()).await.unwrap()),
            1 => store.rename(id, "name", now()).await.unwrap(),
            2 => store.set_weight(id, 7, now()).await.unwrap(),
            3 => drop(
                store
                    .set_health(id, None, cooling(1, Scope::Account), now())
                    .await
                    .unwrap(),
            ),
            4 => drop(store.end_rest(id, 2, &Scope::Account, now()).await.unwrap()),
            5 => store.reset(id, now()).await.unwrap(),
            _ => drop(store.save_login(login("account-0"), now()).await.unwrap()),
        }
        let before = view.version;
        assert!(!view.follow(&store).await, "step {step}");
        assert!(view.version > before, "step {step}");
        view.is_true(&store).await;
    }
}

pub(crate) async fn version_moves_with_pools_and_client_keys(home: Home) {
    let store = home.open().await;
    let before = store.version().await.unwrap();
    let provider = ProviderId::new("lab");
    store
        .set_strategy(&provider, Strategy::Weighted, now())
        .await
        .unwrap();
    assert!(store.version().await.unwrap() > before);
    assert_eq!(store.pools().await.unwrap()[0].strategy, Strategy::Weighted);
}

/// Eight writers of their own, and a reader that must end with what is there: a version that becomes visible before an earlier
/// one would hide that one's row for ever.
pub(crate) async fn follower_of_eight_writers_misses_nothing(home: Home) {
    let store = home.open().await;
    let ids = logins(&store, 4).await;
    let mut writers = JoinSet::new();
    for writer in 0..8_i64 {
        let (options, ids) = (home.same().options(), ids.clone());
        writers.spawn(async move {
            let store = hermes_store::open(options).await.unwrap();
            for number in 0..63 {
                let id = ids[usize::try_from((writer + number) % 4).unwrap()];
                let health = cooling(writer * 1_000 + number, Scope::Account);
                store.set_health(id, None, health, now()).await.unwrap();
            }
            store.close().await.unwrap();
        });
    }
    let mut view = View::default();
    let mut rounds = 0;
    while !writers.is_empty() {
        view.follow(&store).await;
        rounds += 1;
        while let Some(ended) = writers.try_join_next() {
            ended.unwrap();
        }
        tokio::task::yield_now().await;
    }
    assert!(rounds > 8);
    assert!(!view.follow(&store).await, "nothing was removed");
    view.is_true(&store).await;
}

/// Sixteen tasks that do everything to four logins of one pool. A deadlock that the back end ends, or a collision that is not
/// run again, would be an error here.
pub(crate) async fn storm_of_every_write_ends_without_an_error(home: Home) {
    let store = home.open().await;
    let ids = logins(&store, 4).await;
    let mut tasks = JoinSet::new();
    for task in 0..16_usize {
        let (store, ids) = (Arc::clone(&store), ids.clone());
        tasks.spawn(async move {
            for round in 0..12 {
                one_of_all(&store, &ids, task, round).await;
            }
        });
    }
    tasks.join_all().await;
    let mut view = View::default();
    view.follow(&store).await;
    view.is_true(&store).await;
    let listed = store.credentials().await.unwrap();
    for (place, credential) in (0..).zip(&listed) {
        assert_eq!(credential.priority, place);
    }
    assert_eq!(store.check().await.unwrap(), []);
    store.close().await.unwrap();
    #[cfg(unix)]
    if home.is_on_server() {
        assert_eq!(
            home.deadlocks(),
            "0",
            "locks are taken in another order somewhere"
        );
    }
}

async fn one_of_all(store: &Arc<dyn Store>, ids: &[CredentialId], task: usize, round: usize) {
    let id = ids[(task + round) % ids.len()];
    let subject = format!("account-{}", (task + round) % ids.len());
    let outcome = match (task + 5 * round) % 8 {
        0 => store.rename(id, &format!("name {task} {round}"), now()).await,
        1 => {
            store
                .set_priority(id, u32::try_from(round % 4).unwrap(), now())
                .await
        }
        2 => {
            let short = store
                .save_login(login(&format!("short {task} {round}")), now())
                .await
                .unwrap();
            store.remove(short.credential.id, now()).await
        }
        3 => store.save_login(login(&subject), now()).await.map(drop),
        4 => {
            let health = cooling(i64::try_from(round).unwrap(), Scope::Account);
            store.set_health(id, None, health, now()).await.map(drop)
        }
        5 => store.reset(id, now()).await,
        6 => {
            store
                .set_weight(id, 1 + u32::try_from(round).unwrap(), now())
                .await
        }
        _ => {
            let generation = store.material(id).await.unwrap().0;
            store
                .commit_refresh(id, generation, material("storm"), now())
                .await
                .map(drop)
        }
    };
    outcome.unwrap();
}

/// Each login and each commit makes a generation of its own, however they meet.
pub(crate) async fn logins_and_commits_at_once_never_share_a_generation(home: Home) {
    let store = home.open().await;
    let id = logins(&store, 1).await[0];
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut made = Vec::new();
            for _ in 0..10 {
                if task % 2 == 0 {
                    let saved = store.save_login(login("account-0"), now()).await.unwrap();
                    made.push(saved.credential.generation);
                } else {
                    let generation = store.material(id).await.unwrap().0;
                    let commit = store.commit_refresh(id, generation, material("c"), now());
                    if let Commit::Stored(generation) = commit.await.unwrap() {
                        made.push(generation);
                    }
                }
            }
            made
        });
    }
    let mut made: Vec<u64> = tasks.join_all().await.into_iter().flatten().collect();
    made.sort_unstable();
    let last = u64::try_from(made.len()).unwrap() + 1;
    assert_eq!(made, (2..=last).collect::<Vec<_>>());
    assert_eq!(store.material(id).await.unwrap().0, last);
}

/// A verdict about a generation is no verdict about the next one, even when both are written at once.
pub(crate) async fn health_of_an_old_generation_never_follows_a_commit(home: Home) {
    let store = home.open().await;
    let id = logins(&store, 1).await[0];
    for generation in 1..25 {
        let (one, two) = (Arc::clone(&store), Arc::clone(&store));
        let commit = tokio::spawn(async move {
            one.commit_refresh(id, generation, material("next"), now())
                .await
                .unwrap()
        });
        let cooling = Health::Cooling {
            until: now().plus(Duration::from_secs(9)),
            cause: CoolCause::RefreshFailed,
            scope: Scope::Account,
        };
        two.set_health(id, Some(generation), cooling, now())
            .await
            .unwrap();
        assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
        assert_eq!(
            store.credentials().await.unwrap()[0].health,
            Health::Ready,
            "{generation}"
        );
    }
}
