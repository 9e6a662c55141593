//! Modes, owners and links of files.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt;
use rustix::fs::OFlags;

use super::{StoreError, not_safe};

pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(path)?;
    // The umask can only have taken bits away; give back the owner's.
    fs::set_permissions(path, PermissionsExt::from_mode(0o700))
}

pub(super) fn no_follow(options: &mut fs::OpenOptions) {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::CLOEXEC).bits()).unwrap_or(0);
    options.mode(0o600).custom_flags(flags);
}

pub(super) fn restrict(file: &fs::File) -> io::Result<()> {
    file.set_permissions(PermissionsExt::from_mode(0o600))
}

pub(super) fn check_links(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    if metadata.nlink() > 1 {
        return Err(not_safe(path, "it has a second name (a hard link)"));
    }
    Ok(())
}

pub(super) fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        let problem = format!("it belongs to user {}, not to user {own}", metadata.uid());
        return Err(not_safe(path, &problem));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(not_safe(path, &format!("its mode {mode:03o} lets others in")));
    }
    Ok(())
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}
