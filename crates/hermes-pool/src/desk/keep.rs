//! Which logins waited when the program ended. Only ids are written: the logins themselves are sealed in the store.

use std::io::Write;
use std::path::{Path, PathBuf};

use hermes_core::AttemptId;
use tokio::sync::Mutex;

use crate::private;

/// One id a line.
const NAME: &str = "logins";

pub(super) struct Kept {
    path: Option<PathBuf>,
    writing: Mutex<()>,
}

impl Kept {
    pub(super) fn new(run: Option<&Path>) -> Self {
        Self {
            path: run.map(|folder| folder.join(NAME)),
            writing: Mutex::default(),
        }
    }

    /// The ids of the last run; none when nothing is known of it.
    pub(super) async fn read(&self) -> Vec<AttemptId> {
        let Some(path) = &self.path else {
            return Vec::new();
        };
        let text = fs_err::tokio::read_to_string(path).await.unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Writes them down. A login that is not found again after a restart only has to be started again, so a failure is told and no more.
    pub(super) async fn write(&self, ids: &[AttemptId]) {
        let Some(path) = &self.path else { return };
        let _turn = self.writing.lock().await;
        let lines: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let text = lines.join("\n");
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let written = private::open(path, &mut options).and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "the logins that wait could not be noted for a restart");
        }
    }
}
