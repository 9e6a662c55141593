//! Many processes, one ended token.

use std::time::Duration;

use futures_util::future::join_all;
use hermes_core::{Clock, SystemClock};
use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::{Custody, Kind, PROVIDER, TOKEN};
use crate::harness::{Done, ended};

const PROCESSES: usize = 120;
const CALL: Duration = Duration::from_millis(200);

async fn herd(kind: Kind) {
    let custody = Custody::new(kind).await;
    custody.sign_in_with_a_short_token().await;
    custody.sim().script().refresh_delay(CALL);
    let clock = SystemClock::new();
    let herd = processes(&custody, &clock);
    let mut arrived = None;
    let watch = async {
        while custody.refreshes() == 0 {
            super::wait(Duration::from_millis(2)).await;
        }
        super::wait(CALL).await;
        arrived = Some(clock.monotonic());
    };
    let (ends, ()) = tokio::join!(herd, watch);
    let arrived = arrived.expect("a call was made");
    let first = ends[0].2.stdout.clone();
    assert!(first.trim().starts_with("canary-access"), "{first}");
    let mut late = Duration::ZERO;
    for (_, end, done) in &ends {
        assert_eq!(done.code, 0, "{done:?}");
        assert_eq!(done.stdout, first);
        late = late.max(end.saturating_sub(arrived));
    }
    // What the machine needs to start as many when there is nothing to wait for; other tests may leave it more or less time now.
    let idle = processes(&custody, &clock).await;
    let idle = idle
        .iter()
        .map(|(start, end, _)| end.saturating_sub(*start))
        .max()
        .unwrap_or_default();
    super::tell(&format!(
        "{kind:?}: {PROCESSES} processes, the last one {late:?} after the token came; with a living token {idle:?}"
    ));
    assert_eq!(custody.refreshes(), 1);
    assert_eq!(custody.sim().most_overlapping_refreshes(), 1);
    assert!(late < Duration::from_secs(1) + idle * 2, "{late:?} {idle:?}");
}

/// All at once; when each was started, when it had its answer, and the answer.
async fn processes(custody: &Custody, clock: &SystemClock) -> Vec<(Duration, Duration, Done)> {
    let one = |_| async {
        let started = clock.monotonic();
        let done = ended(custody.command(&["token", PROVIDER], 0)).await;
        (started, clock.monotonic(), done)
    };
    join_all((0..PROCESSES).map(one)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_120_processes_make_one_call() {
    herd(Kind::File).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_120_processes_make_one_call() {
    herd(Kind::Server).await;
}

async fn gateways(kind: Kind) {
    const GATEWAYS: usize = 20;
    const REQUESTS: usize = 200;
    let custody = Custody::new(kind).await;
    custody.sign_in().await;
    let mut ups = Vec::new();
    for _ in 0..GATEWAYS {
        ups.push(custody.lab.up().await);
    }
    custody.sim().script().refresh_delay(CALL);
    custody.sim().expire_access_tokens();
    let body = json!({"model": "minimax-oauth/MiniMax-M2.7", "max_tokens": 8, "messages": [{"role": "user", "content": "hi"}]});
    let one = |up: usize| {
        let (up, body) = (&ups[up], &body);
        async move { up.post("/v1/messages", body).await.0 }
    };
    let all = (0..GATEWAYS * REQUESTS).map(|number| one(number % GATEWAYS));
    let statuses = join_all(all).await;
    assert_eq!(statuses, vec![200; GATEWAYS * REQUESTS]);
    assert_eq!(custody.refreshes(), 1);
    assert_eq!(
        custody.sim().journal().count(TOKEN.0, TOKEN.1),
        2,
        "login and renewal"
    );
    for up in ups {
        assert_eq!(up.end().await.code, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_200_requests_in_each_of_20_gateways_make_one_call() {
    gateways(Kind::File).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_200_requests_in_each_of_20_gateways_make_one_call() {
    gateways(Kind::Server).await;
}

/// Sixteen logins at once: all arrive, under labels and places of their own.
async fn additions(kind: Kind) {
    let custody = Custody::with(kind, SimOptions::default()).await;
    custody.sim().person().approve_everything();
    // The store itself is made by whoever comes first; here by nobody in advance.
    let add = ["auth", "add", PROVIDER, "--no-browser"];
    let all = (0..16).map(|_| ended(custody.command(&add, 0)));
    for done in join_all(all).await {
        assert_eq!(done.code, 0, "{done:?}");
    }
    let told = custody.json(&["auth", "list", "--json"], 0).await;
    let logins = told["credentials"].as_array().expect("a list").clone();
    assert_eq!(logins.len(), 16);
    let mut places: Vec<_> = logins.iter().map(|one| one["priority"].as_u64()).collect();
    places.sort_unstable();
    assert_eq!(places, (0..16).map(Some).collect::<Vec<_>>());
    let mut labels: Vec<_> = logins.iter().map(|one| one["label"].to_string()).collect();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_16_logins_at_once_all_arrive() {
    additions(Kind::File).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_16_logins_at_once_all_arrive() {
    additions(Kind::Server).await;
}

/// Requests on other logins do not feel that one is being renewed, and reads cause nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_on_other_logins_do_not_wait_for_a_slow_renewal() {
    // The simulated issuer's 20 s pass in one.
    let custody = Custody::new(Kind::File).await;
    custody.sign_in_with_a_short_token().await;
    let key = custody.sim().script().issue_key();
    let done = custody.lab.add_key("deepseek", &key).await;
    assert_eq!(done.code, 0, "{done:?}");
    let up = custody.lab.up().await;
    let body = json!({"model": "deepseek/deepseek-chat", "messages": [{"role": "user", "content": "hi"}]});
    let clock = SystemClock::new();
    let p99 = async || {
        let mut spans = Vec::new();
        for _ in 0..300 {
            let began = clock.monotonic();
            let (status, text) = up.post("/v1/chat/completions", &body).await;
            assert_eq!(status, 200, "{text}");
            spans.push(clock.monotonic().saturating_sub(began));
        }
        spans.sort_unstable();
        spans[spans.len() * 99 / 100]
    };
    // The gateway's keeper is told to renew an ended token, and the issuer is slow.
    let idle = p99().await;
    custody.sim().script().refresh_delay(Duration::from_secs(19));
    custody.sim().script().token_expiry(900.into());
    let renewal = ended(custody.command(&["auth", "refresh", PROVIDER], 0));
    let meanwhile = async {
        while custody.refreshes() < 2 {
            super::wait(Duration::from_millis(10)).await;
        }
        let busy = p99().await;
        let (before, events) = (custody.refreshes(), custody.events(0).await);
        for args in [
            &["auth", "list"][..],
            &["auth", "status"],
            &["doctor"],
            &["store", "info"],
        ] {
            let began = clock.monotonic();
            let done = ended(custody.command(args, 0)).await;
            assert_ne!(done.code, 8, "{args:?}: {done:?}");
            assert!(
                clock.monotonic().saturating_sub(began) < Duration::from_secs(5),
                "{args:?} waited"
            );
        }
        assert_eq!(custody.refreshes(), before, "reads make no token call");
        assert_eq!(custody.events(0).await, events, "reads change nothing");
        busy
    };
    let (done, busy) = tokio::join!(renewal, meanwhile);
    assert_eq!(done.code, 0, "{done:?}");
    super::tell(&format!("p99 idle {idle:?}, during a renewal of 19 s {busy:?}"));
    assert!(busy < idle * 2 + Duration::from_millis(5), "{idle:?} {busy:?}");
    assert_eq!(up.end().await.code, 0);
}
