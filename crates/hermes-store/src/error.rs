use std::path::PathBuf;

use hermes_core::{ExitKind, Explain};

use crate::Suspicion;

/// Why the store could not be used. Nothing was written unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the store for longer than the wait.
    #[error("the store `{}` is locked by another process", .0.display())]
    Locked(PathBuf),
    /// The file exists but cannot be used.
    #[error("the store `{}` cannot be read: {problem}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Wrong owner, mode or kind of file.
    #[error("`{}` is not safe to use: {problem}", .path.display())]
    Unsafe {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Made by a newer version.
    #[error("the store `{}` has schema {found}, this version knows up to {known}", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// A lab store opened outside lab mode, or the other way round.
    #[error("the store `{}` {problem}", .path.display())]
    Lab {
        /// The file.
        path: PathBuf,
        /// Which way round.
        problem: &'static str,
    },
    /// The key is missing or wrong.
    #[error("the store's key cannot be used: {problem}")]
    Key {
        /// What is wrong.
        problem: String,
    },
    /// One row is damaged; others still work.
    #[error("{row} is damaged and cannot be opened")]
    Damaged {
        /// Table, row and column.
        row: String,
    },
    /// There is no such row.
    #[error("there is no {what}")]
    Missing {
        /// What was asked for.
        what: String,
    },
    /// The value is already taken.
    #[error("{what} is already in use")]
    Taken {
        /// What collides.
        what: String,
    },
    /// The disk is full or read-only.
    #[error("the store `{}` cannot be written: {problem}", .path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// The database cannot be reached now.
    #[error("the database `{place}` cannot be reached: {problem}")]
    Away {
        /// Its address, without a password.
        place: String,
        /// What happened.
        problem: String,
    },
    /// The store may be a copy or older than what was seen: it serves, and renews nothing.
    #[error("the store `{place}` renews no token: {why}")]
    Suspect {
        /// The store.
        place: String,
        /// Why.
        why: Suspicion,
    },
    /// What was asked for is not for this kind of store.
    #[error("{problem}")]
    NotForThis {
        /// What is not possible.
        problem: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// The back end failed in another way.
    #[error("the store failed: {0}")]
    Backend(String),
}

impl Explain for StoreError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Locked(_) => "store_locked",
            Self::Unreadable { .. } => "store_unreadable",
            Self::Unsafe { .. } => "store_unsafe",
            Self::Newer { .. } => "store_newer",
            Self::Lab { .. } => "store_lab",
            Self::Key { .. } => "store_key",
            Self::Damaged { .. } => "store_damaged",
            Self::Missing { .. } => "not_found",
            Self::Taken { .. } => "taken",
            Self::NotWritable { .. } => "store_not_writable",
            Self::Away { .. } => "store_away",
            Self::Suspect { .. } => "store_suspect",
            Self::NotForThis { .. } => "store_kind",
            Self::Backend(_) => "store_failed",
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::Missing { .. } | Self::Taken { .. } | Self::NotForThis { .. } => ExitKind::Usage,
            _ => ExitKind::Store,
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Locked(_) => "Try again in a moment, or end the other process.",
            Self::Unreadable { .. } => {
                "Restore a backup with `hermes restore`; the file itself was left as it is."
            }
            Self::Unsafe { .. } => {
                "Make it yours alone (`chmod 600`, and `chmod 700` for its folder), then try again."
            }
            Self::Newer { .. } => "Use the newer `hermes` that made it; nothing was changed.",
            Self::Lab { .. } => "Use another `--home`, or the same lab settings the home was made with.",
            Self::Key { .. } => {
                "Put the key back (key file, keyring entry or passphrase); nothing was changed."
            }
            Self::Damaged { .. } => {
                "Sign in to that account again, or restore a backup with `hermes restore`."
            }
            Self::NotWritable { .. } => "Free some space or make the folder writable; nothing was changed.",
            Self::Away { .. } => {
                "Check the address given by `--store`, and that the server runs; tokens that are still good are served meanwhile."
            }
            Self::Suspect { .. } => {
                "Its tokens serve until they end. If this is the only store of these logins, run `hermes store adopt`; if the \
                 original is still in use, sign in here anew instead."
            }
            Self::NotForThis { instead, .. } => instead,
            Self::Missing { .. } | Self::Taken { .. } | Self::Backend(_) => return None,
        };
        Some(text.to_owned())
    }
}
