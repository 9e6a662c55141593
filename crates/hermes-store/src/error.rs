use std::path::{Path, PathBuf};

use hermes_core::{ExitKind, Explain, display_in_english};
use hermes_text::errors::store as text;
use hermes_text::{Both, Lang, Word};

use crate::Suspicion;

/// Why the store could not be used. Nothing was written unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the store for longer than the wait.
    Locked(PathBuf),
    /// The file exists but cannot be used.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Both,
    },
    /// Wrong owner, mode or kind of file.
    Unsafe {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: Both,
    },
    /// Made by a newer version.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// A lab store opened outside lab mode, or the other way round.
    Lab {
        /// The file.
        path: PathBuf,
        /// Whether the store is one of a lab.
        lab: bool,
    },
    /// The key is missing or wrong.
    Key {
        /// What is wrong.
        problem: Both,
    },
    /// One row is damaged; others still work.
    Damaged {
        /// Table, row and column.
        row: Both,
    },
    /// There is no such row.
    Missing {
        /// What was asked for.
        what: Both,
    },
    /// The value is already taken.
    Taken {
        /// What collides.
        what: Both,
    },
    /// The disk is full or read-only.
    NotWritable {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: Both,
    },
    /// The database cannot be reached now.
    Away {
        /// Its address, without a password.
        place: String,
        /// What happened.
        problem: Both,
    },
    /// The store may be a copy or older than what was seen: it serves, and renews nothing.
    Suspect {
        /// The store.
        place: String,
        /// Why.
        why: Suspicion,
    },
    /// What was asked for is not for this kind of store.
    NotForThis {
        /// What is not possible.
        problem: Both,
        /// What to do instead.
        instead: Word,
    },
    /// The back end failed in another way.
    Backend(Both),
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

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::Locked(path) => text::locked(lang, &shown(path)),
            Self::Unreadable { path, problem } => text::unreadable(lang, &shown(path), problem.get(lang)),
            Self::Unsafe { path, problem } => text::not_safe(lang, &shown(path), problem.get(lang)),
            Self::Newer { path, found, known } => text::newer(lang, &shown(path), *found, *known),
            Self::Lab { path, lab: true } => text::lab_only(lang, &shown(path)),
            Self::Lab { path, lab: false } => text::not_lab(lang, &shown(path)),
            Self::Key { problem } => text::key(lang, problem.get(lang)),
            Self::Damaged { row } => text::damaged(lang, row.get(lang)),
            Self::Missing { what } => text::missing(lang, what.get(lang)),
            Self::Taken { what } => text::taken(lang, what.get(lang)),
            Self::NotWritable { path, problem } => text::not_writable(lang, &shown(path), problem.get(lang)),
            Self::Away { place, problem } => text::away(lang, place, problem.get(lang)),
            Self::Suspect { place, why } => text::suspect(lang, place, &why.message(lang)),
            Self::NotForThis { problem, .. } => problem.get(lang).to_owned(),
            Self::Backend(problem) => text::backend(lang, problem.get(lang)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint: Word = match self {
            Self::Locked(_) => text::locked_next,
            Self::Unreadable { .. } => text::unreadable_next,
            Self::Unsafe { .. } => text::not_safe_next,
            Self::Newer { .. } => text::newer_next,
            Self::Lab { .. } => text::lab_next,
            Self::Key { .. } => text::key_next,
            Self::Damaged { .. } => text::damaged_next,
            Self::NotWritable { .. } => text::not_writable_next,
            Self::Away { .. } => text::away_next,
            Self::Suspect { .. } => text::suspect_next,
            Self::NotForThis { instead, .. } => *instead,
            Self::Missing { .. } | Self::Taken { .. } | Self::Backend(_) => return None,
        };
        Some(hint(lang).to_owned())
    }
}

display_in_english!(StoreError);

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
