//! This process among those that renew tokens: its name, and a lock file that the kernel lets go of when it dies.

use std::path::{Path, PathBuf};

use hermes_core::Random;
use hermes_text::Both;
use hermes_text::errors::store as text;

use crate::StoreError;
use crate::files::{self, Places};
use crate::lock::{Lock, hex};
use crate::place::Place;
use crate::sql::node::Holder;

/// Who renews.
pub(crate) struct Node {
    /// Random, new with every process.
    pub(crate) id: String,
    /// The home; a copy of it gets another name.
    pub(crate) machine: String,
    /// The start of the machine; another one means that every process of before is gone.
    pub(crate) boot: String,
    folder: PathBuf,
    _lock: Lock,
}

impl Node {
    /// Takes a lock of its own in the home. One process enters at a time: a lock file that is made and not locked yet looks like
    /// that of a process that has died, and the machine gets one name only.
    pub(crate) async fn enter(places: &Places, random: &dyn Random) -> Result<Self, StoreError> {
        let folder = places.run();
        files::make_folder(&folder)?;
        let entry = Lock::waited(&places.entry_lock(), places.database()).await?;
        sweep(&folder);
        let id = random_name(random);
        let lock = Lock::take(&lock_path(&folder, &id))?
            .ok_or_else(|| StoreError::Backend(Both::of(text::lock_held)))?;
        let machine = machine(places, random)?;
        drop(entry);
        Ok(Self {
            id,
            machine,
            boot: boot(),
            folder,
            _lock: lock,
        })
    }

    /// Whether a holder has provably ended: it is of an earlier start of this machine, its lock is free, or it is elsewhere, has
    /// been silent for the grace, and its token has ended, so that waiting longer gains nothing.
    pub(crate) fn is_gone(&self, holder: &Holder, token_ended: bool) -> bool {
        if holder.machine != self.machine {
            return holder.silent && token_ended;
        }
        if holder.boot != self.boot {
            return true;
        }
        holder.node != self.id && is_free(&lock_path(&self.folder, &holder.node))
    }

    /// Removes the lock file of a process that ends in order.
    pub(crate) fn leave(&self) {
        let path = lock_path(&self.folder, &self.id);
        // What is left is swept by the next process.
        let _ = files::remove(&path);
    }
}

/// The name that a home renews tokens under; none before it has renewed one. Changes nothing.
pub fn machine_name(home: &Path) -> Option<String> {
    let places = Places::new(home, home);
    let text = String::from_utf8(files::read(&places.machine(), 4096).ok()?).ok()?;
    Some(text.split_once(' ')?.0.to_owned())
}

fn lock_path(folder: &Path, node: &str) -> PathBuf {
    // The name comes from the database.
    let safe: String = node.chars().filter(char::is_ascii_hexdigit).collect();
    folder.join(format!("{safe}.lock"))
}

/// Whether nobody holds a lock file, or there is none.
fn is_free(path: &Path) -> bool {
    if !files::exists(path) {
        return true;
    }
    // What cannot be looked at is no proof.
    matches!(Lock::take(path), Ok(Some(_)))
}

/// Removes the lock files of processes that have died.
fn sweep(folder: &Path) {
    let Ok(entries) = fs_err::read_dir(folder) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let is_lock = path.extension().is_some_and(|extension| extension == "lock");
        if is_lock && is_free(&path) {
            // Another process may be sweeping too.
            let _ = files::remove(&path);
        }
    }
}

fn random_name(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    hex(&bytes)
}

/// The name of this home; made at the first call, and anew in a copy, whose processes are not those of the original.
fn machine(places: &Places, random: &dyn Random) -> Result<String, StoreError> {
    let path = places.machine();
    let here = Place::of(&places.folder);
    if files::check_file(&path)? {
        let text = String::from_utf8(files::read(&path, 4096)?).unwrap_or_default();
        if let Some((name, place)) = text.split_once(' ')
            && Place::parse(place.trim()).is_some_and(|noted| here.is(&noted))
        {
            return Ok(name.to_owned());
        }
    }
    let name = random_name(random);
    files::replace(&path, format!("{name} {}\n", here.to_text()).as_bytes())?;
    Ok(name)
}

/// Another value after every start of the machine; empty where the system has none, which proves nothing.
fn boot() -> String {
    let text = fs_err::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}
