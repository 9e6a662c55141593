//! A conversation stays with the credential that it went to.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hermes_core::{Clock, Health, SystemClock};
use support::{Reply, Running, Setup, Upstream, start};

/// Two keys; the first is limited for a second while `limited` is set.
async fn lab(limited: &Arc<AtomicBool>) -> Running {
    let (limited, answered) = (Arc::clone(limited), AtomicU32::new(0));
    let upstream = Upstream::start(move |call| {
        if limited.load(Ordering::SeqCst) && call.header("authorization") == "Bearer sk-one" {
            let error = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#;
            return Reply::json(429, error).with("retry-after", "1");
        }
        let id = answered.fetch_add(1, Ordering::SeqCst);
        Reply::json(200, format!(r#"{{"id":"resp_{id}"}}"#))
    })
    .await;
    let setup = Setup {
        logins: vec!["one", "two"],
        ..Setup::default()
    };
    start(upstream, setup).await
}

/// Which key served.
async fn served(lab: &Running, headers: &str, body: &str) -> String {
    let answer = lab.post("/v1/messages", headers, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.header("x-hermes-credential").expect("a label").to_owned()
}

/// Goes on from an answer: which key served, and the id of the new answer.
async fn gone_on(lab: &Running, previous: &str) -> (String, String) {
    let body = format!(r#"{{"model":"lab-only","input":"hi","previous_response_id":"{previous}"}}"#);
    let answer = lab.post("/v1/responses", "", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let id = answer.text.split('"').nth(3).expect("an id").to_owned();
    (
        answer.header("x-hermes-credential").expect("a label").to_owned(),
        id,
    )
}

#[tokio::test]
async fn conversation_moves_once_and_does_not_come_back() {
    let limited = Arc::new(AtomicBool::new(false));
    let lab = lab(&limited).await;
    let said = |first: &str, more: &str| {
        format!(r#"{{"model":"lab-only","messages":[{{"role":"user","content":"{first}"}}{more}]}}"#)
    };
    let asked = r#"{"model":"lab-only"}"#;
    let session = "x-session-id: s-1\r\n";
    assert_eq!(served(&lab, session, asked).await, "one");
    assert_eq!(served(&lab, "", &said("hello", "")).await, "one");
    limited.store(true, Ordering::SeqCst);
    assert_eq!(served(&lab, session, asked).await, "two");
    assert_eq!(served(&lab, "", &said("hello", "")).await, "two");

    limited.store(false, Ordering::SeqCst);
    SystemClock::new().sleep(Duration::from_millis(1300)).await;
    let turn = r#",{"role":"assistant","content":"hi"},{"role":"user","content":"go on"}"#;
    assert_eq!(served(&lab, session, asked).await, "two");
    assert_eq!(served(&lab, "", &said("hello", turn)).await, "two");
    // Others find the first one well again.
    assert_eq!(served(&lab, "x-session-id: s-2\r\n", asked).await, "one");
    assert_eq!(served(&lab, "", &said("good day", "")).await, "one");
    assert_eq!(served(&lab, "", asked).await, "one");
}

#[tokio::test]
async fn conversation_that_names_its_last_answer_stays_although_the_name_changes() {
    let limited = Arc::new(AtomicBool::new(true));
    let lab = lab(&limited).await;
    let (first, mut id) = gone_on(&lab, "resp_of_yesterday").await;
    assert_eq!(first, "two");
    limited.store(false, Ordering::SeqCst);
    SystemClock::new().sleep(Duration::from_millis(1300)).await;
    for _ in 0..3 {
        let (label, next) = gone_on(&lab, &id).await;
        assert_eq!((label.as_str(), next != id), ("two", true));
        id = next;
    }
    assert_eq!(gone_on(&lab, "resp_of_somebody").await.0, "one");
}

#[tokio::test]
async fn blocked_account_stops_the_pool_with_a_clear_error() {
    let upstream = Upstream::start(|_| {
        let error = r#"{"error":{"code":"account_deactivated","message":"the account is closed"}}"#;
        Reply::json(403, error)
    })
    .await;
    let setup = Setup {
        logins: vec!["one", "two"],
        ..Setup::default()
    };
    let lab = start(upstream, setup).await;
    for _ in 0..2 {
        let answer = lab
            .post("/v1/chat/completions", "", r#"{"model":"lab-only"}"#)
            .await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.header("x-should-retry"), Some("false"));
        assert_eq!(answer.header("retry-after"), None);
        assert!(answer.text.contains("hermes auth reset"), "{}", answer.text);
    }
    // The second account was never asked.
    assert_eq!(lab.upstream.calls().len(), 1);
    // The store follows in the background.
    for _ in 0..200 {
        if blocked(&lab).await == 1 {
            return;
        }
        SystemClock::new().sleep(Duration::from_millis(10)).await;
    }
    panic!("the block was not stored");
}

async fn blocked(lab: &Running) -> usize {
    let stored = lab.store.credentials().await.expect("the rows");
    let blocked = stored
        .iter()
        .filter(|row| matches!(row.health, Health::Blocked { .. }));
    blocked.count()
}
