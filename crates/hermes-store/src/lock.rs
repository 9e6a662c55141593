//! Who has the store open, and the checksum of a store that nobody has open.
//!
//! Two lock files. The *gate* is held alone while a process opens or closes the store, so these never overlap. The *use*
//! lock is held shared, from a verified open to the close. The kernel drops both when a process dies.
//! The checksum file exists only while the database file has not been written since the last close: the last process out
//! writes it, and each process removes it before its own first write.

use std::fs::TryLockError;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::files::{self, Places};
use crate::{StoreError, thread};

/// As long as SQLite waits for its own locks.
const WAIT: Duration = Duration::from_secs(5);
/// A checksum file is one short line.
const SUM_LIMIT: u64 = 256;

/// A lock that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: std::fs::File,
    path: PathBuf,
}

impl Lock {
    fn file(path: &Path) -> Result<Self, StoreError> {
        let file = files::open_or_create(path)?.into_parts().0;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// The lock for opening and closing, waited for.
    pub(crate) async fn gate(places: &Places) -> Result<Self, StoreError> {
        Self::waited(&places.gate_lock(), places.database()).await
    }

    /// A lock file, waited for; one that nobody lets go of means that `named` is locked.
    pub(crate) async fn waited(path: &Path, named: PathBuf) -> Result<Self, StoreError> {
        let lock = Self::file(path)?;
        match lock.file.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(files::io(&lock.path, &error)),
        }
        let taken = thread::limited(WAIT, move || lock.file.lock().map(|()| lock)).await;
        match taken {
            Some(Ok(lock)) => Ok(lock),
            Some(Err(error)) => Err(files::io(path, &error)),
            None => Err(StoreError::Locked(named)),
        }
    }

    /// A lock file, at once; none while somebody else holds it.
    pub(crate) fn take(path: &Path) -> Result<Option<Self>, StoreError> {
        let lock = Self::file(path)?;
        match lock.file.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(files::io(path, &error)),
        }
    }

    /// The use lock, alone: none while another process has the store open.
    pub(crate) fn alone(places: &Places) -> Result<Option<Self>, StoreError> {
        Self::take(&places.use_lock())
    }

    /// The use lock, shared. Call it with the gate held: then nobody can hold it alone.
    pub(crate) fn shared(places: &Places) -> Result<Self, StoreError> {
        let lock = Self::file(&places.use_lock())?;
        match lock.file.try_lock_shared() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked(places.database())),
            Err(TryLockError::Error(error)) => Err(files::io(&lock.path, &error)),
        }
    }
}

/// The line that describes a file: `sha256 <hex> <length>`.
pub(crate) fn describe(path: &Path) -> Result<String, StoreError> {
    let mut file = files::open(path)?;
    let mut hash = Sha256::new();
    let mut length = 0_u64;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut buffer).map_err(|error| files::io(path, &error))?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        length += count as u64;
    }
    Ok(format!("sha256 {} {length}\n", hex(&hash.finalize())))
}

/// Writes the checksum beside a file.
pub(crate) fn write_sum(file: &Path, sum: &Path) -> Result<(), StoreError> {
    files::replace(sum, describe(file)?.as_bytes())
}

/// Whether a file agrees with its checksum file; none when there is no checksum.
pub(crate) fn matches(file: &Path, sum: &Path) -> Result<Option<bool>, StoreError> {
    if !files::check_file(sum)? {
        return Ok(None);
    }
    let stated = files::read(sum, SUM_LIMIT)?;
    Ok(Some(describe(file)?.as_bytes() == stated))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}
