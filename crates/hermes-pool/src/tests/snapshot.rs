//! What a change costs, and how the snapshot follows the store.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, Credential, CredentialId, Health, OsRandom, Strategy, SystemClock, UnixMs};
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{KEY, Kit, ask, id, kit};
use crate::PoolError;

/// A pool of so many credentials, all but one of them in no file.
async fn pool_of(count: u32) -> (Kit, Credential) {
    let kit = kit().await;
    let first = kit.key("first").await;
    let now = UnixMs::from_millis(1_795_132_800_000);
    let more = (1..count).map(|number| Credential {
        id: CredentialId::new(now, &OsRandom),
        label: format!("more-{number}"),
        priority: number,
        ..first.clone()
    });
    *kit.store.added.lock().unwrap() = more.collect();
    kit.pool.reload().await.unwrap();
    (kit, first)
}

/// The median time to mark one credential.
fn median(kit: &Kit, id: CredentialId) -> Duration {
    let clock = SystemClock::new();
    let mut times: Vec<Duration> = (0..501)
        .map(|number| {
            let rule = number.to_string();
            let began = clock.monotonic();
            let changed = kit
                .pool
                .inner
                .change(id, |entry| Some(entry.with_health(Health::Blocked { rule })));
            assert!(changed.is_some());
            clock.monotonic().saturating_sub(began)
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
async fn marking_one_of_10000_costs_what_marking_one_of_10_does() {
    let (few, one) = pool_of(10).await;
    let (many, other) = pool_of(10_000).await;
    assert_eq!(many.pool.views_of(&id(KEY)).len(), 10_000);
    // The machine may be busy: the best of some tries tells.
    let ratios: Vec<f64> = (0..5)
        .map(|_| {
            let (few, many) = (median(&few, one.id), median(&many, other.id));
            println!("marking one: {few:?} of 10, {many:?} of 10,000");
            many.as_secs_f64() / few.as_secs_f64()
        })
        .collect();
    assert!(ratios.iter().any(|ratio| *ratio < 3.0), "{ratios:?}");
}

/// The median time of a pick that is nobody's conversation.
async fn median_pick(kit: &Kit) -> Duration {
    let (clock, provider) = (SystemClock::new(), id(KEY));
    let mut times = Vec::new();
    for _ in 0..201 {
        let began = clock.monotonic();
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        times.push(clock.monotonic().saturating_sub(began));
        lease.report(crate::Outcome::Served).await;
    }
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
async fn turn_among_10000_costs_little_more_than_among_10() {
    let (few, many) = (pool_of(10).await.0, pool_of(10_000).await.0);
    let mut ratios = Vec::new();
    for _ in 0..5 {
        for kit in [&few, &many] {
            kit.pool
                .set_strategy(&id(KEY), Strategy::RoundRobin)
                .await
                .unwrap();
        }
        // The first picks open secrets.
        median_pick(&few).await;
        let (few, many) = (median_pick(&few).await, median_pick(&many).await);
        println!("a turn: {few:?} of 10, {many:?} of 10,000");
        ratios.push(many.as_secs_f64() / few.as_secs_f64());
    }
    // Counting all of them would cost hundreds of times as much; a first pick opens a secret as well.
    assert!(ratios.iter().any(|ratio| *ratio < 20.0), "{ratios:?}");
}

#[tokio::test]
async fn only_rows_that_changed_are_taken_over() {
    let kit = kit().await;
    let (one, two) = (kit.key("one").await, kit.key("two").await);
    let before = [one.id, two.id].map(|id| kit.pool.inner.entry(id).unwrap());
    kit.store.set_weight(two.id, 9, kit.clock.now()).await.unwrap();
    kit.pool.reload().await.unwrap();
    let after = [one.id, two.id].map(|id| kit.pool.inner.entry(id).unwrap());
    assert!(Arc::ptr_eq(&before[0], &after[0]));
    assert_eq!(after[1].credential.weight, 9);
    // What a partial answer leaves out is not gone.
    assert_eq!(kit.pool.views_of(&id(KEY)).len(), 2);
}

#[tokio::test]
async fn moved_and_new_and_gone_credentials_find_their_place() {
    let kit = kit().await;
    let one = kit.key("one").await;
    let two = kit.key("two").await;
    let labels = || -> Vec<String> {
        let views = kit.pool.views_of(&id(KEY));
        views.into_iter().map(|view| view.credential.label).collect()
    };
    assert_eq!(labels(), ["one", "two"]);
    kit.pool.set_priority(two.id, 0).await.unwrap();
    assert_eq!(labels(), ["two", "one"]);
    kit.key("three").await;
    assert_eq!(labels(), ["two", "one", "three"]);
    kit.pool.remove(one.id).await.unwrap();
    assert_eq!(labels(), ["two", "three"]);
}

#[tokio::test]
async fn change_made_while_rows_are_read_is_kept_and_read_again() {
    let kit = kit().await;
    let one = kit.key("one").await;
    let version = kit.store.version().await.unwrap();
    assert!(kit.pool.inner.has_seen(version).await);
    // A state that is on its way to the store is newer than what is read meanwhile.
    let slot = Arc::clone(&kit.pool.inner.entry(one.id).unwrap().slot);
    slot.saving(true);
    kit.pool
        .inner
        .change(one.id, |entry| Some(entry.with_health(Health::Disabled)));
    kit.pool.rename(one.id, "uno").await.unwrap();
    let entry = kit.pool.inner.entry(one.id).unwrap();
    assert_eq!(
        (entry.credential.label.as_str(), &entry.credential.health),
        ("uno", &Health::Disabled)
    );
    let version = kit.store.version().await.unwrap();
    assert!(!kit.pool.inner.has_seen(version).await);
    slot.saving(false);
    kit.pool.reload().await.unwrap();
    assert!(kit.pool.inner.has_seen(version).await);
    assert_eq!(
        kit.pool.inner.entry(one.id).unwrap().credential.health,
        Health::Ready
    );
}

#[tokio::test]
async fn block_is_counted_whichever_way_it_comes_and_goes() {
    let kit = kit().await;
    let (one, two) = (kit.key("one").await, kit.key("two").await);
    let provider = id(KEY);
    let block = async |id: CredentialId, rule: &str| {
        let health = Health::Blocked {
            rule: rule.to_owned(),
        };
        let now = kit.clock.now();
        kit.store.set_health(id, None, health, now).await.unwrap();
        kit.pool.reload().await.unwrap();
    };
    block(one.id, "a").await;
    block(one.id, "b").await;
    block(two.id, "c").await;
    kit.pool.disable(one.id).await.unwrap();
    assert!(matches!(
        kit.pool.lease(&ask(&provider, &[])).await,
        Err(PoolError::Blocked { .. })
    ));
    kit.pool.reset(two.id).await.unwrap();
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
}
