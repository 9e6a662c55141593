//! Where a store lives, so that a copy of it is noticed: two stores that renew the same logins end them.

use std::path::Path;

use hermes_core::display_in_english;
use hermes_text::errors::store as text;
use hermes_text::{Both, Lang};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files;
use crate::lock::hex;

/// Why a store may not be the only one with its logins. It serves, and renews nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// It is in another place than the one noted in it.
    Copy {
        /// That place, in words.
        original: Both,
    },
    /// It is older than what this machine has seen.
    Older {
        /// Renewals.
        missing: i64,
    },
    /// Its logins are in another store now.
    Moved {
        /// That store.
        heir: String,
    },
}

impl Suspicion {
    /// Why, in words.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Self::Copy { original } => text::copy(lang, original.get(lang)),
            Self::Older { missing } => text::older(lang, *missing),
            Self::Moved { heir } => text::moved(lang, heir),
        }
    }

    /// What a person can do.
    pub fn next_step(&self, lang: Lang) -> &'static str {
        match self {
            Self::Moved { .. } => text::moved_next(lang),
            Self::Copy { .. } => text::copy_next(lang),
            Self::Older { .. } => text::older_next(lang),
        }
    }
}

display_in_english!(Suspicion);

/// A folder on a machine, or a database of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Fingerprint of the machine's id, or the server's own id.
    pub(crate) machine: String,
    /// Path of the folder, or name of the database.
    pub(crate) path: String,
    /// Device and inode of the folder; zero where there is none.
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl Place {
    /// The place of a home.
    pub(crate) fn of(folder: &Path) -> Self {
        let (device, inode) = platform::identity(folder);
        let path = fs_err::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        Self {
            machine: machine(),
            path: path.display().to_string(),
            device,
            inode,
        }
    }

    /// Whether this is the place that was noted. A folder that was renamed is still the same one, and a device may get another
    /// number at a restart; a copy has another inode, and mostly another path.
    pub(crate) fn is(&self, noted: &Self) -> bool {
        let stayed = self.path == noted.path && self.inode == noted.inode;
        let renamed = self.device == noted.device && self.inode == noted.inode && self.inode != 0;
        self.machine == noted.machine && (stayed || renamed)
    }

    pub(crate) fn in_words(&self) -> Both {
        let server = self.device == 0 && !self.path.contains('/');
        Both::of(|lang| {
            if server {
                text::place_other_server(lang, &self.path)
            } else {
                text::place_folder(lang, &self.path)
            }
        })
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a flat struct of text and numbers is valid JSON")
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A fingerprint of the machine's id, so that the id itself goes into no file; the same for all where there is none.
fn machine() -> String {
    let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .find_map(|path| fs_err::read_to_string(path).ok())
        .unwrap_or_default();
    let hash = Sha256::digest(format!("hermes machine 1 {}", id.trim()).as_bytes());
    hex(&hash[..16])
}

/// What this machine has last seen of a store, kept beside it and outside of it.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    store: String,
    rotations: i64,
}

/// The most rotations that a mark of this store tells of.
pub(crate) fn seen(marks: &[std::path::PathBuf], store: &str) -> i64 {
    let read = |path: &std::path::PathBuf| {
        let bytes = files::read(path, 1024).ok()?;
        let mark: Mark = serde_json::from_slice(&bytes).ok()?;
        (mark.store == store).then_some(mark.rotations)
    };
    marks.iter().filter_map(read).max().unwrap_or(0)
}

/// Writes the marks anew. One that cannot be written only makes a later rollback harder to notice.
pub(crate) fn note(marks: &[std::path::PathBuf], store: &str, rotations: i64) {
    let mark = Mark {
        store: store.to_owned(),
        rotations,
    };
    let text = serde_json::to_string(&mark).expect("a flat struct of text and numbers is valid JSON");
    for path in marks {
        let folder = path.parent().map_or(Ok(()), files::make_folder);
        if let Err(error) = folder.and_then(|()| files::replace_soon(path, text.as_bytes())) {
            tracing::debug!(%error, "the mark of the store was not written");
        }
    }
}

#[cfg(unix)]
mod platform {
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    pub(super) fn identity(folder: &Path) -> (u64, u64) {
        fs_err::metadata(folder).map_or((0, 0), |metadata| (metadata.dev(), metadata.ino()))
    }
}

#[cfg(not(unix))]
mod platform {
    use std::path::Path;

    pub(super) fn identity(_: &Path) -> (u64, u64) {
        (0, 0)
    }
}

#[cfg(test)]
mod tests;
