//! Providers whose certificate is not theirs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::harness::Lab;

/// A provider on this machine: its port, and how many requests it could read.
struct Provider {
    port: u16,
    requests: Arc<AtomicUsize>,
}

/// Starts a provider with a self-signed certificate for `name`, whose PEM is written to `file`.
async fn provider(name: &str, expired: bool, file: &Path) -> Provider {
    let mut parameters = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    if expired {
        parameters.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().expect("a key");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    fs_err::write(file, certificate.pem()).expect("written");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let settings = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not believe the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut first = [0; 4096];
            if stream.read(&mut first).await.is_ok_and(|length| length > 0) {
                count.fetch_add(1, Ordering::SeqCst);
                let body = "data: {\"choices\":[{\"delta\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                // The client may have gone; the test sees that for itself.
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    Provider { port, requests }
}

#[tokio::test]
async fn g17_certificates_of_others_end_the_connection_and_no_variable_changes_that() {
    for (what, name, expired, trusted, served) in [
        ("good", "localhost", false, true, true),
        ("wrong name", "other.test", false, true, false),
        ("expired", "localhost", true, true, false),
        ("unknown issuer", "localhost", false, false, false),
    ] {
        let lab = Lab::new().await;
        let file = lab.write("ca.pem", "");
        let provider = provider(name, expired, &file).await;
        let config = lab.write(
            "plain/config.toml",
            &format!(
                "[store]\nholder = \"key-file\"\n[endpoints.mine]\nbase_url = \"https://localhost:{}/v1\"\n\
                 protocol = \"chat_completions\"\nmodels = [\"m\"]\nkey_env = \"MY_KEY\"\n",
                provider.port
            ),
        );
        let home = config.parent().expect("a folder").to_owned();
        fs_err::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("chmod");
        let run = async |args: &[&str]| {
            let mut command = lab.command(args);
            command
                .env("HERMES_HOME", &home)
                .env("MY_KEY", "sk-mine-0123456789");
            for name in ["HERMES_LAB_HOSTS", "HERMES_LAB_CLOCK"] {
                command.env_remove(name);
            }
            for (name, value) in [
                ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
                ("PYTHONHTTPSVERIFY", "0"),
                ("GIT_SSL_NO_VERIFY", "1"),
                ("SSL_NO_VERIFY", "1"),
                ("HERMES_INSECURE", "1"),
            ] {
                command.env(name, value);
            }
            if trusted {
                command.env("HERMES_CA_FILE", &file);
            }
            command.output().await.expect("hermes runs")
        };
        let added = run(&[
            "auth",
            "add",
            "custom:mine",
            "--method",
            "key",
            "--from-env",
            "MY_KEY",
            "--no-verify",
        ])
        .await;
        assert!(added.status.success(), "{what}: {added:?}");
        let asked = run(&["chat", "-m", "custom:mine/m", "hello"]).await;
        let code = if served { 0 } else { 7 };
        assert_eq!(asked.status.code(), Some(code), "{what}: {asked:?}");
        let seen = provider.requests.load(Ordering::SeqCst);
        assert_eq!(
            seen,
            usize::from(served),
            "{what}: requests the provider could read"
        );
    }
}
