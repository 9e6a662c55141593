use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hermes_core::{Clock, Health, LoginCause};
use hermes_store::{Commit, Store};
use pretty_assertions::assert_eq;

use super::kit::{OAUTH, ask, id, kit, material, token_of};
use crate::{Advice, Outcome, PoolError, State};

fn refused() -> Outcome {
    Outcome::Answered {
        status: 401,
        headers: Vec::new(),
        body: b"{}".to_vec(),
    }
}

#[tokio::test]
async fn fresh_token_is_leased_without_a_call() {
    let kit = kit().await;
    kit.login("main").await;
    assert_eq!(kit.token().await, "old-main");
    assert_eq!(kit.issuer.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ended_token_under_200_leases_is_renewed_once() {
    let kit = Arc::new(kit().await);
    kit.login("main").await;
    kit.pass(1000);
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let kit = Arc::clone(&kit);
            tokio::spawn(async move { kit.token().await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "access-1");
    }
    assert_eq!(kit.issuer.count(), 1);
    assert_eq!(kit.store.credentials().await.unwrap()[0].generation, 2);
}

#[tokio::test]
async fn due_token_serves_while_it_is_renewed() {
    let kit = kit().await;
    kit.login("main").await;
    kit.issuer.hold();
    // Due 90 s before its end, a tenth of its life.
    kit.pass(815);
    assert_eq!(kit.state("main"), State::Expiring);
    assert_eq!(kit.token().await, "old-main");
    assert_eq!(kit.token().await, "old-main");
    kit.issuer.gate.add_permits(10);
    kit.pool.settle().await;
    assert_eq!(kit.token().await, "access-1");
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn requester_that_goes_away_does_not_stop_the_refresh() {
    let kit = kit().await;
    kit.login("main").await;
    kit.issuer.hold();
    kit.pass(1000);
    let waited = tokio::time::timeout(Duration::from_millis(100), kit.token()).await;
    assert!(waited.is_err());
    kit.issuer.gate.add_permits(10);
    kit.pool.settle().await;
    assert_eq!(kit.token().await, "access-1");
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn token_renewed_by_another_process_is_adopted() {
    let kit = kit().await;
    let row = kit.login("main").await;
    kit.pass(1000);
    let expires = Some(kit.clock.now().plus(Duration::from_mins(15)));
    let theirs = material("theirs", Some("r"), expires);
    let commit = kit
        .store
        .commit_refresh(row.id, 1, theirs, kit.clock.now())
        .await
        .unwrap();
    assert_eq!(commit, Commit::Stored(2));
    assert_eq!(kit.token().await, "theirs");
    assert_eq!(kit.issuer.count(), 0);
}

#[tokio::test]
async fn commit_that_comes_too_late_adopts_the_newer_token() {
    let kit = kit().await;
    let row = kit.login("main").await;
    kit.issuer.hold();
    kit.pass(1000);
    let (token, ()) = tokio::join!(kit.token(), async {
        while kit.issuer.count() == 0 {
            tokio::task::yield_now().await;
        }
        let expires = Some(kit.clock.now().plus(Duration::from_mins(15)));
        let theirs = material("theirs", Some("r"), expires);
        kit.store
            .commit_refresh(row.id, 1, theirs, kit.clock.now())
            .await
            .unwrap();
        kit.issuer.gate.add_permits(10);
    });
    assert_eq!(token, "theirs");
    assert_eq!(kit.store.credentials().await.unwrap()[0].generation, 2);
}

#[tokio::test]
async fn refusal_of_an_old_token_keeps_a_newer_login() {
    let kit = kit().await;
    let row = kit.login("main").await;
    kit.issuer.hold();
    kit.issuer.say(400, r#"{"error":"invalid_grant"}"#);
    kit.pass(1000);
    let (token, ()) = tokio::join!(kit.token(), async {
        while kit.issuer.count() == 0 {
            tokio::task::yield_now().await;
        }
        let expires = Some(kit.clock.now().plus(Duration::from_mins(15)));
        let newer = material("newer", Some("r"), expires);
        kit.store
            .commit_refresh(row.id, 1, newer, kit.clock.now())
            .await
            .unwrap();
        kit.issuer.gate.add_permits(10);
    });
    assert_eq!(token, "newer");
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, Health::Ready);
}

#[tokio::test]
async fn refused_refresh_token_needs_a_login_and_is_never_sent_again() {
    let kit = kit().await;
    let row = kit.login("main").await;
    kit.issuer.say(400, r#"{"error":"invalid_grant"}"#);
    kit.pass(1000);
    let provider = id(OAUTH);
    for _ in 0..3 {
        let Err(PoolError::Exhausted {
            members, retry_after, ..
        }) = kit.pool.lease(&ask(&provider, &[])).await
        else {
            panic!("an ended login was leased");
        };
        assert_eq!(members[0].state, State::NeedsLogin);
        assert_eq!(retry_after, None);
    }
    assert!(kit.pool.refresh(row.id).await.is_err());
    assert_eq!(kit.issuer.count(), 1);
    let cause = LoginCause::RevokedOrReused;
    assert_eq!(
        kit.store.credentials().await.unwrap()[0].health,
        Health::NeedsLogin { cause }
    );
}

#[tokio::test]
async fn passing_fault_rests_and_is_tried_again() {
    let kit = kit().await;
    kit.login("main").await;
    kit.issuer.say(503, "busy");
    kit.pass(1000);
    let provider = id(OAUTH);
    let Err(PoolError::Exhausted { retry_after, .. }) = kit.pool.lease(&ask(&provider, &[])).await else {
        panic!("an ended token was leased");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(5)));
    assert!(kit.pool.lease(&ask(&provider, &[])).await.is_err());
    assert_eq!(kit.issuer.count(), 1);
    kit.pass(6);
    assert_eq!(kit.token().await, "access-2");
}

#[tokio::test]
async fn another_login_serves_while_one_cannot_be_renewed() {
    let kit = kit().await;
    kit.login("first").await;
    kit.pass(800);
    kit.login("second").await;
    kit.issuer.say(503, "busy");
    kit.pass(200);
    assert_eq!(kit.token().await, "old-second");
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn refused_token_is_renewed_once_and_sent_again() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    let first = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let second = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(first.report(refused()).await, Advice::SameAgain);
    // The second failed with the token that is gone already: adopt, call nothing.
    assert_eq!(second.report(refused()).await, Advice::SameAgain);
    assert_eq!(kit.issuer.count(), 1);
    assert_eq!(kit.token().await, "access-1");
}

#[tokio::test]
async fn token_refused_right_after_a_refresh_needs_a_login() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(lease.report(refused()).await, Advice::SameAgain);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(token_of(&lease), "access-1");
    assert_eq!(lease.report(refused()).await, Advice::Another);
    kit.pool.settle().await;
    let cause = LoginCause::TokenRejected;
    assert_eq!(
        kit.store.credentials().await.unwrap()[0].health,
        Health::NeedsLogin { cause }
    );
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn token_that_has_served_may_be_refused_and_renewed_again() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    for round in 1..=3 {
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        assert_eq!(lease.report(refused()).await, Advice::SameAgain);
        assert_eq!(kit.token().await, format!("access-{round}"));
    }
}

#[tokio::test]
async fn forced_refresh_and_token_give_the_new_token() {
    let kit = kit().await;
    let row = kit.login("main").await;
    let view = kit.pool.refresh(row.id).await.unwrap();
    assert_eq!(view.credential.generation, 2);
    let (token, expires, view) = kit.pool.token(row.id).await.unwrap();
    assert_eq!(token.expose(), "access-1");
    assert_eq!(expires, view.credential.expires);
    assert_eq!(view.state, State::Ready);
}

#[tokio::test]
async fn keeper_renews_ahead_and_sees_other_processes() {
    let kit = kit().await;
    kit.login("main").await;
    kit.pass(800);
    // The clock of the test moves by a second at every look.
    let pool = kit.pool.clone();
    let keeper = tokio::spawn(async move { pool.follow().await });
    while kit.issuer.count() == 0 {
        tokio::task::yield_now().await;
    }
    keeper.abort();
    drop(keeper.await);
    kit.pool.settle().await;
    assert_eq!(kit.store.credentials().await.unwrap()[0].generation, 2);
}

#[tokio::test]
async fn views_make_no_call_and_change_nothing() {
    let kit = kit().await;
    kit.login("main").await;
    let before = kit.store.version().await.unwrap();
    kit.pass(1000);
    for _ in 0..3 {
        assert_eq!(kit.pool.views()[0].state, State::Refreshable);
        assert_eq!(kit.pool.views_of(&id(OAUTH)).len(), 1);
    }
    assert_eq!(kit.store.version().await.unwrap(), before);
    assert_eq!(kit.issuer.count(), 0);
}

#[tokio::test]
async fn renewed_token_that_the_store_does_not_take_serves_from_this_machine_and_is_stored_later() {
    let kit = kit().await;
    kit.login("main").await;
    // Eight tries a flight.
    kit.store.failing_commits.store(8, Ordering::SeqCst);
    kit.pass(1000);
    assert_eq!(kit.token().await, "access-1");
    assert_eq!(kit.store.credentials().await.unwrap()[0].generation, 1);
    // A reload brings the older row and must not bring the older token.
    kit.pool.reload().await.unwrap();
    assert_eq!(kit.token().await, "access-1");
    let pool = kit.pool.clone();
    let keeper = tokio::spawn(async move { pool.follow().await });
    while kit.store.credentials().await.unwrap()[0].generation == 1 {
        tokio::task::yield_now().await;
    }
    keeper.abort();
    drop(keeper.await);
    assert_eq!(kit.token().await, "access-1");
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn commit_is_tried_again_within_the_flight() {
    let kit = kit().await;
    kit.login("main").await;
    kit.store.failing_commits.store(3, Ordering::SeqCst);
    kit.pass(1000);
    assert_eq!(kit.token().await, "access-1");
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn lost_answer_is_asked_for_once_more_and_then_named() {
    let kit = kit().await;
    kit.login("main").await;
    kit.issuer.say(0, "");
    kit.issuer.say(400, r#"{"error":"invalid_grant"}"#);
    kit.pass(1000);
    let provider = id(OAUTH);
    assert!(kit.pool.lease(&ask(&provider, &[])).await.is_err());
    // Others may still be at it for all this process knows, so it waits for the grace to be over.
    kit.pass(10);
    assert!(kit.pool.lease(&ask(&provider, &[])).await.is_err());
    assert_eq!(kit.issuer.count(), 1);
    kit.pass(60);
    assert!(kit.pool.lease(&ask(&provider, &[])).await.is_err());
    assert_eq!(kit.issuer.count(), 2);
    let cause = LoginCause::LostRotation;
    assert_eq!(
        kit.store.credentials().await.unwrap()[0].health,
        Health::NeedsLogin { cause }
    );
}
