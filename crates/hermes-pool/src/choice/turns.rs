//! Whose turn it is, counted over all processes of one home.
//!
//! A turn is the place of a byte that is appended to a file. The system gives every appended byte a place of its own, so no
//! lock is held and a process that was stopped at any moment holds up nobody.

use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fs_err as fs;
use hermes_core::{CredentialId, ProviderId};

use crate::private;

/// The file begins anew after this many turns: a multiple of every number up to 16, so that nobody in a pool of at most
/// that size loses a turn by it.
const LAP: u64 = 720_720;

/// A counter of turns.
pub(crate) struct Turns {
    path: Option<PathBuf>,
    file: Mutex<Tape>,
    local: AtomicU64,
}

#[derive(Default)]
enum Tape {
    #[default]
    Unopened,
    Open(fs::File),
    /// It cannot be used; turns are counted for this process alone.
    Unusable,
}

impl Turns {
    /// A provider's counter in the home's run folder; without one it counts for this process alone.
    pub(crate) fn new(run: Option<&Path>, provider: &ProviderId) -> Self {
        // A provider's id may hold what a file name must not.
        let name = CredentialId::named(provider.as_str()).simple();
        Self {
            path: run.map(|run| run.join("turns").join(name)),
            file: Mutex::default(),
            local: AtomicU64::new(0),
        }
    }

    /// The next turn. Costs two calls of the system, and no wait.
    pub(crate) fn next(&self) -> u64 {
        self.shared()
            .unwrap_or_else(|| self.local.fetch_add(1, Ordering::Relaxed))
    }

    fn shared(&self) -> Option<u64> {
        let path = self.path.as_ref()?;
        let mut tape = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = match &mut *tape {
            Tape::Unusable => return None,
            Tape::Open(file) => take(file),
            Tape::Unopened => open(path).and_then(|mut file| {
                let turn = take(&mut file);
                *tape = Tape::Open(file);
                turn
            }),
        };
        if let Err(error) = &turn {
            tracing::warn!(%error, "turns are not shared with other processes");
            *tape = Tape::Unusable;
        }
        turn.ok()
    }
}

fn take(file: &mut fs::File) -> io::Result<u64> {
    file.write_all(b".")?;
    let end = file.stream_position()?;
    if end % LAP == 0 {
        file.set_len(0)?;
    }
    Ok(end.saturating_sub(1))
}

fn open(path: &Path) -> io::Result<fs::File> {
    private::open(path, fs::OpenOptions::new().append(true).create(true))
}
