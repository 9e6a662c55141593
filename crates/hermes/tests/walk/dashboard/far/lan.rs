//! What another machine on the wire gets to see (B7).

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;

use super::apart::{Apart, HERE};
use super::house::{PASSWORD, certify};
use crate::harness::Lab;

/// In namespaces of their own every port is free.
const PORT: u16 = 7766;

async fn lab() -> Lab {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    let done = lab.run(&["key", "create", "test"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    lab.config("[gateway]\nallowed_hosts = [\"hermes.test:7766\"]\n");
    lab
}

async fn set_password(lab: &Lab) {
    let done = lab
        .run_with_input(&["dashboard", "password", "--stdin"], PASSWORD)
        .await;
    assert_eq!(done.code, 0, "{done:?}");
}

#[tokio::test]
async fn b7_other_machines_are_refused_by_default() {
    let (lab, apart) = (lab().await, Apart::new().await);
    let _up = apart.up(&lab, &[]).await;
    for path in ["/", "/healthz", "/v1/models"] {
        assert_eq!(
            apart.asks(PORT, "hermes.test", path, "").await,
            "refused",
            "{path}"
        );
    }
}

#[tokio::test]
async fn b7_nothing_listens_to_other_machines_without_tls_and_a_login() {
    let (lab, apart) = (lab().await, Apart::new().await);
    let [certificate, key] = certify(&lab);
    let tls = ["--tls-cert", certificate.as_str(), "--tls-key", &key];
    for address in ["0.0.0.0:7766", "10.77.0.1:7766", "[::]:7766"] {
        let listen = ["up", "--listen", address];
        let plain = apart.run(&lab, &listen).await;
        assert_eq!(plain.code, 2, "{plain:?}");
        assert!(plain.stderr.contains("--tls-cert"), "{plain:?}");
        let open = apart.run(&lab, &[&listen[..], &tls].concat()).await;
        assert_eq!(open.code, 2, "{open:?}");
        assert!(open.stderr.contains("hermes dashboard password"), "{open:?}");
    }
    set_password(&lab).await;
    let plain = apart.run(&lab, &["up", "--listen", "0.0.0.0:7766"]).await;
    assert_eq!(plain.code, 2, "{plain:?}");
    assert_eq!(apart.asks(PORT, "hermes.test", "/", "").await, "refused");
}

#[tokio::test]
async fn b7_other_machines_are_let_in_by_tls_alone() {
    let (lab, apart) = (lab().await, Apart::new().await);
    set_password(&lab).await;
    let [certificate, key] = certify(&lab);
    let tls = [
        "--listen",
        "0.0.0.0:7766",
        "--tls-cert",
        certificate.as_str(),
        "--tls-key",
        &key,
    ];
    let _up = apart.up(&lab, &tls).await;
    let status = |line: &str| line.get(..12).unwrap_or(line).to_owned();
    for (path, expected) in [
        ("/", "HTTP/1.1 200"),
        ("/healthz", "HTTP/1.1 200"),
        ("/v1/models", "HTTP/1.1 401"),
        ("/api/keys", "HTTP/1.1 401"),
    ] {
        let said = apart.asks(PORT, "hermes.test", path, &certificate).await;
        assert_eq!(status(&said), expected, "{path}");
        // Without TLS not even an error is spoken.
        let said = apart.asks(PORT, "hermes.test", path, "").await;
        assert!(!said.contains("HTTP"), "{path}: {said}");
    }
    // By a name that is not ours nothing is served, be the way there what it may.
    let done = apart.asks(PORT, HERE, "/", "").await;
    assert!(!done.contains("HTTP"), "{done}");
}
