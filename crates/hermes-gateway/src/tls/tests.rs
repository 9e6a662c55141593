use std::path::PathBuf;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

use super::{Tls, TlsError};

/// A pair of the kind that most authorities hand out.
fn pair() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["hermes.example.com".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

struct Files {
    _folder: TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn new(certificate: &str, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Self {
            certificate: folder.path().join("chain.pem"),
            key: folder.path().join("key.pem"),
            _folder: folder,
        };
        files.write(certificate, key);
        files
    }

    fn write(&self, certificate: &str, key: &str) {
        fs_err::write(&self.certificate, certificate).unwrap();
        fs_err::write(&self.key, key).unwrap();
    }

    async fn load(&self) -> Result<Tls, TlsError> {
        Tls::load(&self.certificate, &self.key).await
    }
}

#[tokio::test]
async fn keys_of_all_three_forms_are_read() {
    let (certificate, key) = pair();
    assert!(key.contains("BEGIN PRIVATE KEY"));
    for (certificate, key) in [
        (certificate.as_str(), key.as_str()),
        (include_str!("samples/rsa.pem"), include_str!("samples/rsa.key")),
        (include_str!("samples/ec.pem"), include_str!("samples/ec.key")),
    ] {
        let tls = Files::new(certificate, key).load().await.unwrap();
        assert_eq!(tls.config().alpn_protocols, [b"http/1.1"]);
    }
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_with_the_reason() {
    let (certificate, key) = pair();
    let sealed = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (certificate, key, said) in [
        ("", key.as_str(), "chain.pem` holds no certificate in PEM form"),
        (&key, &key, "chain.pem` holds no certificate in PEM form"),
        (&certificate, "", "key.pem` holds no private key in PEM form"),
        (
            &certificate,
            &certificate,
            "key.pem` holds no private key in PEM form",
        ),
        (
            &certificate,
            sealed,
            "key.pem` holds a key that is sealed with a passphrase",
        ),
        (&certificate, &pair().1, "is not that of the certificate in"),
        (
            &certificate,
            "-----BEGIN PRIVATE KEY-----\n???",
            "key.pem` is not in PEM form",
        ),
        (
            &"a".repeat((1 << 20) + 1),
            &key,
            "chain.pem` cannot be read: it is larger than 1 MiB",
        ),
    ] {
        let error = Files::new(certificate, key).load().await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        // Nothing of a key is told, whatever is wrong with it.
        assert!(!error.to_string().contains("MII"), "{error}");
    }
    let missing = Files::new(&certificate, &key);
    fs_err::remove_file(&missing.key).unwrap();
    let error = missing.load().await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("key.pem` cannot be read: No such file"),
        "{error}"
    );
}

#[tokio::test]
async fn renewed_files_are_taken_and_broken_ones_change_nothing() {
    let (certificate, key) = pair();
    let files = Files::new(&certificate, &key);
    let tls = files.load().await.unwrap();
    let first = tls.config();
    assert!(!tls.renew().await.unwrap(), "nothing has changed");
    // Between the writing of the two files they are no pair.
    let (newer, its_key) = pair();
    files.write(&newer, &key);
    assert!(matches!(tls.renew().await, Err(TlsError::NoPair { .. })));
    assert!(std::sync::Arc::ptr_eq(&first, &tls.config()));
    files.write(&newer, &its_key);
    assert!(tls.renew().await.unwrap());
    assert!(!std::sync::Arc::ptr_eq(&first, &tls.config()));
    fs_err::remove_file(&files.key).unwrap();
    assert!(tls.renew().await.is_err());
}
