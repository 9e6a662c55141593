//! Private files in the folder that the processes of a home share while they run.

use std::io;
use std::path::Path;

use fs_err as fs;

/// Opens a file as the options say, for this user alone, with its folder and the one above made if they are missing.
///
/// # Errors
/// Those of the system; `PermissionDenied` for a file or folder that is a link, has a second name, is somebody else's or is open to others.
pub(crate) fn open(path: &Path, options: &mut fs::OpenOptions) -> io::Result<fs::File> {
    let folder = path.parent().unwrap_or(path);
    for folder in folder.parent().into_iter().chain([folder]) {
        match platform::make_folder(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => platform::check(&fs::symlink_metadata(folder)?, folder, true)?,
        }
    }
    platform::restrict(options);
    let file = options.open(path)?;
    platform::check(&file.metadata()?, path, false)?;
    Ok(file)
}

#[cfg(unix)]
mod platform {
    use std::fs::Metadata;
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    use std::path::Path;

    use fs_err as fs;
    use fs_err::os::unix::fs::OpenOptionsExt;
    use rustix::fs::OFlags;

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        std::fs::DirBuilder::new().mode(0o700).create(path)
    }

    pub(super) fn restrict(options: &mut fs::OpenOptions) {
        let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::CLOEXEC).bits()).unwrap_or(0);
        options.mode(0o600).custom_flags(flags);
    }

    /// Refuses what is a link, has a second name, is somebody else's or open to others.
    pub(super) fn check(metadata: &Metadata, path: &Path, folder: bool) -> io::Result<()> {
        let own = rustix::process::geteuid().as_raw();
        let right_kind = if folder {
            metadata.is_dir()
        } else {
            metadata.is_file() && metadata.nlink() == 1
        };
        let others = metadata.mode() & 0o077;
        if right_kind && metadata.uid() == own && others == 0 {
            return Ok(());
        }
        let problem = format!("`{}` is not private", path.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, problem))
    }
}

/// Elsewhere the folder's own access list protects the files; profile folders are private by default.
#[cfg(not(unix))]
mod platform {
    use std::fs::Metadata;
    use std::io;
    use std::path::Path;

    use fs_err as fs;

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    pub(super) fn restrict(_: &mut fs::OpenOptions) {}

    pub(super) fn check(_: &Metadata, _: &Path, _: bool) -> io::Result<()> {
        Ok(())
    }
}
