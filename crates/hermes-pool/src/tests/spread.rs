//! How the strategies share out requests that belong to no conversation.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hermes_core::{Billing, Strategy};
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::kit::{KEY, Kit, ask, id, kit, material};
use crate::{Ask, Lease, Outcome};

pub(crate) async fn pool_of(labels: &[&str], strategy: Strategy) -> Kit {
    let kit = kit().await;
    for label in labels {
        kit.key(label).await;
    }
    kit.pool.set_strategy(&id(KEY), strategy).await.unwrap();
    kit.pool.warm().await;
    kit
}

async fn leases(kit: &Kit, count: usize) -> Vec<Lease> {
    let provider = id(KEY);
    let mut leases = Vec::new();
    for _ in 0..count {
        leases.push(kit.pool.lease(&ask(&provider, &[])).await.unwrap());
    }
    leases
}

fn counted(leases: &[Lease]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for lease in leases {
        *counts.entry(lease.label.to_string()).or_default() += 1;
    }
    counts
}

/// One request after the other; gives how many each has served.
async fn shares(kit: &Kit, count: usize) -> BTreeMap<String, usize> {
    let provider = id(KEY);
    let mut counts = BTreeMap::new();
    for _ in 0..count {
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        *counts.entry(lease.label.to_string()).or_default() += 1;
        lease.report(Outcome::Served).await;
    }
    counts
}

fn expected(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts
        .iter()
        .map(|(label, count)| ((*label).to_owned(), *count))
        .collect()
}

#[rstest]
#[case(Strategy::FillFirst, &[("a", 300)])]
#[case(Strategy::RoundRobin, &[("a", 100), ("b", 100), ("c", 100)])]
#[case(Strategy::LeastUsed, &[("a", 100), ("b", 100), ("c", 100)])]
#[case(Strategy::Weighted, &[("a", 100), ("b", 100), ("c", 100)])]
#[tokio::test]
async fn strategy_shares_out_one_after_the_other(
    #[case] strategy: Strategy,
    #[case] counts: &[(&str, usize)],
) {
    let kit = pool_of(&["a", "b", "c"], strategy).await;
    assert_eq!(shares(&kit, 300).await, expected(counts));
    assert_eq!(kit.pool.strategy_of(&id(KEY)), strategy);
}

#[tokio::test]
async fn random_gives_everyone_something_like_a_third() {
    let kit = pool_of(&["a", "b", "c"], Strategy::Random).await;
    for (label, count) in shares(&kit, 3000).await {
        assert!((850..1150).contains(&count), "{label}: {count}");
    }
}

#[tokio::test]
async fn weights_share_in_proportion_and_smoothly() {
    let kit = pool_of(&["a", "b", "c"], Strategy::Weighted).await;
    kit.pool.set_weight(kit.find("a"), 5).await.unwrap();
    assert_eq!(
        shares(&kit, 700).await,
        expected(&[("a", 500), ("b", 100), ("c", 100)])
    );
    // Nobody waits while the heaviest serves five in a row.
    let counts = shares(&kit, 4).await;
    assert!(counts["a"] <= 3, "{counts:?}");
}

#[tokio::test]
async fn least_used_catches_up_with_one_that_rested() {
    let kit = pool_of(&["a", "b"], Strategy::LeastUsed).await;
    kit.pool.disable(kit.find("b")).await.unwrap();
    shares(&kit, 10).await;
    kit.pool.enable(kit.find("b")).await.unwrap();
    assert_eq!(shares(&kit, 10).await, expected(&[("b", 10)]));
}

#[tokio::test]
async fn chosen_strategy_survives_a_reload_and_the_end_of_the_process() {
    let kit = pool_of(&["a", "b"], Strategy::RoundRobin).await;
    kit.pool.reload().await.unwrap();
    assert_eq!(kit.pool.strategy_of(&id(KEY)), Strategy::RoundRobin);
    kit.pool
        .set_strategy(&id(KEY), Strategy::FillFirst)
        .await
        .unwrap();
    assert_eq!(shares(&kit, 4).await, expected(&[("a", 4)]));
}

#[tokio::test]
async fn parallel_requests_spread_over_the_pool() {
    let kit = pool_of(&["a", "b", "c"], Strategy::FillFirst).await;
    let held = leases(&kit, 12).await;
    assert_eq!(counted(&held[..4]), expected(&[("a", 4)]));
    assert_eq!(counted(&held), expected(&[("a", 4), ("b", 4), ("c", 4)]));
    // All have what they should have: nobody waits, the idlest is taken.
    let more = leases(&kit, 6).await;
    assert_eq!(counted(&more), expected(&[("a", 2), ("b", 2), ("c", 2)]));
    drop(held);
    drop(more);
    assert_eq!(counted(&leases(&kit, 1).await), expected(&[("a", 1)]));
}

#[tokio::test]
async fn parallel_requests_never_spill_over_to_what_costs_otherwise() {
    let kit = pool_of(&["a", "b"], Strategy::RoundRobin).await;
    let material = material("key-plan", None, None);
    let plan = kit
        .save(KEY, "key", "plan", Billing::Subscription, material)
        .await;
    let held = leases(&kit, 20).await;
    assert_eq!(counted(&held), expected(&[("a", 10), ("b", 10)]));
    drop(held);
    kit.pool.set_priority(plan.id, 0).await.unwrap();
    assert_eq!(counted(&leases(&kit, 20).await), expected(&[("plan", 20)]));
}

#[tokio::test]
async fn lease_of_a_fresh_credential_asks_the_store_nothing() {
    for strategy in Strategy::ALL {
        let kit = pool_of(&["a", "b", "c"], strategy).await;
        let calls = || kit.store.calls.load(Ordering::SeqCst);
        let before = calls();
        shares(&kit, 100).await;
        let provider = id(KEY);
        for conversation in 0..100 {
            let ask = Ask {
                conversation: Some(conversation),
                ..ask(&provider, &[])
            };
            kit.pool.lease(&ask).await.unwrap().report(Outcome::Served).await;
        }
        kit.pool.settle().await;
        assert_eq!(calls(), before, "{}", strategy.as_str());
    }
}

#[tokio::test]
async fn view_tells_what_is_in_flight_and_was_served() {
    let kit = pool_of(&["a"], Strategy::FillFirst).await;
    shares(&kit, 3).await;
    let held = leases(&kit, 2).await;
    let view = kit.pool.find("a").unwrap();
    assert_eq!((view.in_flight, view.served), (2, 3));
    drop(held);
    assert_eq!(kit.pool.find("a").unwrap().in_flight, 0);
}
