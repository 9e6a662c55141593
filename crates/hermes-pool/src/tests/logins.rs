use std::time::Duration;

use hermes_core::{Explain, Protocol, Source};
use hermes_oauth::{Challenge, Input, StartOptions};
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{KEY, Kit, OAUTH, id, kit};
use crate::{PoolError, Progress, State};

const CODE: &str = r#"{"user_code":"AB-CD","verification_uri":"https://platform.minimax.io/oauth-authorize?x=1",
    "expired_in":600,"interval":2000,"state":"$STATE"}"#;

async fn start(kit: &Kit) -> hermes_core::AttemptId {
    kit.issuer.say(200, CODE);
    let started = kit
        .pool
        .logins()
        .start(&id(OAUTH), None, None, Some("mine"), StartOptions::default())
        .await;
    let (attempt, challenge) = started.unwrap();
    assert!(matches!(challenge, Challenge::Code { ref user_code, .. } if user_code == "AB-CD"));
    attempt
}

#[tokio::test]
async fn approved_login_is_stored_once_and_serves() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    let logins = kit.pool.logins();
    kit.issuer
        .say(200, r#"{"status":"pending","base_resp":{"status_code":0}}"#);
    assert!(matches!(
        logins.advance(attempt, Input::Poll).await.unwrap(),
        Progress::Waiting { .. }
    ));
    assert_eq!(logins.list().await.unwrap().len(), 1);
    assert_eq!(logins.get(attempt).await.unwrap().provider, id(OAUTH));
    kit.pass(10);
    let Progress::Done(done) = logins.advance(attempt, Input::Poll).await.unwrap() else {
        panic!("not done")
    };
    assert_eq!((done.credential.label.as_str(), done.replaced), ("mine", false));
    assert_eq!(kit.state("mine"), State::Ready);
    assert_eq!(
        kit.pool.views()[0].runtimes[0].protocol,
        Protocol::AnthropicMessages
    );
    assert!(matches!(
        logins.advance(attempt, Input::Poll).await,
        Err(PoolError::NoAttempt { .. })
    ));
    assert_eq!(kit.token().await, "access-3");
}

#[tokio::test]
async fn cancelled_login_stores_nothing_and_calls_nothing() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    let logins = kit.pool.logins();
    assert!(logins.cancel(attempt).await.unwrap());
    assert!(!logins.cancel(attempt).await.unwrap());
    let error = logins.advance(attempt, Input::Poll).await.unwrap_err();
    assert_eq!(error.kind(), "no_login_attempt");
    assert_eq!(kit.issuer.count(), 1);
    assert!(kit.store.credentials().await.unwrap().is_empty());
    assert!(logins.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn cancel_during_a_call_wins_over_its_answer() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    kit.issuer.hold();
    let logins = kit.pool.logins();
    let (outcome, ()) = tokio::join!(logins.advance(attempt, Input::Poll), async {
        while kit.issuer.count() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(kit.pool.logins().cancel(attempt).await.unwrap());
        kit.issuer.gate.add_permits(10);
    });
    assert!(matches!(outcome, Err(PoolError::Cancelled { .. })));
    assert!(kit.store.credentials().await.unwrap().is_empty());
    assert!(kit.store.attempts().await.unwrap().is_empty());
}

#[tokio::test]
async fn cancel_by_another_process_wins_over_the_answer() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    kit.issuer.hold();
    let logins = kit.pool.logins();
    let (outcome, ()) = tokio::join!(logins.advance(attempt, Input::Poll), async {
        while kit.issuer.count() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(kit.store.take_attempt(attempt).await.unwrap());
        kit.issuer.gate.add_permits(10);
    });
    assert!(matches!(outcome, Err(PoolError::Cancelled { .. })));
    assert!(kit.store.credentials().await.unwrap().is_empty());
}

#[tokio::test]
async fn denied_or_expired_login_leaves_nothing() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    kit.issuer
        .say(200, r#"{"status":"error","base_resp":{"status_msg":"denied"}}"#);
    assert!(kit.pool.logins().advance(attempt, Input::Poll).await.is_err());
    assert!(kit.store.attempts().await.unwrap().is_empty());

    start(&kit).await;
    kit.pass(3600);
    assert_eq!(kit.pool.logins().sweep().await.unwrap(), 1);
    assert!(kit.store.attempts().await.unwrap().is_empty());
    assert!(kit.store.credentials().await.unwrap().is_empty());
}

#[tokio::test]
async fn key_login_is_stored_with_its_source() {
    let kit = kit().await;
    let logins = kit.pool.logins();
    let options = StartOptions {
        lifetime: Some(Duration::from_mins(1)),
        ..Default::default()
    };
    let (attempt, _) = logins
        .start(&id(KEY), Some("key"), None, None, options)
        .await
        .unwrap();
    let key = "sk-0123456789abcdef0123456789abcdef".into();
    let input = Input::Key {
        key,
        source: Source::Env("SOME_KEY".to_owned()),
        verify: false,
    };
    let Progress::Done(done) = logins.advance(attempt, input).await.unwrap() else {
        panic!("not done")
    };
    assert_eq!(done.credential.source, Source::Env("SOME_KEY".to_owned()));
    assert_eq!(kit.issuer.count(), 0);
}

#[tokio::test]
async fn unknown_method_or_region_starts_nothing() {
    let kit = kit().await;
    let logins = kit.pool.logins();
    for (method, region) in [(Some("telepathy"), None), (None, Some("mars"))] {
        assert!(
            logins
                .start(&id(OAUTH), method, region, None, StartOptions::default())
                .await
                .is_err()
        );
    }
    assert!(
        logins
            .start(&id("nobody"), None, None, None, StartOptions::default())
            .await
            .is_err()
    );
    assert_eq!(kit.issuer.count(), 0);
    assert!(kit.store.attempts().await.unwrap().is_empty());
}
