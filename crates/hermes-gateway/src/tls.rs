//! The listener's certificate: read at the start, and again when its files change.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hermes_core::{Clock, ExitKind, Explain, Lang, Secret, display_in_english};
use hermes_text::Both;
use hermes_text::errors::gateway as text;
use rustls::crypto::ring;
use rustls::{Error, ServerConfig};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncReadExt as _;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_mins(1);
/// Most that is read of a file; chains are a few KiB.
const LARGEST: u64 = 1 << 20;

/// A certificate with its key. What it shows to clients follows its files while [`Tls::follow`] runs.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    config: Arc<ServerConfig>,
    /// Of the files as they were read last, good or not.
    seen: u64,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, too large, or not for us.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: Both,
    },
    /// A file holds something else than it should.
    Unusable {
        /// The file.
        file: PathBuf,
        /// The rest of the sentence.
        problem: Both,
    },
    /// Two good files that are not a pair.
    NoPair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
}

impl Explain for TlsError {
    fn kind(&self) -> &'static str {
        "tls_files"
    }

    fn exit(&self) -> ExitKind {
        ExitKind::Usage
    }

    fn message(&self, lang: Lang) -> String {
        let shown = |file: &Path| file.display().to_string();
        match self {
            Self::Unreadable { file, reason } => text::tls_unreadable(lang, &shown(file), reason.get(lang)),
            Self::Unusable { file, problem } => text::tls_unusable(lang, &shown(file), problem.get(lang)),
            Self::NoPair { certificate, key } => text::tls_no_pair(lang, &shown(key), &shown(certificate)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(text::tls_next(lang).to_owned())
    }
}

display_in_english!(TlsError);

impl Tls {
    /// Reads a chain, the server's own certificate first, and its key (PKCS#8, PKCS#1 or SEC1), both in PEM form.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub async fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let (chain, secret) = read_both(certificate, key).await?;
        let config = configure(certificate, key, &chain, &secret)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            held: Mutex::new(Held {
                config: Arc::new(config),
                seen: fingerprint(&chain, &secret),
            }),
        })
    }

    /// Takes a renewed certificate, for ever. Files that cannot be used change nothing but are told in the log.
    pub async fn follow(&self, clock: &dyn Clock) {
        loop {
            clock.sleep(EVERY).await;
            match self.renew().await {
                Ok(true) => tracing::info!("the certificate was renewed"),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the certificate's files cannot be used; the one in use stays");
                }
            }
        }
    }

    /// Looks at the files; whether they hold another pair, which is in use from now on.
    async fn renew(&self) -> Result<bool, TlsError> {
        let (chain, secret) = read_both(&self.certificate, &self.key).await?;
        let found = fingerprint(&chain, &secret);
        {
            let mut held = self.held();
            if held.seen == found {
                return Ok(false);
            }
            held.seen = found;
        }
        let config = configure(&self.certificate, &self.key, &chain, &secret)?;
        self.held().config = Arc::new(config);
        Ok(true)
    }

    /// For the next connection.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.held().config)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_both(certificate: &Path, key: &Path) -> Result<(Vec<u8>, Secret<Vec<u8>>), TlsError> {
    let chain = read(certificate).await?;
    Ok((chain, Secret::new(read(key).await?)))
}

async fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    let unreadable = |reason: Both| TlsError::Unreadable {
        file: file.to_owned(),
        reason,
    };
    // The path is in our message already.
    let open = tokio::fs::File::open(file)
        .await
        .map_err(|error| unreadable(Both::same(error.to_string())))?;
    let mut bytes = Vec::new();
    let read = open.take(LARGEST + 1).read_to_end(&mut bytes).await;
    read.map_err(|error| unreadable(Both::same(error.to_string())))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(Both::of(text::too_large)));
    }
    Ok(bytes)
}

/// Tells whether files have changed; nobody who could choose their bytes would gain by two that look alike.
fn fingerprint(chain: &[u8], key: &Secret<Vec<u8>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(chain);
    hasher.write_usize(chain.len());
    hasher.write(key.expose());
    hasher.finish()
}

fn configure(
    certificate: &Path,
    key: &Path,
    chain: &[u8],
    secret: &Secret<Vec<u8>>,
) -> Result<ServerConfig, TlsError> {
    let unusable = |file: &Path, problem: Both| TlsError::Unusable {
        file: file.to_owned(),
        problem,
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(certificate, Both::of(|lang| text::not_pem(lang, &error))))?;
    if chain.is_empty() {
        return Err(unusable(certificate, Both::of(text::no_certificate)));
    }
    let secret = PrivateKeyDer::from_pem_slice(secret.expose())
        .map_err(|error| unusable(key, key_problem(secret.expose(), &error)))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| match error {
            Error::InconsistentKeys(_) => TlsError::NoPair {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
            },
            Error::InvalidCertificate(_) => {
                unusable(certificate, Both::of(|lang| text::bad_certificate(lang, &error)))
            }
            other => unusable(key, Both::of(|lang| text::bad_key(lang, &other))),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn key_problem(bytes: &[u8], error: &pem::Error) -> Both {
    const SEALED: [&[u8]; 2] = [b"ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED"];
    if SEALED
        .iter()
        .any(|mark| bytes.windows(mark.len()).any(|part| part == *mark))
    {
        return Both::of(text::sealed_key);
    }
    match error {
        pem::Error::NoItemsFound => Both::of(text::no_key),
        other => Both::of(|lang| text::not_pem(lang, other)),
    }
}

#[cfg(test)]
mod tests;
