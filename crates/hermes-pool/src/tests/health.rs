//! What rests, for how long, and what a person's reset does.

use std::sync::atomic::Ordering;
use std::time::Duration;

use hermes_core::{Clock, CoolCause, Health, Rest, Scope};
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{KEY, Kit, OAUTH, ask, id, kit};
use crate::{Ask, Outcome, PoolError, State};

fn answered(status: u16, headers: &[(&str, &str)]) -> Outcome {
    Outcome::Answered {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: b"{}".to_vec(),
    }
}

/// The end of one model family's week.
fn opus_is_spent() -> Outcome {
    answered(
        429,
        &[
            ("anthropic-ratelimit-unified-status", "rejected"),
            (
                "anthropic-ratelimit-unified-representative-claim",
                "seven_day_opus",
            ),
        ],
    )
}

async fn report(kit: &Kit, model: &str, outcome: Outcome) {
    let provider = id(OAUTH);
    let ask = Ask {
        model,
        ..ask(&provider, &[])
    };
    kit.pool.lease(&ask).await.unwrap().report(outcome).await;
    kit.pool.settle().await;
}

async fn serves(kit: &Kit, model: &str) -> bool {
    let provider = id(OAUTH);
    let ask = Ask {
        model,
        ..ask(&provider, &[])
    };
    kit.pool.lease(&ask).await.is_ok()
}

#[tokio::test]
async fn model_rest_is_stored_and_stops_no_other_model() {
    let kit = kit().await;
    let main = kit.login("main").await;
    report(&kit, "opus-5", opus_is_spent()).await;
    let rests = |row: &hermes_core::Credential| -> Vec<(Scope, CoolCause)> {
        row.rests
            .iter()
            .map(|rest| (rest.scope.clone(), rest.cause))
            .collect()
    };
    let expected = [(Scope::Model("opus".to_owned()), CoolCause::WindowSpent)];
    assert_eq!(rests(&kit.store.credentials().await.unwrap()[0]), expected);
    // Another process knows it without having met it.
    let other = kit.another_process();
    other.reload().await.unwrap();
    let provider = id(OAUTH);
    let asked = |model: &'static str| Ask {
        model,
        ..ask(&provider, &[])
    };
    assert!(other.lease(&asked("opus-5")).await.is_err());
    assert!(other.lease(&asked("haiku-5")).await.is_ok());
    let view = other.find("main").unwrap();
    assert_eq!(
        (view.state, rests(&view.credential)),
        (State::Ready, expected.to_vec())
    );
    assert_eq!(view.credential.id, main.id);
}

#[tokio::test]
async fn account_rest_leaves_the_longer_one_of_a_model() {
    let kit = kit().await;
    kit.login("main").await;
    report(&kit, "opus-5", opus_is_spent()).await;
    report(&kit, "haiku-5", answered(429, &[("retry-after", "30")])).await;
    assert!(!serves(&kit, "haiku-5").await);
    kit.pool.reload().await.unwrap();
    kit.pass(31);
    assert!(!serves(&kit, "opus-5").await);
    report(&kit, "haiku-5", Outcome::Served).await;
    kit.pool.reload().await.unwrap();
    let row = kit.store.credentials().await.unwrap().remove(0);
    assert_eq!((row.health, row.rests.len()), (Health::Ready, 1));
    assert!(!serves(&kit, "opus-5").await);
}

#[tokio::test]
async fn success_of_a_model_ends_its_rest_and_no_other() {
    let kit = kit().await;
    let main = kit.login("main").await;
    let ended = kit.clock.now();
    let rest = |model: &str| Rest {
        scope: Scope::Model(model.to_owned()),
        until: ended,
        cause: CoolCause::RateLimit,
    };
    for rest in [rest("opus"), rest("haiku")] {
        let health = Health::Cooling {
            until: rest.until,
            cause: rest.cause,
            scope: rest.scope,
        };
        kit.store.set_health(main.id, None, health, ended).await.unwrap();
    }
    kit.pool.reload().await.unwrap();
    kit.pass(1);
    report(&kit, "opus-5", Outcome::Served).await;
    assert_eq!(kit.store.credentials().await.unwrap()[0].rests, [rest("haiku")]);
}

#[tokio::test]
async fn rest_without_a_time_doubles_to_an_hour_and_a_success_starts_it_anew() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    let mut spans = Vec::new();
    for _ in 0..8 {
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        lease.report(answered(429, &[])).await;
        spans.push(rest_left(&kit));
        kit.clock.pass(rest_left(&kit));
    }
    for (span, least) in spans.iter().zip([60, 120, 240, 480, 960, 1920, 3600, 3600]) {
        let least = Duration::from_secs(least);
        assert!(
            (least..least + least / 10).contains(span),
            "{span:?} for {least:?}"
        );
    }
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    lease.report(Outcome::Served).await;
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    lease.report(answered(429, &[])).await;
    assert!(rest_left(&kit) < Duration::from_secs(67));
}

fn rest_left(kit: &Kit) -> Duration {
    let until = kit.pool.find("one").unwrap().until.expect("it rests");
    until.since(kit.clock.now())
}

#[tokio::test]
async fn requests_that_fail_together_are_one_failure() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    let mut leases = Vec::new();
    for _ in 0..10 {
        leases.push(kit.pool.lease(&ask(&provider, &[])).await.unwrap());
    }
    for lease in leases {
        lease.report(answered(429, &[])).await;
    }
    assert!(rest_left(&kit) < Duration::from_secs(67));
}

#[tokio::test]
async fn organisation_rests_as_one_and_recovers_as_one() {
    let kit = kit().await;
    for (label, organisation) in [("a", "acme"), ("b", "acme"), ("c", "other")] {
        kit.key_of(label, organisation).await;
    }
    let rest = Rest {
        scope: Scope::Organisation("acme".to_owned()),
        until: kit.clock.now().plus(Duration::from_mins(1)),
        cause: CoolCause::Billing,
    };
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    lease.cool(rest.until, rest.cause, rest.scope.clone(), kit.clock.now());
    drop(lease);
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "c");
    kit.pool.settle().await;
    let stored = kit.store.credentials().await.unwrap();
    let counts: Vec<_> = stored.iter().map(|row| row.rests.len()).collect();
    assert_eq!(counts, [1, 1, 0]);

    kit.pass(61);
    let first = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(&*first.label, "a");
    // The other member does not try for itself meanwhile.
    let second = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(&*second.label, "c");
    first.report(Outcome::Served).await;
    kit.pool.settle().await;
    let stored = kit.store.credentials().await.unwrap();
    assert!(stored.iter().all(|row| row.rests.is_empty()));
}

#[tokio::test]
async fn blocked_credential_stops_its_pool_until_a_person_acts() {
    let kit = kit().await;
    let one = kit.key("one").await;
    let two = kit.key("two").await;
    kit.login("elsewhere").await;
    let provider = id(KEY);
    let block = async || {
        let rule = "the terms forbid it".to_owned();
        let health = Health::Blocked { rule };
        kit.store
            .set_health(one.id, None, health, kit.clock.now())
            .await
            .unwrap();
        kit.pool.reload().await.unwrap();
    };
    block().await;
    let Err(error) = kit.pool.lease(&ask(&provider, &[])).await else {
        panic!("a stopped pool served")
    };
    assert_eq!(
        error.to_string(),
        "`deepseek` is stopped: it objected to `one` (the terms forbid it)"
    );
    let hint = hermes_core::Explain::hint(&error, hermes_core::Lang::En).unwrap();
    assert!(hint.contains("hermes auth reset deepseek:one"), "{hint}");
    assert!(matches!(
        kit.pool.token(two.id).await,
        Err(PoolError::Blocked { .. })
    ));
    assert_eq!(kit.token().await, "old-elsewhere");

    kit.pool.reset(one.id).await.unwrap();
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "one");
    block().await;
    kit.pool.disable(one.id).await.unwrap();
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
    kit.pool.enable(one.id).await.unwrap();
    block().await;
    kit.pool.remove(one.id).await.unwrap();
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
}

#[tokio::test]
async fn reset_elsewhere_is_heeded_at_the_next_reload() {
    let kit = kit().await;
    let main = kit.login("main").await;
    let other = kit.another_process();
    other.reload().await.unwrap();
    report(&kit, "opus-5", opus_is_spent()).await;
    report(&kit, "haiku-5", answered(402, &[])).await;
    let slot = std::sync::Arc::clone(&kit.pool.inner.entry(main.id).unwrap().slot);
    slot.pause(kit.clock.now(), None);
    slot.unproven.store(1, Ordering::Release);
    assert!(slot.is_struck());

    other.reset(main.id).await.unwrap();
    assert!(!serves(&kit, "haiku-5").await);
    kit.pool.reload().await.unwrap();
    assert!(serves(&kit, "haiku-5").await && serves(&kit, "opus-5").await);
    assert_eq!(slot.paused_until(kit.clock.now()), None);
    assert_eq!(slot.unproven.load(Ordering::Acquire), 0);
    assert!(!slot.is_struck());
}

#[tokio::test]
async fn reset_wins_over_a_state_that_is_still_being_written() {
    let kit = kit().await;
    let one = kit.key("one").await;
    let slot = std::sync::Arc::clone(&kit.pool.inner.entry(one.id).unwrap().slot);
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let turn = slot.save_order.lock().await;
    lease.report(answered(402, &[])).await;
    kit.store.reset(one.id, kit.clock.now()).await.unwrap();
    kit.pool.reload().await.unwrap();
    assert_eq!(kit.state("one"), State::Ready);
    drop(turn);
    kit.pool.settle().await;
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, Health::Ready);
}

#[tokio::test]
async fn store_that_takes_no_state_benches_nobody_else() {
    let kit = kit().await;
    kit.key("one").await;
    kit.key("two").await;
    kit.store.failing_healths.store(usize::MAX, Ordering::SeqCst);
    kit.cool(kit.find("one"), 30).await;
    let provider = id(KEY);
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
    assert_eq!(
        (kit.state("one"), kit.state("two")),
        (State::CoolingDown, State::Ready)
    );
}
