use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, KeyId, OsRandom, ProviderId, Strategy, UnixMs};
use hermes_store::{ClientKey, KeyLimits, Store};
use rstest::rstest;

use super::{Keys, KnownKey, key_problem};
use crate::tests::kit::{Kit, kit};

fn limited(requests_per_minute: Option<u32>, models: &[&str]) -> KeyLimits {
    KeyLimits {
        requests_per_minute,
        models: models.iter().map(|&model| model.to_owned()).collect(),
    }
}

fn known(limits: KeyLimits) -> KnownKey {
    let now = UnixMs::from_millis(1);
    KnownKey::new(&ClientKey {
        id: KeyId::new(now, &OsRandom),
        name: "laptop".to_owned(),
        prefix: "hk-1".to_owned(),
        hash: "00".to_owned(),
        created: now,
        revoked: None,
        last_used: None,
        limits,
    })
}

async fn keys(kit: &Kit) -> Keys {
    let store = Arc::clone(&kit.store) as Arc<dyn Store>;
    Keys::load(store, &OsRandom).await.unwrap()
}

#[test]
fn count_takes_a_minutes_worth_at_once_and_then_one_for_each_share() {
    let key = known(limited(Some(6), &[]));
    let at = Duration::from_secs;
    for start in [0, 600] {
        for _ in 0..6 {
            assert_eq!(key.count(at(start)), Ok(()));
        }
        assert_eq!(key.count(at(start)), Err(at(10)));
        assert_eq!(key.count(at(start + 9)), Err(at(1)));
        assert_eq!(key.count(at(start + 10)), Ok(()));
        assert_eq!(key.count(at(start + 10)), Err(at(10)));
    }
}

#[rstest]
#[case(1, 60_000)]
#[case(1_000_000, 0)]
fn count_at_the_ends_of_what_a_limit_may_be(#[case] limit: u32, #[case] wait_ms: u64) {
    let key = known(limited(Some(limit), &[]));
    let now = Duration::from_hours(1000);
    for _ in 0..limit {
        assert_eq!(key.count(now), Ok(()));
    }
    let wait = key.count(now).unwrap_err();
    assert_eq!(wait.as_millis(), u128::from(wait_ms));
    assert_eq!(key.count(now + wait), Ok(()));
}

#[test]
fn count_without_a_limit_is_never_refused() {
    let key = known(KeyLimits::default());
    assert!((0..10_000).all(|_| key.count(Duration::ZERO).is_ok()));
}

#[test]
fn count_of_many_threads_lets_no_more_through() {
    let key = Arc::new(known(limited(Some(100), &[])));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let key = Arc::clone(&key);
            std::thread::spawn(move || (0..100).filter(|_| key.count(Duration::ZERO).is_ok()).count())
        })
        .collect();
    let passed: usize = threads.into_iter().map(|one| one.join().unwrap()).sum();
    assert_eq!(passed, 100);
}

#[rstest]
#[case(&[], "x", true)]
#[case(&["lab/*"], "x", true)]
#[case(&["lab/m"], "x", true)]
#[case(&["m"], "x", true)]
#[case(&["x"], "x", true)]
#[case(&["other", "lab/*"], "x", true)]
#[case(&["lab/m2"], "x", false)]
#[case(&["la/*"], "x", false)]
#[case(&["lab"], "x", false)]
#[case(&["*"], "x", false)]
#[case(&["labs/*"], "x", false)]
#[case(&["other/m"], "x", false)]
fn allows_provider_model_bare_model_and_the_asked_name(
    #[case] models: &[&str],
    #[case] asked: &str,
    #[case] allowed: bool,
) {
    let key = known(limited(None, models));
    assert_eq!(key.allows(asked, &ProviderId::new("lab"), "m"), allowed);
}

#[rstest]
#[case("laptop", limited(Some(60), &["lab/*"]), true)]
#[case("", limited(None, &[]), false)]
#[case("a\u{1b}b", limited(None, &[]), false)]
#[case("laptop", limited(Some(0), &[]), false)]
#[case("laptop", limited(Some(1_000_001), &[]), false)]
#[case("laptop", limited(None, &[" "]), false)]
#[case("laptop", limited(None, &["a\nb"]), false)]
#[case("laptop", limited(None, &["m"; 64]), true)]
#[case("laptop", limited(None, &["m"; 65]), false)]
fn key_problem_names_what_is_wrong(#[case] name: &str, #[case] limits: KeyLimits, #[case] good: bool) {
    assert_eq!(key_problem(name, &limits).is_none(), good);
}

#[tokio::test]
async fn uses_are_seen_at_once_and_written_at_most_once_a_minute() {
    let kit = kit().await;
    let keys = keys(&kit).await;
    let start = kit.clock.now();
    let at = |seconds| start.plus(Duration::from_secs(seconds));
    let made = keys
        .create("laptop", KeyLimits::default(), start, &OsRandom)
        .await
        .unwrap();
    let stored = async || kit.store.keys().await.unwrap()[0].last_used;
    assert!(keys.verify("hk-wrong", at(1)).is_none());
    keys.write_uses(super::NOTED_EVERY).await;
    assert_eq!(stored().await, None);
    assert!(keys.verify(made.secret.expose(), at(1)).is_some());
    assert_eq!(keys.list().await.unwrap()[0].last_used, Some(at(1)));
    keys.write_uses(super::NOTED_EVERY).await;
    assert_eq!(stored().await, Some(at(1)));
    assert!(keys.verify(made.secret.expose(), at(60)).is_some());
    keys.write_uses(super::NOTED_EVERY).await;
    assert_eq!(stored().await, Some(at(1)));
    assert_eq!(keys.list().await.unwrap()[0].last_used, Some(at(60)));
    assert!(keys.verify(made.secret.expose(), at(61)).is_some());
    keys.write_uses(super::NOTED_EVERY).await;
    assert_eq!(stored().await, Some(at(61)));
    assert!(keys.verify(made.secret.expose(), at(62)).is_some());
    keys.settle().await;
    assert_eq!(stored().await, Some(at(62)));
}

#[tokio::test]
async fn reload_keeps_what_was_counted_of_a_key() {
    let kit = kit().await;
    let keys = keys(&kit).await;
    let now = kit.clock.now();
    let made = keys
        .create("laptop", limited(Some(1), &[]), now, &OsRandom)
        .await
        .unwrap();
    let count = || {
        let known = keys.verify(made.secret.expose(), now).unwrap();
        known.count(Duration::ZERO)
    };
    assert_eq!(count(), Ok(()));
    kit.store
        .set_strategy(&ProviderId::new("lab"), Strategy::Random, now)
        .await
        .unwrap();
    keys.reload().await.unwrap();
    assert_eq!(count(), Err(Duration::from_mins(1)));
    keys.revoke(made.key.id, now).await.unwrap();
    assert!(keys.verify(made.secret.expose(), now).is_none());
}
