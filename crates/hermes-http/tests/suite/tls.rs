//! TLS against a real socket: who is trusted and who is not.

use std::path::Path;
use std::sync::Arc;

use crate::common::{Step, config, ok, play};
use hermes_http::{Call, Http, HttpError, Url};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

/// A server with a self-signed certificate, whose PEM is written to `file`.
async fn serve(name: &str, expired: bool, file: &Path) -> Url {
    let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        parameters.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let mut out = fs_err::File::create(file).unwrap();
    std::io::Write::write_all(&mut out, certificate.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(play(stream, 0, vec![Step::Read, ok("safe")], Arc::default()));
            }
        }
    });
    Url::parse(&format!("https://localhost:{port}/")).unwrap()
}

async fn get(url: Url, ca: Option<&Path>) -> Result<Vec<u8>, HttpError> {
    let mut settings = config(None);
    settings.extra_ca = ca.map(Path::to_owned);
    let answer = Http::new(settings).unwrap().call(Call::get(url)).await?;
    Ok(answer.body)
}

#[tokio::test]
async fn tls_trusts_a_certificate_of_the_extra_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let url = serve("localhost", false, &file).await;
    assert_eq!(get(url.clone(), Some(&file)).await.unwrap(), b"safe");
    let error = get(url, None).await.unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }) && !error.sent(), "{error}");
}

#[tokio::test]
async fn tls_refuses_wrong_names_and_expired_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    for (name, expired) in [("other.example", false), ("localhost", true)] {
        let url = serve(name, expired, &file).await;
        let error = get(url, Some(&file)).await.unwrap_err();
        assert!(matches!(error, HttpError::Tls { .. }), "{name}: {error}");
    }
}

#[tokio::test]
async fn tls_with_an_unusable_extra_file_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let url = serve("localhost", false, &file).await;
    let empty = folder.path().join("empty.pem");
    fs_err::File::create(&empty).unwrap();
    for path in [empty, folder.path().join("missing.pem")] {
        let error = get(url.clone(), Some(&path)).await.unwrap_err();
        assert!(matches!(error, HttpError::Ca { .. }), "{error}");
        assert!(error.to_string().contains(".pem"));
    }
}
