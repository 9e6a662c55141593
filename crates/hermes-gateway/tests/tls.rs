//! The listener under TLS: everything that holds without it holds with it.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hermes_gateway::{Edge, Limits, Tls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use support::{Raw, Reply, Running, Setup, Upstream, start};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const HOST: &str = "Host: hermes.example.com\r\n";

struct Lab {
    running: Running,
    tls: Arc<Tls>,
    certificate: CertificateDer<'static>,
    folder: TempDir,
}

fn write_pair(folder: &TempDir) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["hermes.example.com".to_owned()]).unwrap();
    fs_err::write(folder.path().join("chain.pem"), cert.pem()).unwrap();
    fs_err::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

async fn lab(limits: Limits) -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_pair(&folder);
    let tls = Tls::load(&folder.path().join("chain.pem"), &folder.path().join("key.pem")).await;
    let tls = Arc::new(tls.unwrap());
    let edge = Edge {
        tls: Some(Arc::clone(&tls)),
        ..Edge::default()
    };
    let setup = Setup {
        limits,
        edge,
        fallback: true,
        ..Setup::default()
    };
    let running = start(Upstream::start(|_| Reply::json(200, "{}")).await, setup).await;
    Lab {
        running,
        tls,
        certificate,
        folder,
    }
}

async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|one| one.to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("hermes.example.com").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

impl Lab {
    /// These bytes inside TLS, and what comes until the end.
    async fn ask(&self, bytes: &str) -> String {
        let mut stream = connect(self.running.address, &self.certificate, &[b"h2", b"http/1.1"])
            .await
            .unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        // A refusal may come before everything is sent.
        drop(stream.write_all(bytes.as_bytes()).await);
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
        // The end is told, so nobody can cut an answer short unseen.
        read.await.unwrap().unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn get(&self, target: &str, headers: &str) -> String {
        self.ask(&format!(
            "GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"
        ))
        .await
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

#[tokio::test]
async fn requests_are_answered_inside_tls_and_every_answer_asks_for_it() {
    let lab = lab(Limits::default()).await;
    let auth = lab.running.auth();
    for (target, headers, expected) in [
        ("/healthz", HOST.to_owned(), "200"),
        ("/v1/models", HOST.to_owned(), "401"),
        ("/v1/models", format!("{HOST}{auth}"), "200"),
        ("/elsewhere", HOST.to_owned(), "200"),
        ("/healthz", "Host: evil.test\r\n".to_owned(), "421"),
    ] {
        let answer = lab.get(target, &headers).await;
        assert_eq!(status(&answer), expected, "{target} {answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn other_protocols_than_http_1_1_inside_tls_get_nothing() {
    let lab = lab(Limits::default()).await;
    assert!(
        connect(lab.running.address, &lab.certificate, &[b"h2"])
            .await
            .is_err()
    );
    let mut bare = Raw::connect(lab.running.address).await;
    bare.send(format!("GET /healthz HTTP/1.1\r\n{HOST}\r\n").as_bytes())
        .await;
    let answer = bare.rest().await;
    assert!(!answer.windows(4).any(|part| part == b"HTTP"), "{answer:?}");
}

#[tokio::test]
async fn message_borders_and_limits_hold_inside_tls() {
    let lab = lab(Limits::default()).await;
    let auth = lab.running.auth();
    let head = format!("POST /v1/messages HTTP/1.1\r\n{HOST}{auth}");
    let two = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n";
    let answer = lab.ask(&format!("{head}{two}")).await;
    assert_eq!(status(&answer), "400", "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    let twice = lab
        .ask(&format!(
            "{head}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}"
        ))
        .await;
    assert_eq!(status(&twice), "400", "{twice}");
    let long = lab
        .get("/healthz", &format!("{HOST}x-long: {}\r\n", "a".repeat(64 << 10)))
        .await;
    assert_eq!(status(&long), "431");
}

#[tokio::test]
async fn pages_that_came_over_plain_http_are_foreign() {
    let lab = lab(Limits::default()).await;
    for (origin, expected) in [
        ("https://hermes.example.com", "200"),
        ("http://hermes.example.com", "403"),
        ("https://hermes.example.com:8443", "403"),
        ("null", "403"),
    ] {
        let answer = lab
            .get("/elsewhere", &format!("{HOST}Origin: {origin}\r\n"))
            .await;
        assert_eq!(status(&answer), expected, "{origin}");
    }
    let absolute = |scheme: &str| format!("{scheme}://hermes.example.com/healthz");
    assert_eq!(status(&lab.get(&absolute("https"), HOST).await), "200");
    assert_eq!(status(&lab.get(&absolute("http"), HOST).await), "421");
}

#[tokio::test]
async fn handshake_that_does_not_end_is_cut() {
    let lab = lab(Limits {
        handshake: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    assert_eq!(Limits::default().handshake, Duration::from_secs(10));
    let mut silent = Raw::connect(lab.running.address).await;
    assert_eq!(silent.rest().await, b"");
    let mut slow = Raw::connect(lab.running.address).await;
    // The head of a client's first record, which never comes whole.
    slow.send(&[22, 3, 1, 2, 0, 1]).await;
    assert_eq!(slow.rest().await, b"");
}

#[tokio::test]
async fn handshakes_that_wait_make_room_and_end_with_the_gateway() {
    let mut lab = lab(Limits {
        strangers: 1,
        stranger_time: Duration::ZERO,
        ..Limits::default()
    })
    .await;
    let mut first = Raw::connect(lab.running.address).await;
    let second = Raw::connect(lab.running.address).await;
    assert_eq!(first.rest().await, b"");
    lab.running.stop();
    let server = lab.running.server.take().unwrap();
    tokio::time::timeout(Duration::from_secs(5), server)
        .await
        .unwrap()
        .unwrap();
    drop(second);
}

#[tokio::test]
async fn renewed_certificate_is_shown_to_the_next_client() {
    let lab = lab(Limits::default()).await;
    let renewed = write_pair(&lab.folder);
    let address = lab.running.address;
    assert!(connect(address, &renewed, &[]).await.is_err(), "not read yet");
    let tls = Arc::clone(&lab.tls);
    let following = tokio::spawn(async move { tls.follow(&Hasty).await });
    let seen = async {
        while connect(address, &renewed, &[]).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap();
    assert!(connect(address, &lab.certificate, &[]).await.is_err());
    following.abort();
}

/// A clock whose minutes are short.
struct Hasty;

#[async_trait::async_trait]
impl hermes_core::Clock for Hasty {
    fn now(&self) -> hermes_core::UnixMs {
        hermes_core::UnixMs::from_millis(0)
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, span: Duration) {
        assert_eq!(span, Duration::from_mins(1));
        tokio::task::yield_now().await;
    }
}
