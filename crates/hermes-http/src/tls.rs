use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hermes_text::Both;
use hermes_text::errors::http as text;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::HttpError;
use crate::error::{foreign, printable};

/// TLS with the system's trust roots, read at the first use since that takes longer than most commands run.
#[derive(Debug)]
pub(crate) struct Tls {
    extra_ca: Option<PathBuf>,
    config: OnceCell<Arc<ClientConfig>>,
}

impl Tls {
    pub(crate) fn new(extra_ca: Option<PathBuf>) -> Self {
        Self {
            extra_ca,
            config: OnceCell::new(),
        }
    }

    /// Shakes hands over a connection; the certificate must be valid for the host.
    pub(crate) async fn handshake(
        &self,
        host: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, HttpError> {
        let failed = |reason: &dyn Display| HttpError::Tls {
            host: Some(printable(host)),
            reason: foreign(reason),
        };
        let config = self.config.get_or_try_init(|| self.load()).await?;
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|error| failed(&error))?;
        TlsConnector::from(Arc::clone(config))
            .connect(name, stream)
            .await
            .map_err(|error| failed(&error))
    }

    async fn load(&self) -> Result<Arc<ClientConfig>, HttpError> {
        let extra = self.extra_ca.clone();
        let loaded = tokio::task::spawn_blocking(move || load_roots(extra.as_deref())).await;
        let roots = loaded.map_err(|_| no_roots(&Both::of(text::roots_interrupted)))??;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| no_roots(&foreign(&error)))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

fn load_roots(extra: Option<&Path>) -> Result<RootCertStore, HttpError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = extra {
        add_file(&mut roots, path)?;
    }
    if roots.is_empty() {
        let cause = native.errors.first().map(|error| foreign(error));
        return Err(no_roots(
            &cause.unwrap_or_else(|| Both::of(text::no_root_installed)),
        ));
    }
    Ok(roots)
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), HttpError> {
    let wrong = |reason| HttpError::Ca {
        path: path.display().to_string(),
        reason,
    };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(foreign(&error)))?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(wrong(Both::of(text::no_certificate)));
    }
    Ok(())
}

fn no_roots(reason: &Both) -> HttpError {
    HttpError::Tls {
        host: None,
        reason: Both::of(|lang| text::no_roots(lang, reason.get(lang))),
    }
}
