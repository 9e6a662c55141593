//! The database goes away at the worst moment.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Point, SystemClock};
use hermes_sim::{Proxy, SimOptions};
use serde_json::json;

use super::{Custody, PROVIDER, server, wait};
use crate::harness::{ended, finish};

const ROUND: u64 = 10_000;

/// A lab whose way to the database can be cut.
async fn behind_a_proxy() -> (Custody, Proxy) {
    static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("outage_{}_{number}", std::process::id());
    server().create_database(&name).expect("a database");
    let proxy = Proxy::to_unix(&server().socket(), Arc::new(SystemClock::new()))
        .await
        .expect("the proxy starts");
    let url = server().url_through(proxy.address(), &name);
    (Custody::over(Some(url), SimOptions::default()).await, proxy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_that_comes_while_the_database_is_away_serves_and_is_stored_later() {
    let (custody, proxy) = behind_a_proxy().await;
    custody.sign_in().await;
    let child = custody.stopped(Point::Marked, ROUND).await;
    proxy.cut();
    let pid = child.id().expect("running").to_string();
    let told = std::process::Command::new("kill").args(["-CONT", &pid]).status();
    assert!(told.expect("kill runs").success());
    let done = finish(child, String::new()).await;
    assert_eq!(done.code, 0, "the token is on this machine's disk: {done:?}");
    let token = done.stdout.trim().to_owned();
    assert!(custody.sim().family_alive(&token));
    proxy.pass();
    let next = custody.run(&["token", PROVIDER], ROUND).await;
    assert_eq!(next.code, 0, "{next:?}");
    assert_eq!(next.stdout.trim(), token, "the spilled token was brought in");
    assert_eq!(custody.refreshes(), 1);
    assert_eq!(custody.login(ROUND).await["generation"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateway_serves_what_it_has_and_renews_nothing_while_the_database_is_away() {
    let (custody, proxy) = behind_a_proxy().await;
    custody.sign_in().await;
    let up = custody.lab.up().await;
    let body = json!({"model": "minimax-oauth/MiniMax-M2.7", "max_tokens": 8, "messages": [{"role": "user", "content": "hi"}]});
    assert_eq!(up.post("/v1/messages", &body).await.0, 200);
    proxy.cut();
    for _ in 0..20 {
        let (status, text) = up.post("/v1/messages", &body).await;
        assert_eq!(status, 200, "a token that is still good is served: {text}");
    }
    custody.sim().expire_access_tokens();
    let (status, text) = up.post("/v1/messages", &body).await;
    assert!((400..=599).contains(&status), "{status}: {text}");
    assert_eq!(custody.refreshes(), 0, "without the database nothing is renewed");
    proxy.pass();
    for _ in 0..200 {
        if up.post("/v1/messages", &body).await.0 == 200 {
            break;
        }
        wait(Duration::from_millis(100)).await;
    }
    assert_eq!(up.post("/v1/messages", &body).await.0, 200);
    assert_eq!(custody.refreshes(), 1);
    assert_eq!(up.end().await.code, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn command_without_its_database_says_so_in_time() {
    let (custody, proxy) = behind_a_proxy().await;
    custody.sign_in().await;
    for (name, fail) in [("cut", true), ("frozen", false)] {
        if fail {
            proxy.cut();
        } else {
            proxy.freeze();
        }
        let done = tokio::time::timeout(
            Duration::from_secs(30),
            ended(custody.command(&["auth", "list"], 0)),
        );
        let done = done.await.unwrap_or_else(|_| panic!("{name}: it hangs"));
        assert_eq!(done.code, 8, "{name}: {done:?}");
        assert!(done.stderr.contains("cannot be reached"), "{name}: {done:?}");
        assert!(done.stderr.contains("help:"), "{name}: {done:?}");
        proxy.pass();
    }
    assert_eq!(custody.run(&["auth", "list"], 0).await.code, 0);
}
