//! One request goes first after a cool-down.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hermes_core::{Billing, Clock};
use pretty_assertions::assert_eq;

use super::kit::{KEY, Kit, ask, id, kit, material};
use crate::{Lease, Outcome, PoolError};

async fn lease(kit: &Kit) -> Result<Lease, PoolError> {
    let provider = id(KEY);
    kit.pool.lease(&ask(&provider, &[])).await
}

/// A pool of one whose rest has just ended.
async fn half_open() -> Arc<Kit> {
    let kit = kit().await;
    let one = kit.key("one").await;
    kit.cool(one.id, 30).await;
    kit.pass(31);
    Arc::new(kit)
}

fn limited(seconds: u64) -> Outcome {
    Outcome::Answered {
        status: 429,
        headers: vec![("retry-after".to_owned(), seconds.to_string())],
        body: b"{}".to_vec(),
    }
}

/// Starts requests that wait; gives their ends.
fn waiting(kit: &Arc<Kit>, count: usize) -> Vec<tokio::task::JoinHandle<bool>> {
    let one = || {
        let kit = Arc::clone(kit);
        tokio::spawn(async move {
            match lease(&kit).await {
                Ok(lease) => {
                    lease.report(Outcome::Served).await;
                    true
                }
                Err(_) => false,
            }
        })
    };
    (0..count).map(|_| one()).collect()
}

async fn settled(tasks: Vec<tokio::task::JoinHandle<bool>>) -> usize {
    let mut served = 0;
    for task in tasks {
        served += usize::from(task.await.unwrap());
    }
    served
}

async fn let_others_run() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_of_50_goes_first_and_its_success_lets_the_others() {
    let kit = half_open().await;
    let first = lease(&kit).await.unwrap();
    let tasks = waiting(&kit, 49);
    let_others_run().await;
    assert_eq!(kit.pool.find("one").unwrap().in_flight, 1);
    assert!(tasks.iter().all(|task| !task.is_finished()));
    first.report(Outcome::Served).await;
    assert_eq!(settled(tasks).await, 49);
    assert_eq!(kit.store.claims.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn first_that_is_limited_again_sends_the_others_away() {
    let kit = half_open().await;
    let first = lease(&kit).await.unwrap();
    let tasks = waiting(&kit, 49);
    let_others_run().await;
    first.report(limited(40)).await;
    assert_eq!(settled(tasks).await, 0);
    let Err(PoolError::Exhausted { retry_after, .. }) = lease(&kit).await else {
        panic!("leased")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(40)));
}

#[tokio::test]
async fn first_that_tells_nothing_lets_the_next_one_try() {
    let kit = half_open().await;
    let first = lease(&kit).await.unwrap();
    let tasks = waiting(&kit, 5);
    let_others_run().await;
    drop(first);
    assert_eq!(settled(tasks).await, 5);
}

#[tokio::test]
async fn others_use_another_credential_meanwhile() {
    let kit = half_open().await;
    kit.key("two").await;
    let first = lease(&kit).await.unwrap();
    assert_eq!(&*first.label, "one");
    assert_eq!(&*lease(&kit).await.unwrap().label, "two");
    first.report(Outcome::Served).await;
    assert_eq!(&*lease(&kit).await.unwrap().label, "one");
}

#[tokio::test]
async fn others_wait_rather_than_pay_otherwise() {
    let kit = half_open().await;
    kit.save(
        KEY,
        "key",
        "plan",
        Billing::Subscription,
        material("plan", None, None),
    )
    .await;
    let first = lease(&kit).await.unwrap();
    let provider = id(KEY);
    let ask = ask(&provider, &[]);
    let (other, _) = tokio::join!(kit.pool.lease(&ask), async {
        let_others_run().await;
        first.report(Outcome::Served).await
    });
    assert_eq!(&*other.unwrap().label, "one");
}

#[tokio::test]
async fn another_process_that_goes_first_is_waited_for_and_its_success_adopted() {
    let kit = half_open().await;
    kit.store.claimed_elsewhere.store(true, Ordering::SeqCst);
    let tasks = waiting(&kit, 10);
    let_others_run().await;
    assert_eq!(kit.store.claims.load(Ordering::SeqCst), 1);
    assert!(tasks.iter().all(|task| !task.is_finished()));
    let health = hermes_core::Health::Ready;
    let one = kit.find("one");
    hermes_store::Store::set_health(&*kit.store, one, None, health, kit.clock.now())
        .await
        .unwrap();
    assert_eq!(settled(tasks).await, 10);
    assert_eq!(kit.store.claims.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn first_that_never_ends_holds_nobody_up_for_ever() {
    let kit = half_open().await;
    let first = lease(&kit).await.unwrap();
    kit.pass(31);
    // Its time is over: the next one tries.
    let second = lease(&kit).await.unwrap();
    second.report(Outcome::Served).await;
    assert!(lease(&kit).await.is_ok());
    drop(first);
    assert!(lease(&kit).await.is_ok());
}
