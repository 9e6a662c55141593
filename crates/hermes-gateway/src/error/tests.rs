use std::path::PathBuf;

use hermes_core::language_faults;
use hermes_pool::StoreError;
use hermes_text::Both;
use hermes_text::errors::gateway as text;

use super::GatewayError;
use crate::tls::TlsError;

#[test]
fn every_error_says_the_same_in_each_language() {
    let file = || PathBuf::from("/etc/hermes/chain.pem");
    let errors: [GatewayError; 5] = [
        GatewayError::Listen(std::io::Error::other("in use")),
        StoreError::Locked(file()).into(),
        TlsError::Unreadable {
            file: file(),
            reason: Both::of(text::too_large),
        }
        .into(),
        TlsError::Unusable {
            file: file(),
            problem: Both::of(text::no_key),
        }
        .into(),
        TlsError::NoPair {
            certificate: file(),
            key: PathBuf::from("/etc/hermes/key.pem"),
        }
        .into(),
    ];
    for error in errors {
        assert_eq!(language_faults(&error), Vec::<String>::new());
    }
}
