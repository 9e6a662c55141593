//! The operating system's keyring. It holds one 32-byte key for each store, never a token.

use hermes_core::Secret;
use hermes_core::display_in_english;
use hermes_text::errors::store as text;
use hermes_text::{Both, Lang};

/// The service name of our entries; the account is the store's id.
const SERVICE: &str = "hermes";

/// A keyring. Calls may block and may put a question to the person; the caller runs them aside, with a limit.
pub trait Keyring: Send + Sync {
    /// The key of a store; none when there is no entry.
    fn get(&self, store: &str) -> Result<Option<Secret<Vec<u8>>>, KeyringProblem>;

    /// Keeps the key of a store.
    fn set(&self, store: &str, key: &Secret<Vec<u8>>) -> Result<(), KeyringProblem>;

    /// Removes the key of a store; no entry is fine.
    fn delete(&self, store: &str) -> Result<(), KeyringProblem>;
}

/// Why a keyring gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyringProblem {
    /// There is none on this machine or in this session.
    Absent,
    /// It is locked, or it refused.
    Locked,
    /// It did not answer in time.
    Slow,
    /// It failed in another way.
    Failed(Both),
}

impl KeyringProblem {
    /// Why, in words.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Absent => text::keyring_absent(lang).to_owned(),
            Self::Locked => text::keyring_locked(lang).to_owned(),
            Self::Slow => text::keyring_slow(lang).to_owned(),
            Self::Failed(problem) => text::keyring_failed(lang, problem.get(lang)),
        }
    }
}

display_in_english!(KeyringProblem);

/// A keyring that is not there: for homes that must not leave traces in the person's own one.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoKeyring;

impl Keyring for NoKeyring {
    fn get(&self, _: &str) -> Result<Option<Secret<Vec<u8>>>, KeyringProblem> {
        Err(KeyringProblem::Absent)
    }

    fn set(&self, _: &str, _: &Secret<Vec<u8>>) -> Result<(), KeyringProblem> {
        Err(KeyringProblem::Absent)
    }

    fn delete(&self, _: &str) -> Result<(), KeyringProblem> {
        Err(KeyringProblem::Absent)
    }
}

/// The keyring of this system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn get(&self, store: &str) -> Result<Option<Secret<Vec<u8>>>, KeyringProblem> {
        match system::entry(store)?.get_secret() {
            Ok(key) => Ok(Some(Secret::new(key))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(problem(&error)),
        }
    }

    fn set(&self, store: &str, key: &Secret<Vec<u8>>) -> Result<(), KeyringProblem> {
        system::entry(store)?
            .set_secret(key.expose())
            .map_err(|error| problem(&error))
    }

    fn delete(&self, store: &str) -> Result<(), KeyringProblem> {
        match system::entry(store)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(problem(&error)),
        }
    }
}

/// The variants that carry the stored bytes are not printed.
fn problem(error: &keyring_core::Error) -> KeyringProblem {
    use keyring_core::Error;
    match error {
        Error::NoStorageAccess(_) => KeyringProblem::Locked,
        Error::NoDefaultStore | Error::NotSupportedByStore(_) => KeyringProblem::Absent,
        Error::PlatformFailure(cause) => KeyringProblem::Failed(Both::same(printable(&cause.to_string()))),
        _ => KeyringProblem::Failed(Both::of(text::keyring_form)),
    }
}

/// Text from outside: printable and at most 200 characters.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}

#[cfg(target_os = "linux")]
mod system {
    use dbus_secret_service_keyring_store::Store;
    use keyring_core::Entry;
    use keyring_core::api::CredentialStoreApi;

    use super::{KeyringProblem, SERVICE, problem};

    pub(super) fn entry(store: &str) -> Result<Entry, KeyringProblem> {
        // No session bus, or no service on it, is the normal state of a server.
        let service = Store::new().map_err(|_| KeyringProblem::Absent)?;
        service
            .build(SERVICE, store, None)
            .map_err(|error| problem(&error))
    }
}

#[cfg(target_os = "macos")]
mod system {
    use apple_native_keyring_store::keychain::Store;
    use keyring_core::Entry;
    use keyring_core::api::CredentialStoreApi;

    use super::{KeyringProblem, SERVICE, problem};

    pub(super) fn entry(store: &str) -> Result<Entry, KeyringProblem> {
        let service = Store::new().map_err(|error| problem(&error))?;
        service
            .build(SERVICE, store, None)
            .map_err(|error| problem(&error))
    }
}

#[cfg(windows)]
mod system {
    use keyring_core::Entry;
    use keyring_core::api::CredentialStoreApi;
    use windows_native_keyring_store::Store;

    use super::{KeyringProblem, SERVICE, problem};

    pub(super) fn entry(store: &str) -> Result<Entry, KeyringProblem> {
        let service = Store::new().map_err(|error| problem(&error))?;
        service
            .build(SERVICE, store, None)
            .map_err(|error| problem(&error))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod system {
    use keyring_core::Entry;

    use super::KeyringProblem;

    pub(super) fn entry(_: &str) -> Result<Entry, KeyringProblem> {
        Err(KeyringProblem::Absent)
    }
}
