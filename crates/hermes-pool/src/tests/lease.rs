use std::collections::HashMap;
use std::time::Duration;

use hermes_core::{Clock, CoolCause, Health, Lang, LoginCause, Protocol, Scope};
use hermes_store::Store;
use hermes_text::Both;
use pretty_assertions::assert_eq;

use super::kit::{KEY, OAUTH, ask, id, kit, kit_with, token_of};
use crate::{Advice, Ask, Outcome, PoolError, ProviderSettings, State};

fn answered(status: u16, header: Option<(&str, &str)>, body: &str) -> Outcome {
    let headers = header.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Outcome::Answered {
        status,
        headers: headers.into_iter().collect(),
        body: body.as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn credential_of_lowest_priority_serves_first() {
    let kit = kit().await;
    kit.key("one").await;
    let two = kit.key("two").await;
    let provider = id(KEY);
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "one");
    kit.pool.set_priority(two.id, 0).await.unwrap();
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
    assert_eq!(
        &*kit.pool.lease(&ask(&provider, &[two.id])).await.unwrap().label,
        "one"
    );
}

#[tokio::test]
async fn rate_limited_credential_rests_until_its_time() {
    let kit = kit().await;
    kit.key("one").await;
    kit.key("two").await;
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let advice = lease
        .report(answered(429, Some(("retry-after", "30")), "{}"))
        .await;
    assert_eq!(advice, Advice::Another);
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
    assert_eq!(kit.state("one"), State::CoolingDown);
    kit.pool.settle().await;
    let until = kit.clock.now().plus(Duration::from_secs(30));
    let expected = Health::Cooling {
        until,
        cause: CoolCause::RateLimit,
        scope: Scope::Account,
    };
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, expected);

    kit.pass(31);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(&*lease.label, "one");
    assert_eq!(lease.report(Outcome::Served).await, Advice::Deliver);
    kit.pool.settle().await;
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, Health::Ready);
}

#[tokio::test]
async fn all_resting_lists_each_with_its_cause_and_the_earliest_time() {
    let kit = kit().await;
    kit.key("one").await;
    kit.key("two").await;
    let provider = id(KEY);
    for seconds in ["90", "30"] {
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        lease
            .report(answered(429, Some(("retry-after", seconds)), "{}"))
            .await;
    }
    let Err(PoolError::Exhausted {
        members, retry_after, ..
    }) = kit.pool.lease(&ask(&provider, &[])).await
    else {
        panic!("a resting credential was leased");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(30)));
    let told: Vec<_> = members
        .iter()
        .map(|one| (one.label.as_str(), one.cause.get(Lang::En)))
        .collect();
    assert_eq!(told, [("one", "rate limited"), ("two", "rate limited")]);
}

#[tokio::test]
async fn refused_key_needs_a_login() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(lease.report(answered(401, None, "{}")).await, Advice::Another);
    kit.pool.settle().await;
    let cause = LoginCause::KeyRejected;
    assert_eq!(
        kit.store.credentials().await.unwrap()[0].health,
        Health::NeedsLogin { cause }
    );
    assert_eq!(kit.issuer.count(), 0);
}

#[tokio::test]
async fn page_or_overload_is_not_held_against_the_credential() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    for outcome in [
        answered(401, None, "<html>challenge</html>"),
        answered(529, None, "{}"),
    ] {
        let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
        assert_eq!(lease.report(outcome).await, Advice::Another);
    }
    kit.pool.settle().await;
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, Health::Ready);
}

#[tokio::test]
async fn model_cool_down_leaves_other_models_usable() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    let asked = |model: &'static str| Ask {
        model,
        ..ask(&provider, &[])
    };
    let lease = kit.pool.lease(&asked("opus-5")).await.unwrap();
    let headers = [
        ("anthropic-ratelimit-unified-status", "rejected"),
        (
            "anthropic-ratelimit-unified-representative-claim",
            "seven_day_opus",
        ),
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    lease
        .report(Outcome::Answered {
            status: 429,
            headers,
            body: b"{}".to_vec(),
        })
        .await;
    assert!(kit.pool.lease(&asked("opus-5")).await.is_err());
    assert!(kit.pool.lease(&asked("haiku-5")).await.is_ok());
    assert_eq!(kit.state("main"), State::Ready);
}

#[tokio::test]
async fn lease_is_in_flight_until_it_is_dropped_whatever_was_reported() {
    let kit = kit().await;
    let row = kit.key("one").await;
    let provider = id(KEY);
    let dropped = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let reported = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let slot = kit.pool.inner.entry(row.id).unwrap().slot.clone();
    let count = || slot.in_flight.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(count(), 2);
    drop(dropped);
    assert_eq!(count(), 1);
    assert_eq!(
        reported.report(Outcome::Failed { sent: true }).await,
        Advice::Deliver
    );
    assert_eq!(count(), 1, "its stream may still be open");
    drop(reported);
    assert_eq!(count(), 0);
}

#[tokio::test]
async fn stream_that_fails_after_it_was_served_rests_the_credential() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(lease.report(Outcome::Served).await, Advice::Deliver);
    let failed = Outcome::StreamFailed {
        headers: vec![("retry-after".to_owned(), "3".to_owned())],
        body: br#"{"error":{"code":"insufficient_quota","message":"x"}}"#.to_vec(),
    };
    assert_eq!(lease.report(failed).await, Advice::Another);
    kit.pool.settle().await;
    let expected = Health::Cooling {
        until: kit.clock.now().plus(Duration::from_hours(1)),
        cause: CoolCause::Billing,
        scope: Scope::Account,
    };
    assert_eq!(kit.store.credentials().await.unwrap()[0].health, expected);
}

#[tokio::test]
async fn missing_model_rests_that_model_alone() {
    let kit = kit().await;
    kit.key("one").await;
    let provider = id(KEY);
    let asked = |model| Ask {
        model,
        ..ask(&provider, &[])
    };
    let lease = kit.pool.lease(&asked("glm-5")).await.unwrap();
    let missing = answered(404, None, r#"{"error":{"code":"model_not_found"}}"#);
    assert_eq!(lease.report(missing).await, Advice::Another);
    assert!(kit.pool.lease(&asked("glm-5")).await.is_err());
    assert!(kit.pool.lease(&asked("glm-5-air")).await.is_ok());
    kit.pass(12 * 3600 + 1);
    assert!(kit.pool.lease(&asked("glm-5")).await.is_ok());
}

#[tokio::test]
async fn protocol_that_the_provider_does_not_speak_is_named() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    let wrong = Ask {
        protocol: Protocol::ChatCompletions,
        ..ask(&provider, &[])
    };
    let Err(error) = kit.pool.lease(&wrong).await else {
        panic!("leased")
    };
    assert!(matches!(&error, PoolError::Protocol { speaks, .. } if *speaks == [Protocol::AnthropicMessages]));
}

#[tokio::test]
async fn provider_without_login_or_switched_off_is_told_apart() {
    let off = ProviderSettings {
        enabled: Some(false),
        origin: Both::same("config.toml line 3"),
        ..Default::default()
    };
    let kit = kit_with(HashMap::from([(id(KEY), off)])).await;
    kit.key("one").await;
    let provider = id(KEY);
    assert!(matches!(
        kit.pool.lease(&ask(&provider, &[])).await,
        Err(PoolError::SwitchedOff { .. })
    ));
    assert_eq!(kit.state("one"), State::Disabled);
    let provider = id(OAUTH);
    assert!(matches!(
        kit.pool.lease(&ask(&provider, &[])).await,
        Err(PoolError::NoLogin { .. })
    ));
}

#[tokio::test]
async fn secret_reaches_only_the_origin_of_its_runtime() {
    let kit = kit().await;
    kit.login("main").await;
    let provider = id(OAUTH);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    let origins: Vec<_> = lease.secret.origins().iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["https://api.minimax.io"]);
    assert_eq!(token_of(&lease), "old-main");
}

#[tokio::test]
async fn disabled_enabled_reset_renamed_removed() {
    let kit = kit().await;
    let row = kit.key("one").await;
    assert_eq!(kit.pool.disable(row.id).await.unwrap().state, State::Disabled);
    assert_eq!(kit.pool.reset(row.id).await.unwrap().state, State::Disabled);
    assert_eq!(kit.pool.enable(row.id).await.unwrap().state, State::Ready);
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    lease.report(answered(402, None, "{}")).await;
    assert_eq!(kit.state("one"), State::CoolingDown);
    assert_eq!(kit.pool.reset(row.id).await.unwrap().state, State::Ready);
    kit.pool.settle().await;
    kit.pool.reload().await.unwrap();
    assert_eq!(kit.state("one"), State::Ready);
    assert_eq!(
        kit.pool.rename(row.id, "uno").await.unwrap().credential.label,
        "uno"
    );
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "uno");
    assert_eq!(kit.pool.remove(row.id).await.unwrap().credential.label, "uno");
    assert!(matches!(
        kit.pool.lease(&ask(&provider, &[])).await,
        Err(PoolError::NoLogin { .. })
    ));
    assert!(matches!(
        kit.pool.logout(&provider).await,
        Err(PoolError::NoLogin { .. })
    ));
}

#[tokio::test]
async fn damaged_secret_is_shown_and_the_others_serve() {
    let kit = kit().await;
    let one = kit.key("one").await;
    kit.key("two").await;
    *kit.store.damaged.lock().unwrap() = Some(one.id);
    let provider = id(KEY);
    assert_eq!(&*kit.pool.lease(&ask(&provider, &[])).await.unwrap().label, "two");
    let view = kit.pool.find("one").unwrap();
    assert_eq!((view.state, view.state.usable()), (State::NeedsLogin, false));
    assert!(view.words.to_string().contains("damaged"), "{}", view.words);
    assert!(kit.pool.token(one.id).await.is_err());
}

#[tokio::test]
async fn busy_store_is_not_held_against_the_credential() {
    let kit = kit().await;
    kit.key("one").await;
    kit.store
        .busy_secrets
        .store(1, std::sync::atomic::Ordering::SeqCst);
    let provider = id(KEY);
    assert!(matches!(
        kit.pool.lease(&ask(&provider, &[])).await,
        Err(PoolError::Store(_))
    ));
    assert_eq!(kit.state("one"), State::Ready);
    assert_eq!(
        token_of(&kit.pool.lease(&ask(&provider, &[])).await.unwrap()),
        "key-one"
    );
}
