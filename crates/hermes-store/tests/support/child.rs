//! A test that starts its own executable again, to be killed or to run beside itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hermes_core::{OsRandom, SystemClock};
use hermes_store::{HolderChoice, NoKeyring, OpenOptions};

/// What a child is told by further test filters: its folder, and its part if there is more than one. None in the test itself.
pub(crate) fn part() -> Option<(PathBuf, Option<String>)> {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.find(|argument| Path::new(argument).is_absolute())?;
    Some((PathBuf::from(root), arguments.next()))
}

/// An existing store in a folder, with a real clock.
pub(crate) fn options(root: &Path) -> OpenOptions {
    OpenOptions {
        folder: root.join("home"),
        config_folder: root.join("config"),
        server: None,
        state_folder: None,
        create: false,
        lab: false,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(OsRandom),
    }
}
