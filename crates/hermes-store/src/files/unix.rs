//! Modes, owners and links of files.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt;
use hermes_text::Both;
use hermes_text::errors::store as text;
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
        return Err(not_safe(path, Both::of(text::hard_link)));
    }
    Ok(())
}

pub(super) fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        let problem = Both::of(|lang| text::other_owner(lang, metadata.uid(), own));
        return Err(not_safe(path, problem));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let problem = Both::of(|lang| text::open_mode(lang, &format!("{mode:03o}")));
        return Err(not_safe(path, problem));
    }
    Ok(())
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}
