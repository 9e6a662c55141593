//! A program that serves other machines, and a client that speaks TLS with it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hermes_sim::SimOptions;
use rcgen::{CertifiedKey, PublicKeyData as _, generate_simple_self_signed};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::harness::{Lab, Up};

pub(super) const PASSWORD: &str = "correct horse battery";

/// The running program.
pub(super) struct House {
    pub(super) lab: Lab,
    /// Its name and port.
    pub(super) host: String,
    /// The link that it printed.
    pub(super) link: String,
    /// SHA-256 of its public key, base64.
    pub(super) key: String,
    port: u16,
    certificate: Option<CertificateDer<'static>>,
    flags: Vec<String>,
    up: Option<Up>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) body: String,
    head: String,
}

impl Said {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl House {
    /// With a certificate of its own, which lets other machines in at any address.
    pub(super) async fn with_tls() -> Self {
        Self::certified(Lab::with(SimOptions::default(), "+0s").await).await
    }

    /// The same where minutes are short.
    pub(super) async fn in_a_hurry() -> Self {
        Self::certified(Lab::new().await).await
    }

    async fn certified(lab: Lab) -> Self {
        let (certificate, key, files) = write_pair(&lab);
        let flags = ["--tls-cert", &files[0], "--tls-key", &files[1]];
        Self::start(lab, &flags, "", Some(certificate), key).await
    }

    /// On this machine, where a proxy would hand requests on; with further lines under `[gateway]`.
    pub(super) async fn behind_proxy(settings: &str) -> Self {
        let lab = Lab::with(SimOptions::default(), "+0s").await;
        Self::start(lab, &["--behind-proxy"], settings, None, String::new()).await
    }

    /// Puts another certificate in the place of the one in use; it shows at the next handshakes that succeed.
    pub(super) fn renew(&mut self) {
        self.certificate = Some(write_pair(&self.lab).0);
    }

    /// Whether it shows the certificate in its files.
    pub(super) async fn shows_its_files(&self) -> bool {
        let stream = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .expect("it listens");
        let certificate = self.certificate.as_ref().expect("a certificate");
        handshake(stream, certificate).await.is_ok()
    }

    async fn start(
        lab: Lab,
        flags: &[&str],
        settings: &str,
        certificate: Option<CertificateDer<'static>>,
        key: String,
    ) -> Self {
        let done = lab
            .run_with_input(&["dashboard", "password", "--stdin"], PASSWORD)
            .await;
        assert_eq!(done.code, 0, "{done:?}");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let host = format!("hermes.test:{port}");
        lab.config(&format!("[gateway]\nallowed_hosts = [\"{host}\"]\n{settings}\n"));
        let mut house = Self {
            lab,
            link: String::new(),
            host,
            key,
            port,
            certificate,
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            up: None,
        };
        house.open().await;
        house
    }

    async fn open(&mut self) {
        let flags = self.flags.iter().map(String::as_str);
        let flags: Vec<_> = std::iter::once("--json").chain(flags).collect();
        let mut up = self.lab.up_at(([127, 0, 0, 1], self.port).into(), &flags).await;
        let told = up.told().await;
        assert_eq!(told["url"], format!("https://{}", self.host));
        told["dashboard"]
            .as_str()
            .expect("a link")
            .clone_into(&mut self.link);
        self.up = Some(up);
    }

    /// Starts the program again, so many seconds later.
    pub(super) async fn later(&mut self, seconds: u32) {
        if let Some(up) = self.up.take() {
            assert_eq!(up.end().await.code, 0);
        }
        self.lab.set("HERMES_LAB_CLOCK", &format!("+{seconds}s"));
        self.open().await;
    }

    /// The listener by the name that every machine has for itself.
    pub(super) fn here(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(super) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Said {
        self.ask_as(&self.host, method, path, headers, body).await
    }

    /// One request with this `Host`.
    pub(super) async fn ask_as(
        &self,
        host: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Said {
        let lines: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let lines = lines.concat();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{lines}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let stream = TcpStream::connect(("127.0.0.1", self.port))
            .await
            .expect("it listens");
        match &self.certificate {
            Some(certificate) => {
                exchange(handshake(stream, certificate).await.expect("a handshake"), &text).await
            }
            None => exchange(stream, &text).await,
        }
    }
}

/// Writes a certificate and its key for `hermes.test`; the files.
pub(super) fn certify(lab: &Lab) -> [String; 2] {
    write_pair(lab).2
}

/// Writes a certificate and its key; the certificate, SHA-256 of its public key in base64, and the files.
fn write_pair(lab: &Lab) -> (CertificateDer<'static>, String, [String; 2]) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["hermes.test".to_owned()]).expect("a certificate");
    let files = [
        lab.write("chain.pem", &cert.pem()),
        lab.write("key.pem", &signing_key.serialize_pem()),
    ];
    let print = STANDARD.encode(Sha256::digest(signing_key.subject_public_key_info()));
    let files = files.map(|file| file.display().to_string());
    (cert.der().clone(), print, files)
}

async fn handshake(
    stream: TcpStream,
    certificate: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("hermes.test").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, text: &str) -> Said {
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    Said {
        status: head
            .get(9..12)
            .and_then(|text| text.parse().ok())
            .expect("a status"),
        body: body.to_owned(),
        head: head.to_owned(),
    }
}
