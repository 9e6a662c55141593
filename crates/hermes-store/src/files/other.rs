//! Where the folder's own access list protects the files; profile folders are private by default.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use fs_err as fs;

use super::StoreError;

pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

pub(super) fn no_follow(_: &mut fs::OpenOptions) {}

pub(super) fn restrict(_: &fs::File) -> io::Result<()> {
    Ok(())
}

pub(super) fn check_links(_: &Path, _: &Metadata) -> Result<(), StoreError> {
    Ok(())
}

pub(super) fn check_owner(_: &Path, _: &Metadata) -> Result<(), StoreError> {
    Ok(())
}

pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
