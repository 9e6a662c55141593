//! What proxies in front may say, and what nobody may.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod support;

use hermes_gateway::{Edge, Limits};
use support::{Reply, Running, Setup, Upstream, start};

const WRONG: &str = "x-api-key: hk-wrong\r\n";

async fn lab(trusted: &[&str]) -> Running {
    let setup = Setup {
        limits: Limits {
            failed_auth: 2,
            ..Limits::default()
        },
        edge: Edge {
            behind_proxy: true,
            trusted_proxies: trusted.iter().map(|text| text.parse().unwrap()).collect(),
            ..Edge::default()
        },
        fallback: true,
        ..Setup::default()
    };
    start(Upstream::start(|_| Reply::json(200, "{}")).await, setup).await
}

/// The statuses of wrong keys that come with these headers, one after another.
async fn guesses(lab: &Running, headers: &[&str]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for header in headers {
        let answer = lab
            .ask("GET", "/v1/models", &format!("{WRONG}{header}\r\n"))
            .await;
        statuses.push(answer.status);
    }
    statuses
}

#[tokio::test]
async fn b8_brake_counts_the_client_that_a_trusted_proxy_names() {
    let lab = lab(&["127.0.0.0/8"]).await;
    let one = "X-Forwarded-For: 203.0.113.1, 198.51.100.1";
    let same = "X-Forwarded-For: 203.0.113.2, 198.51.100.1";
    let other = "X-Forwarded-For: 203.0.113.1, 198.51.100.2";
    assert_eq!(
        guesses(&lab, &[one, same, one, other]).await,
        [401, 401, 429, 401]
    );
}

#[tokio::test]
async fn b8_brake_counts_the_peer_whatever_an_untrusted_one_says() {
    let lab = lab(&["192.0.2.1"]).await;
    let spoofed = [
        "X-Forwarded-For: 198.51.100.1",
        "Forwarded: for=198.51.100.2",
        "X-Forwarded-For: 192.0.2.1",
        "X-Real-IP: 198.51.100.4",
    ];
    assert_eq!(guesses(&lab, &spoofed).await, [401, 401, 429, 429]);
}

#[tokio::test]
async fn b8_spoofed_headers_change_neither_host_nor_path_nor_rights() {
    for trusted in [&[][..], &["127.0.0.1"]] {
        let lab = lab(trusted).await;
        let spoofed = [
            "X-Forwarded-Host: hermes.example.com",
            "X-Forwarded-Host: evil.test",
            "X_Forwarded_Host: evil.test",
            "Forwarded: host=evil.test;proto=https",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Port: 443",
            "X-Forwarded-Prefix: /v1",
            "X-Forwarded-Uri: /healthz",
            "X-Original-URL: /healthz",
            "X-Rewrite-URL: /healthz",
            "X-Forwarded-User: admin",
            "X-Remote-User: admin",
            "X_API_KEY: admin",
        ];
        for header in spoofed {
            let page = lab.ask("GET", "/elsewhere", &format!("{header}\r\n")).await;
            assert_eq!(
                (page.status, page.body.as_slice()),
                (200, &b"elsewhere /elsewhere\n"[..]),
                "{header}"
            );
            assert!(
                !page.head.contains("location:") && !page.text.contains("evil"),
                "{header}"
            );
        }
        let wrong = format!(
            "GET /elsewhere HTTP/1.1\r\nHost: evil.test\r\n{}\r\nConnection: close\r\n\r\n",
            spoofed[0]
        );
        assert_eq!(lab.raw(wrong.as_bytes()).await.status, 421);
        let no_key = lab
            .ask("GET", "/v1/models", &format!("{}\r\n", spoofed.join("\r\n")))
            .await;
        assert_eq!(no_key.status, 401);
    }
}
