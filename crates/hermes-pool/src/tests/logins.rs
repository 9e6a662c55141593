use std::time::Duration;

use hermes_core::{Explain, Lang, Protocol, Source};
use hermes_oauth::{Challenge, Input, StartOptions};
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{KEY, Kit, OAUTH, id, kit};
use crate::{PoolError, Progress, State};

pub(super) const CODE: &str = r#"{"user_code":"AB-CD","verification_uri":"https://platform.minimax.io/oauth-authorize?x=1",
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

/// A browser login whose code was pasted and whose exchange was cut off before its answer came.
async fn cut_off(kit: &Kit) -> hermes_core::AttemptId {
    let logins = kit.pool.logins();
    let options = StartOptions::default();
    let started = logins
        .start(&id("openrouter"), Some("browser"), None, None, options)
        .await;
    let (attempt, _) = started.unwrap();
    assert!(!logins.get(attempt).await.unwrap().spent);
    kit.issuer.hold();
    tokio::select! {
        outcome = logins.advance(attempt, Input::Pasted("code-1".into())) => panic!("{outcome:?}"),
        () = async {
            while kit.issuer.count() < 1 {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    attempt
}

#[tokio::test]
async fn code_whose_exchange_was_cut_off_is_never_sent_again() {
    let kit = kit().await;
    let attempt = cut_off(&kit).await;
    kit.issuer.gate.add_permits(10);
    let logins = kit.pool.logins();
    assert!(logins.get(attempt).await.unwrap().spent);
    for code in ["code-1", "code-2"] {
        let error = logins
            .advance(attempt, Input::Pasted(code.into()))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), "attempt_spent");
        assert!(error.hint(Lang::En).unwrap().contains("hermes auth add"));
    }
    assert_eq!(kit.issuer.count(), 1);
    assert!(logins.cancel(attempt).await.unwrap());
    assert!(kit.store.credentials().await.unwrap().is_empty());
}

#[tokio::test]
async fn second_finish_during_an_exchange_does_not_cost_the_first_its_login() {
    let kit = kit().await;
    let logins = kit.pool.logins();
    let options = StartOptions::default();
    let started = logins
        .start(&id("openrouter"), Some("browser"), None, None, options)
        .await;
    let (attempt, _) = started.unwrap();
    kit.issuer.hold();
    kit.issuer.say(200, r#"{"key":"sk-or-v1-0123456789"}"#);
    let (outcome, ()) = tokio::join!(logins.advance(attempt, Input::Pasted("code-1".into())), async {
        while kit.issuer.count() < 1 {
            tokio::task::yield_now().await;
        }
        // As another process reads it.
        assert!(kit.pool.logins().get(attempt).await.unwrap().spent);
        kit.issuer.gate.add_permits(10);
    });
    assert!(matches!(outcome.unwrap(), Progress::Done(_)));
    assert_eq!(kit.issuer.count(), 1);
}

#[tokio::test]
async fn poll_of_an_attempt_that_was_cancelled_elsewhere_does_not_bring_it_back() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    kit.issuer.hold();
    kit.issuer
        .say(200, r#"{"status":"pending","base_resp":{"status_code":0}}"#);
    let logins = kit.pool.logins();
    let (outcome, ()) = tokio::join!(logins.advance(attempt, Input::Poll), async {
        while kit.issuer.count() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(kit.store.take_attempt(attempt).await.unwrap());
        kit.issuer.gate.add_permits(10);
    });
    assert!(matches!(outcome, Err(PoolError::Cancelled { .. })), "{outcome:?}");
    assert!(kit.store.attempts().await.unwrap().is_empty());
}

#[tokio::test]
async fn login_notes_where_it_may_be_sent() {
    let kit = kit().await;
    let attempt = start(&kit).await;
    kit.pass(10);
    let Progress::Done(done) = kit.pool.logins().advance(attempt, Input::Poll).await.unwrap() else {
        panic!("not done")
    };
    let (_, material) = kit.store.material(done.credential.id).await.unwrap();
    let noted = &material.extra["origins"];
    assert_eq!(noted["inference"][0], "https://api.minimax.io");
    assert_eq!(noted["token"][0], "https://account.minimax.io");
    kit.pool.refresh(done.credential.id).await.unwrap();
    let (generation, renewed) = kit.store.material(done.credential.id).await.unwrap();
    assert_eq!((generation, &renewed.extra["origins"]), (2, noted));
}
