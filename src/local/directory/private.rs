//! Files that nobody else may read, written as a whole or not at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::DirectoryError;

/// Replaces a file's contents; a reader sees the old ones or the new ones.
pub(super) fn write(path: &Path, contents: &[u8]) -> Result<(), DirectoryError> {
    try_write(path, contents).map_err(DirectoryError::io("write", path))
}

fn try_write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let unfinished = path.with_added_extension("new");
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let written = file.write_all(contents).and_then(|()| file.sync_all());
    let done = written.and_then(|()| std::fs::rename(&unfinished, path));
    if done.is_err() {
        // A half one would only stand in the way; the error that counts is the first.
        let _ = std::fs::remove_file(&unfinished);
    }
    done?;
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

/// A file's contents, `None` when there is no such file. A mode wider than 0600 is mended.
pub(super) fn read(path: &Path) -> Result<Option<String>, DirectoryError> {
    match std::fs::read(path) {
        Ok(bytes) => {
            narrow(path, 0o600)?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DirectoryError::io("read", path)(error)),
    }
}

/// Takes the rights that others have to a file.
pub(super) fn narrow(path: &Path, mode: u32) -> Result<(), DirectoryError> {
    let metadata = std::fs::metadata(path).map_err(DirectoryError::io("read", path))?;
    if metadata.permissions().mode() & 0o777 & !mode == 0 {
        return Ok(());
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode)).map_err(DirectoryError::io("make private", path))
}

/// Deletes a file, or a directory with all below it; one that is not there is deleted already.
pub(super) fn remove(path: &Path) -> Result<(), DirectoryError> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DirectoryError::io("delete", path)(error)),
        _ => Ok(()),
    }
}
