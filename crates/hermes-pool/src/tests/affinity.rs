//! Conversations stay where they are.

use std::collections::HashMap;

use hermes_core::{CredentialId, ProviderId, Strategy};
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::kit::{KEY, Kit, ask, id};
use super::spread::pool_of;
use crate::{Ask, Outcome};

const FIVE: [&str; 5] = ["a", "b", "c", "d", "e"];

async fn turn(kit: &Kit, provider: &ProviderId, conversation: u64) -> CredentialId {
    let ask = Ask {
        conversation: Some(conversation),
        ..ask(provider, &[])
    };
    let lease = kit.pool.lease(&ask).await.unwrap();
    let id = lease.id;
    lease.report(Outcome::Served).await;
    id
}

/// Numbers such as hashes give.
fn conversations(count: u64) -> impl Iterator<Item = u64> {
    (1..=count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

async fn places(kit: &Kit, count: u64) -> HashMap<u64, CredentialId> {
    let provider = id(KEY);
    let mut places = HashMap::new();
    for conversation in conversations(count) {
        places.insert(conversation, turn(kit, &provider, conversation).await);
    }
    places
}

#[rstest]
#[case(Strategy::RoundRobin)]
#[case(Strategy::LeastUsed)]
#[case(Strategy::Random)]
#[case(Strategy::Weighted)]
#[tokio::test]
async fn conversations_stay_and_move_once_when_their_credential_rests(#[case] strategy: Strategy) {
    let kit = pool_of(&FIVE, strategy).await;
    let first = places(&kit, 1000).await;
    for _ in 1..10 {
        assert_eq!(places(&kit, 1000).await, first);
    }
    for label in FIVE {
        let own = kit.find(label);
        let count = first.values().filter(|id| **id == own).count();
        assert!((130..270).contains(&count), "{label}: {count}");
    }

    let rested = kit.find("c");
    kit.cool(rested, 60).await;
    let second = places(&kit, 1000).await;
    for (conversation, place) in &first {
        assert_ne!(second[conversation], rested);
        if *place != rested {
            assert_eq!(second[conversation], *place);
        }
    }
    assert_eq!(places(&kit, 1000).await, second);

    kit.pass(61);
    // Another conversation proves that it is well again; those that left do not come back.
    assert_eq!(places(&kit, 1000).await, second);
    let later = conversations(2000).skip(1000);
    let mut news = Vec::new();
    for conversation in later {
        news.push(turn(&kit, &id(KEY), conversation).await);
    }
    assert!(news.contains(&rested));
    assert_eq!(places(&kit, 1000).await, second);
}

#[tokio::test]
async fn fill_first_places_by_priority_and_keeps_what_went_elsewhere() {
    let kit = pool_of(&["a", "b"], Strategy::FillFirst).await;
    let (first, second) = (kit.find("a"), kit.find("b"));
    assert!(places(&kit, 50).await.values().all(|id| *id == first));
    kit.cool(first, 60).await;
    assert!(places(&kit, 20).await.values().all(|id| *id == second));
    kit.pass(61);
    let places = places(&kit, 50).await;
    assert_eq!(places.values().filter(|id| **id == second).count(), 20);
    assert_eq!(places.values().filter(|id| **id == first).count(), 30);
}

#[tokio::test]
async fn heavier_credential_gets_more_conversations() {
    let kit = pool_of(&["a", "b"], Strategy::Weighted).await;
    kit.pool.set_weight(kit.find("a"), 3).await.unwrap();
    let heavy = kit.find("a");
    let count = places(&kit, 1000)
        .await
        .values()
        .filter(|id| **id == heavy)
        .count();
    assert!((680..820).contains(&count), "{count}");
}

#[tokio::test]
async fn two_pools_agree_on_where_a_new_conversation_goes() {
    let one = pool_of(&FIVE, Strategy::RoundRobin).await;
    let first = places(&one, 200).await;
    let other = one.another_process();
    other.reload().await.unwrap();
    let provider = id(KEY);
    for (conversation, place) in first {
        let ask = Ask {
            conversation: Some(conversation),
            ..ask(&provider, &[])
        };
        assert_eq!(other.lease(&ask).await.unwrap().id, place);
    }
}

#[tokio::test]
async fn one_failed_request_does_not_move_its_conversation() {
    let kit = pool_of(&FIVE, Strategy::RoundRobin).await;
    let provider = id(KEY);
    let home = turn(&kit, &provider, 7).await;
    let tried = [home];
    let again = Ask {
        conversation: Some(7),
        ..ask(&provider, &tried)
    };
    let lease = kit.pool.lease(&again).await.unwrap();
    assert_ne!(lease.id, home);
    lease.report(Outcome::Served).await;
    assert_eq!(turn(&kit, &provider, 7).await, home);
}
