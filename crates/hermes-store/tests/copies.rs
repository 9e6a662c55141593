//! Homes that were renamed, put back to an older state, or restored from a backup.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err as fs;
use hermes_core::{CredentialId, Explain, OsRandom};
use hermes_store::{Attempt, Commit, LeaseMove, OpenOptions, Store, open, restore};
use support::{Home, copy_tree, material, now};

async fn first_id(store: &Arc<dyn Store>) -> CredentialId {
    store.credentials().await.unwrap()[0].id
}

async fn renew(store: &Arc<dyn Store>, times: u64) {
    let id = first_id(store).await;
    for _ in 0..times {
        let generation = store.material(id).await.unwrap().0;
        let commit = store.commit_refresh(id, generation, material("n"), now());
        assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
    }
}

async fn may_renew(store: &Arc<dyn Store>) -> Result<bool, &'static str> {
    let id = first_id(store).await;
    let generation = store.material(id).await.unwrap().0;
    let step = LeaseMove::Acquire {
        attempt: Attempt::new(&OsRandom),
        gone: None,
        force: false,
    };
    let moved = store.move_lease(id, generation, &step).await;
    moved.map_err(|error| error.kind())
}

/// Everything of a home as it is now, to be put back later under the same folder.
fn snapshot(home: &Home) -> PathBuf {
    let to = home.root().join("snapshot");
    copy_tree(&home.folder(), &to);
    to
}

/// Puts files back into the home that is there, as a synchronised folder or a backup program does.
fn put_back(home: &Home, from: &Path, names: &[&str]) {
    for name in names {
        let _ = fs::remove_file(home.file(name));
        if from.join(name).exists() {
            fs::copy(from.join(name), home.file(name)).unwrap();
        }
    }
}

const DATABASE: [&str; 3] = ["hermes.db", "hermes.db-wal", "hermes.db.sum"];

#[tokio::test]
async fn renamed_home_stays_good() {
    let home = Home::filled().await;
    let store = home.open().await;
    renew(&store, 2).await;
    store.close().await.unwrap();
    let elsewhere = home.root().join("renamed");
    fs::rename(home.folder(), &elsewhere).unwrap();
    let options = OpenOptions {
        folder: elsewhere,
        ..home.options()
    };
    let store = open(options).await.unwrap();
    assert_eq!(store.suspect(), None);
    assert_eq!(may_renew(&store).await, Ok(true));
}

#[tokio::test]
async fn database_put_back_to_an_older_state_is_suspect_until_it_is_adopted() {
    let home = Home::filled().await;
    let store = home.open().await;
    renew(&store, 1).await;
    store.close().await.unwrap();
    let before = snapshot(&home);
    let store = home.open().await;
    renew(&store, 2).await;
    store.close().await.unwrap();
    put_back(&home, &before, &DATABASE);
    let store = home.open().await;
    let words = "it is older than what this machine has seen: 2 renewals are missing in it";
    assert_eq!(store.suspect().unwrap().to_string(), words);
    assert_eq!(may_renew(&store).await, Err("store_suspect"));
    store.adopt(now()).await.unwrap();
    assert_eq!(may_renew(&store).await, Ok(true));
    store.close().await.unwrap();
    assert_eq!(home.open().await.suspect(), None);
}

#[tokio::test]
async fn whole_home_put_back_is_noticed_by_the_mark_outside_of_it() {
    let home = Home::filled().await;
    let outside = home.root().join("state");
    let options = || OpenOptions {
        state_folder: Some(outside.clone()),
        ..home.options()
    };
    let before = snapshot(&home);
    let store = open(options()).await.unwrap();
    renew(&store, 3).await;
    store.close().await.unwrap();
    put_back(&home, &before, &DATABASE);
    put_back(&home, &before, &["hermes.mark"]);
    assert_eq!(
        home.open().await.suspect(),
        None,
        "nothing in the home tells of it"
    );
    let store = open(options()).await.unwrap();
    assert!(
        store
            .suspect()
            .unwrap()
            .to_string()
            .contains("3 renewals are missing")
    );
}

#[tokio::test]
async fn restored_backup_is_good_only_if_nothing_was_renewed_since() {
    for renewed_since in [0, 1] {
        let home = Home::filled().await;
        let store = home.open().await;
        renew(&store, 2).await;
        let copy = home.root().join("copy.db");
        store.backup(&copy).await.unwrap();
        renew(&store, renewed_since).await;
        store.close().await.unwrap();
        let store = restore(home.options(), &copy, true).await.unwrap();
        assert_eq!(store.suspect().is_some(), renewed_since > 0);
        let wanted = if renewed_since > 0 {
            Err("store_suspect")
        } else {
            Ok(true)
        };
        assert_eq!(may_renew(&store).await, wanted);
        assert_eq!(store.material(first_id(&store).await).await.unwrap().0, 3);
    }
}

#[tokio::test]
async fn backup_restored_into_another_home_is_a_copy() {
    let home = Home::filled().await;
    let store = home.open().await;
    let copy = home.root().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.close().await.unwrap();
    let other = Home::new();
    copy_tree(&home.config(), &other.config());
    let store = restore(other.options(), &copy, false).await.unwrap();
    assert!(store.suspect().unwrap().to_string().starts_with("it is a copy"));
    assert_eq!(may_renew(&store).await, Err("store_suspect"));
}

#[tokio::test]
async fn mark_that_is_damaged_or_of_another_store_counts_for_nothing() {
    let home = Home::filled().await;
    let store = home.open().await;
    renew(&store, 1).await;
    store.close().await.unwrap();
    for text in ["", "{", r#"{"store":"other","rotations":99}"#] {
        fs::write(home.file("hermes.mark"), text).unwrap();
        assert_eq!(home.open().await.suspect(), None, "{text}");
    }
}
