//! Private files: mode 0600 from the first byte, in folders of mode 0700, checked at every use.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;
use hermes_text::Both;
use hermes_text::errors::store as text;

use crate::StoreError;

/// The names inside a home and its config folder.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) config_folder: PathBuf,
    /// Names of the key file and of the mark.
    key_name: &'static str,
    mark_name: &'static str,
}

impl Places {
    pub(crate) fn new(folder: &Path, config_folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            config_folder: config_folder.to_owned(),
            key_name: "store.key",
            mark_name: "hermes.mark",
        }
    }

    /// The places of a machine whose credentials are in a server's database: key file and mark have other names, since the home
    /// may have a store of its own too.
    pub(crate) fn of_server(folder: &Path, config_folder: &Path) -> Self {
        Self {
            key_name: "server.key",
            mark_name: "server.mark",
            ..Self::new(folder, config_folder)
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("hermes.db")
    }

    /// The store while it is being created; renamed when it is complete.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.folder.join("hermes.db.new")
    }

    /// Says which store is being created; gone before the store gets its name.
    pub(crate) fn creation_note(&self) -> PathBuf {
        self.folder.join("hermes.db.creating")
    }

    pub(crate) fn checksum(&self) -> PathBuf {
        self.folder.join("hermes.db.sum")
    }

    pub(crate) fn write_ahead_log(&self) -> PathBuf {
        self.folder.join("hermes.db-wal")
    }

    pub(crate) fn shared_memory(&self) -> PathBuf {
        self.folder.join("hermes.db-shm")
    }

    /// Held shared by every process that has the store open.
    pub(crate) fn use_lock(&self) -> PathBuf {
        self.folder.join("hermes.lock")
    }

    /// Held by whoever is opening or closing the store.
    pub(crate) fn gate_lock(&self) -> PathBuf {
        self.folder.join("hermes.gate")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log.db")
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.folder.join("backups")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.config_folder.join(self.key_name)
    }

    /// Lock files of running processes.
    pub(crate) fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// Received tokens that are on their way into the database.
    pub(crate) fn spill(&self) -> PathBuf {
        self.folder.join("spill")
    }

    /// The name of this home among the machines that share a database.
    pub(crate) fn machine(&self) -> PathBuf {
        self.run().join("machine")
    }

    /// Held by a process while it enters the folder of running ones.
    pub(crate) fn entry_lock(&self) -> PathBuf {
        self.run().join("entry")
    }

    /// What was last seen of the store.
    pub(crate) fn mark(&self) -> PathBuf {
        self.folder.join(self.mark_name)
    }

    /// Checks folder and files that exist: kind, owner, mode, links.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        check_folder(&self.folder)?;
        for folder in [self.backups(), self.run(), self.spill()] {
            check_contents(&folder)?;
        }
        let log = self.log();
        let files = [
            self.database(),
            self.write_ahead_log(),
            self.shared_memory(),
            self.checksum(),
            self.use_lock(),
            self.gate_lock(),
            self.key_file(),
            self.mark(),
            with_suffix(&log, "-wal"),
            with_suffix(&log, "-shm"),
            log,
        ];
        files.iter().try_for_each(|file| check_file(file).map(drop))
    }
}

/// `path` with text appended to its file name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether there is anything at the path; a dangling symbolic link counts.
pub(crate) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A file's length; zero when there is none.
pub(crate) fn length(path: &Path) -> u64 {
    fs::symlink_metadata(path).map_or(0, |metadata| metadata.len())
}

/// Makes a folder (with its parents) of mode 0700, or checks the one that is there.
pub(crate) fn make_folder(path: &Path) -> Result<(), StoreError> {
    if exists(path) {
        return check_folder(path);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| not_made(path, &error))?;
    }
    match platform::make_folder(path) {
        Ok(()) => Ok(()),
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_folder(path),
        Err(error) => Err(not_made(path, &error)),
    }
}

/// What could not be made or written holds nothing that could be damaged, whatever the reason is.
pub(crate) fn not_made(path: &Path, error: &io::Error) -> StoreError {
    StoreError::NotWritable {
        path: path.to_owned(),
        problem: Both::same(error.to_string()),
    }
}

/// Refuses a folder that is a link, somebody else's, or open to others.
pub(crate) fn check_folder(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::symlink_metadata(path).map_err(|error| io(path, &error))?;
    if !metadata.is_dir() {
        return Err(not_safe(path, Both::of(text::not_folder)));
    }
    platform::check_owner(path, &metadata)
}

/// Checks a folder, if there is one, and every file in it. Files may go while this looks.
fn check_contents(folder: &Path) -> Result<(), StoreError> {
    if !exists(folder) {
        return Ok(());
    }
    check_folder(folder)?;
    for entry in fs::read_dir(folder).map_err(|error| io(folder, &error))? {
        let path = entry.map_err(|error| io(folder, &error))?.path();
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        if is_folder {
            check_contents(&path)?;
        } else {
            check_file(&path)?;
        }
    }
    Ok(())
}

/// Refuses a file that is a link, has several names, is somebody else's or open to others. False when there is none.
pub(crate) fn check_file(path: &Path) -> Result<bool, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => check_metadata(path, &metadata).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io(path, &error)),
    }
}

fn check_metadata(path: &Path, metadata: &std::fs::Metadata) -> Result<(), StoreError> {
    if metadata.is_symlink() {
        return Err(not_safe(path, Both::of(text::symlink)));
    }
    if !metadata.is_file() {
        return Err(not_safe(path, Both::of(text::not_file)));
    }
    platform::check_links(path, metadata)?;
    platform::check_owner(path, metadata)
}

/// Creates a file of mode 0600; fails when anything is there already.
pub(crate) fn create(path: &Path) -> Result<fs::File, StoreError> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    platform::no_follow(&mut options);
    let file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Taken {
            what: Both::of(|lang| text::file(lang, &path.display().to_string())),
        },
        _ => io(path, &error),
    })?;
    platform::restrict(&file).map_err(|error| io(path, &error))?;
    Ok(file)
}

/// Opens a file for reading and writing, creating it if needed, and checks what was opened.
pub(crate) fn open_or_create(path: &Path) -> Result<fs::File, StoreError> {
    check_file(path)?;
    match create(path) {
        Err(StoreError::Taken { .. }) => open(path),
        other => other,
    }
}

/// Opens an existing file without following links and checks what was opened.
pub(crate) fn open(path: &Path) -> Result<fs::File, StoreError> {
    check_file(path)?;
    let mut options = fs::OpenOptions::new();
    options.read(true);
    platform::no_follow(&mut options);
    let file = options.open(path).map_err(|error| io(path, &error))?;
    let metadata = file.metadata().map_err(|error| io(path, &error))?;
    check_metadata(path, &metadata)?;
    Ok(file)
}

/// Opens a file for writing, creating it if needed, and checks what was opened.
pub(crate) fn open_for_writing(path: &Path) -> Result<fs::File, StoreError> {
    if !check_file(path)? {
        return create(path);
    }
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true);
    platform::no_follow(&mut options);
    let file = options.open(path).map_err(|error| io(path, &error))?;
    let metadata = file.metadata().map_err(|error| io(path, &error))?;
    check_metadata(path, &metadata)?;
    Ok(file)
}

/// Reads a whole private file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    open(path)?
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| io(path, &error))?;
    Ok(bytes)
}

/// Writes a new private file and makes it durable.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = create(path)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| not_made(path, &error))?;
    sync_parent(path)
}

/// Replaces a private file in one step: readers see the old text or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let next = with_suffix(path, ".new");
    remove(&next)?;
    write_new(&next, bytes)?;
    rename(&next, path)
}

/// Replaces a private file in one step, without waiting for the disk: a power cut may leave the old text or none.
pub(crate) fn replace_soon(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let next = with_suffix(path, ".new");
    if exists(&next) {
        remove(&next)?;
    }
    create(&next)?
        .write_all(bytes)
        .and_then(|()| fs::rename(&next, path))
        .map_err(|error| not_made(path, &error))
}

/// Copies a file into a new private one and makes it durable.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut source = fs::File::open(from).map_err(|error| io(from, &error))?;
    let mut target = create(to)?;
    io::copy(&mut source, &mut target)
        .and_then(|_| target.sync_all())
        .map_err(|error| io(to, &error))
}

/// Renames durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|error| io(to, &error))?;
    sync_parent(to)
}

/// Removes a file durably; one that is not there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => sync_parent(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io(path, &error)),
    }
}

fn sync_parent(path: &Path) -> Result<(), StoreError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    platform::sync_folder(parent).map_err(|error| io(parent, &error))
}

fn not_safe(path: &Path, problem: Both) -> StoreError {
    StoreError::Unsafe {
        path: path.to_owned(),
        problem,
    }
}

/// An I/O error as a store error: what a full or read-only disk causes apart from the rest.
pub(crate) fn io(path: &Path, error: &io::Error) -> StoreError {
    use io::ErrorKind as Kind;
    let path = path.to_owned();
    let problem = Both::same(error.to_string());
    match error.kind() {
        Kind::StorageFull
        | Kind::QuotaExceeded
        | Kind::ReadOnlyFilesystem
        | Kind::PermissionDenied
        | Kind::FileTooLarge => StoreError::NotWritable { path, problem },
        _ => StoreError::Unreadable { path, problem },
    }
}

#[cfg_attr(unix, path = "files/unix.rs")]
#[cfg_attr(not(unix), path = "files/other.rs")]
mod platform;
