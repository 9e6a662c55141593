use std::sync::Arc;

use hermes_core::AttemptId;
use hermes_oauth::StartOptions;
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{Kit, OAUTH, id, kit};
use super::logins::CODE;
use crate::{DeskLogin, LoginAsk, LoginDesk, LoginStatus, PoolError, State};

fn ask(label: &str) -> LoginAsk {
    LoginAsk {
        provider: id(OAUTH),
        method: None,
        region: None,
        label: Some(label.to_owned()),
        accepts_rule: false,
    }
}

async fn start(kit: &Kit, desk: &LoginDesk) -> AttemptId {
    kit.issuer.say(200, CODE);
    let login = desk.start(&ask("mine")).await.unwrap();
    assert_eq!(login.status, LoginStatus::Pending);
    login.id
}

/// Starts a login whose first poll is under way and does not end.
async fn start_held(kit: &Kit, desk: &LoginDesk) -> AttemptId {
    kit.issuer.say(200, CODE);
    kit.issuer.hold();
    kit.issuer.gate.add_permits(1);
    let login = desk.start(&ask("mine")).await.unwrap();
    let before = kit.issuer.count();
    while kit.issuer.count() == before {
        tokio::task::yield_now().await;
    }
    login.id
}

async fn ended(desk: &LoginDesk, id: AttemptId) -> DeskLogin {
    loop {
        let login = desk.login(id).unwrap();
        if login.status != LoginStatus::Pending {
            return login;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn login_goes_on_by_itself_until_it_is_stored() {
    let kit = kit().await;
    let desk = kit.pool.desk();
    let mut changes = desk.changes();
    let id = start(&kit, &desk).await;
    kit.issuer
        .say(200, r#"{"status":"pending","base_resp":{"status_code":0}}"#);
    let login = ended(&desk, id).await;
    assert_eq!((login.status, login.message), (LoginStatus::Approved, None));
    let signed_in = login.signed_in.unwrap();
    assert_eq!((signed_in.label.as_str(), signed_in.replaced), ("mine", false));
    assert_eq!(signed_in.credential, kit.find("mine"));
    assert_eq!(kit.state("mine"), State::Ready);
    assert_eq!(changes.recv().await.unwrap(), id);
    assert!(desk.logins().iter().any(|login| login.id == id));
}

#[tokio::test]
async fn refused_login_tells_why_and_stores_nothing() {
    let kit = kit().await;
    let desk = kit.pool.desk();
    let id = start(&kit, &desk).await;
    kit.issuer.say(
        200,
        r#"{"status":"error","base_resp":{"status_msg":"access_denied"}}"#,
    );
    let login = ended(&desk, id).await;
    assert!(
        matches!(login.status, LoginStatus::Denied | LoginStatus::Error),
        "{login:?}"
    );
    assert!(login.message.is_some() && login.hint.is_some(), "{login:?}");
    assert!(kit.store.credentials().await.unwrap().is_empty());
    assert!(kit.store.attempts().await.unwrap().is_empty());
}

#[tokio::test]
async fn login_that_nobody_approves_expires() {
    let kit = kit().await;
    let desk = kit.pool.desk();
    kit.issuer.say(200, CODE);
    for _ in 0..400 {
        kit.issuer
            .say(200, r#"{"status":"pending","base_resp":{"status_code":0}}"#);
    }
    let id = desk.start(&ask("mine")).await.unwrap().id;
    let login = ended(&desk, id).await;
    assert_eq!(login.status, LoginStatus::Expired, "{login:?}");
    assert!(kit.store.attempts().await.unwrap().is_empty());
}

#[tokio::test]
async fn cancel_wins_over_the_approval_under_way_and_nothing_more_is_sent() {
    let kit = kit().await;
    let desk = kit.pool.desk();
    let id = start_held(&kit, &desk).await;
    let calls = kit.issuer.count();
    assert!(desk.cancel(id).await.unwrap());
    assert!(!desk.cancel(id).await.unwrap());
    kit.issuer.gate.add_permits(10);
    assert_eq!(desk.login(id).unwrap().status, LoginStatus::Cancelled);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(kit.issuer.count(), calls);
    assert!(kit.store.credentials().await.unwrap().is_empty());
    assert!(kit.store.attempts().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_login_goes_on_after_a_restart_and_no_other_is_touched() {
    let kit = Arc::new(kit().await);
    kit.issuer.say(200, CODE);
    let logins = kit.pool.logins();
    let options = StartOptions::default();
    let other = logins
        .start(&id(OAUTH), None, None, Some("scripted"), options)
        .await;
    let other = other.unwrap().0;
    let first = Arc::clone(&kit);
    // A runtime that ends takes everything along, as the end of the program does.
    let first_run = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { start_held(&first, &first.another_run().desk()).await })
    });
    let id = first_run.await.unwrap();
    let desk = kit.another_run().desk();
    desk.resume().await.unwrap();
    assert!(desk.login(other).is_none());
    kit.issuer.gate.add_permits(10);
    let login = ended(&desk, id).await;
    assert_eq!(login.status, LoginStatus::Approved, "{login:?}");
    let left = kit.store.attempts().await.unwrap();
    assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), [other]);
}

#[tokio::test]
async fn unknown_login_takes_nothing() {
    let kit = kit().await;
    let desk = kit.pool.desk();
    let id = start(&kit, &desk).await;
    ended(&desk, id).await;
    let code = crate::Submission::Code(hermes_core::Secret::from("abc#def"));
    assert_eq!(desk.submit(id, code).await.unwrap().status, LoginStatus::Approved);
    let other = kit.another_process().desk();
    let code = crate::Submission::Code(hermes_core::Secret::from("abc#def"));
    assert!(matches!(
        other.submit(id, code).await,
        Err(PoolError::NoAttempt { .. })
    ));
}

#[tokio::test]
async fn restricted_login_needs_a_word_of_consent_and_sends_nothing_without() {
    let kit = kit().await;
    let catalog = hermes_catalog::Catalog::builtin().unwrap();
    let restricted = catalog.providers().find_map(|row| {
        let method = row
            .login
            .iter()
            .find(|method| method.card.class == hermes_catalog::RuleClass::Restricted)?;
        Some((row.id.clone(), method.id.clone()))
    });
    let (provider, method) = restricted.unwrap();
    let ask = LoginAsk {
        provider,
        method: Some(method),
        ..ask("mine")
    };
    let desk = kit.pool.desk();
    assert!(matches!(desk.start(&ask).await, Err(PoolError::Consent { .. })));
    assert_eq!((kit.issuer.count(), desk.logins().len()), (0, 0));
    let ask = LoginAsk {
        accepts_rule: true,
        ..ask
    };
    assert!(!matches!(desk.start(&ask).await, Err(PoolError::Consent { .. })));
}
