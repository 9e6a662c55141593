//! Copies of a store, and stores whose logins have moved away.

use std::time::Duration;

use hermes_core::{Explain, Lang};
use hermes_store::{Commit, LeaseMove, StoreError};

use crate::lease::{Stage, acquire, new_attempt, stage};
use crate::support::{Home, material, now};

async fn refused(stage: &Stage, step: LeaseMove) -> StoreError {
    stage.store.move_lease(stage.id, 1, &step).await.unwrap_err()
}

async fn copy_of(stage: &Stage) -> Stage {
    let home = stage.home.copied();
    Stage {
        store: home.open().await,
        home,
        id: stage.id,
    }
}

async fn original(home: Home) -> Stage {
    let stage = stage(home).await;
    stage.store.close().await.unwrap();
    let (home, id) = (stage.home.same(), stage.id);
    Stage {
        store: home.open().await,
        home,
        id,
    }
}

pub(crate) async fn copy_serves_and_renews_nothing(home: Home) {
    let original = original(home).await;
    original.store.close().await.unwrap();
    let copy = copy_of(&original).await;
    assert!(
        copy.store
            .suspect()
            .unwrap()
            .to_string()
            .starts_with("it is a copy: the original was in")
    );
    assert_eq!(copy.store.material(copy.id).await.unwrap(), (1, material("a")));
    assert_eq!(copy.store.credentials().await.unwrap().len(), 1);
    let forced = LeaseMove::Acquire {
        attempt: new_attempt(),
        gone: None,
        force: true,
    };
    let resend = LeaseMove::Resend {
        attempt: new_attempt(),
        seen: new_attempt(),
        safe: true,
    };
    for step in [acquire(&new_attempt()), forced, resend] {
        let error = refused(&copy, step).await;
        assert_eq!(error.kind(), "store_suspect");
        assert!(error.hint(Lang::En).unwrap().contains("hermes store adopt"));
    }
    // Opened again it is no better.
    copy.store.close().await.unwrap();
    assert!(copy.home.open().await.suspect().is_some());
}

pub(crate) async fn copy_that_is_adopted_renews_and_the_original_is_as_it_was(home: Home) {
    let original = original(home).await;
    original.store.close().await.unwrap();
    let copy = copy_of(&original).await;
    copy.store.adopt(now()).await.unwrap();
    assert_eq!(copy.store.suspect(), None);
    assert_eq!(copy.store.events(None, 1).await.unwrap()[0].kind, "adopted");
    copy.leased().await;
    copy.store.close().await.unwrap();
    assert_eq!(copy.home.open().await.suspect(), None);
    let store = original.home.open().await;
    assert_eq!(store.suspect(), None);
    let step = acquire(&new_attempt());
    assert!(store.move_lease(original.id, 1, &step).await.unwrap());
}

pub(crate) async fn copy_still_keeps_a_token_that_was_received(home: Home) {
    let original = original(home).await;
    original.store.close().await.unwrap();
    let copy = copy_of(&original).await;
    let commit = copy.store.commit_refresh(copy.id, 1, material("b"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(2));
}

pub(crate) async fn store_whose_logins_moved_away_names_the_heir(home: Home) {
    let stage = original(home).await;
    stage
        .store
        .retire("postgres://db.example/hermes", now())
        .await
        .unwrap();
    let words = "its logins were moved to `postgres://db.example/hermes`";
    assert_eq!(stage.store.suspect().unwrap().to_string(), words);
    assert_eq!(
        refused(&stage, acquire(&new_attempt())).await.kind(),
        "store_suspect"
    );
    stage.store.close().await.unwrap();
    let store = stage.home.open().await;
    assert_eq!(store.suspect().unwrap().to_string(), words);
    assert_eq!(store.material(stage.id).await.unwrap(), (1, material("a")));
    store.adopt(now()).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(stage.home.open().await.suspect(), None);
}

pub(crate) async fn store_in_good_standing_stays_so(home: Home) {
    let stage = stage(home).await;
    for generation in 1..4 {
        assert_eq!(stage.store.suspect(), None);
        let commit = stage
            .store
            .commit_refresh(stage.id, generation, material("n"), now());
        assert_eq!(commit.await.unwrap(), Commit::Stored(generation + 1));
        let other = stage.home.other(Duration::ZERO);
        let store = other.open().await;
        assert_eq!(store.suspect(), None);
        store.close().await.unwrap();
    }
}
